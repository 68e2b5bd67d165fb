# Distributions of the asymmetry of a probe jet against the reference region, data and MC.
width = 1500; height = 860
left = 0.055; right = 0.985; gap = 0.045
do for [kind in formats] {
    eval start(kind)
    set style fill solid 0.35 noborder
    set xrange [-reach:reach]
    set xtics -1, 0.5, 1
    set offsets 0, 0, graph 0.32, 0
    set yrange [0:*]
    set key top center vertical maxrows 1 samplen 1 width 1
    do for [k = 1:|titles|] {
        lower = k > 3
        eval column_of(k - (lower ? 3 : 0), 3)
        eval lower ? row_of(0.085, 0.455) : row_of(0.52, 0.89)
        set label 3 titles[k] at graph 0.03, graph 0.84 left
        set label 4 means[k] at graph 0.97, graph 0.84 right font ",9"
        if (lower || |titles| <= 3) { set xlabel "({/:Italic p}_T^{probe} − {/:Italic p}_T^{ref}) / {/:Italic p}_T^{avg}" } else { unset xlabel }
        if (k % 3 == 1) { set ylabel "fraction of events per 0.05" offset 0.5 } else { unset ylabel }
        plot data index k - 1 using 1:3 with fillsteps lc rgb sky title "MC", \
             data index k - 1 using 1:4 with steps lc rgb orange lw 1.4 title "data before", \
             data index k - 1 using 1:5 with steps lc rgb black lw 1.6 title (corrected ? "data after" : "")
        eval labelled
    }
    eval finish
}
