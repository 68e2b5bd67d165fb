# Constants against the pT that they belong to, as they are interpolated, in bins of eta.
width = 1500; height = 820
left = 0.062; right = 0.985; gap = 0.06
do for [kind in formats] {
    eval start(kind)
    set key top center horizontal
    set offsets 0, 0, graph 0.2, graph 0.04
    eval pt_on_x
    set xrange [pt_low:pt_high]
    do for [k = 1:panels] {
        lower = k > 3
        eval column_of(k - (lower ? 3 : 0), 3)
        eval lower ? row_of(0.08, 0.42) : row_of(0.535, 0.875)
        set title titles[k] offset 0, -0.4
        set xlabel "{/:Italic p}_T before the residual [GeV]" offset 0, 0.3
        if (k % 3 == 1) { set ylabel "constant {/:Italic c}" } else { unset ylabel }
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index 2 * k - 2 using 2:($3 - $4):($3 + $4) with filledcurves lc rgb green notitle, \
             data index 2 * k - 2 using 2:3:4 with yerrorlines lc rgb green lw 1.6 pt 7 ps 0.6 title "constant, ± 1 {/:Italic u}", \
             data index 2 * k - 1 using 1:2 with lines lc rgb black lw 1 title "from the cards"
        eval labelled
    }
    eval finish
}
