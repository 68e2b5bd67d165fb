# Efficiency of the working point of 70 % against pT by kind of jet; below, over pT and |eta|.
width = 1500; height = 900
left = 0.06; right = 0.94; gap = 0.115
do for [kind in formats] {
    eval start(kind)
    eval pt_on_x
    set xrange [pt_low:pt_high]
    set xlabel "{/:Italic p}_T [GeV]" offset 0, 0.3
    do for [k = 1:3] {
        eval column_of(k, 3)
        eval row_of(0.56, 0.885)
        set title names[k] offset 0, -0.4
        set yrange [0:*]
        set offsets 0, 0, graph 0.12, 0
        unset key
        if (k == 1) { set ylabel "efficiency at 70 %" offset 0.5 }
        plot data index 0 using (sqrt($1 * $2)):(column(2 * k + 1)):1:2:(column(2 * k + 1) - column(2 * k + 2)):(column(2 * k + 1) + column(2 * k + 2)) with boxxyerror lc rgb series(k) fs solid 0.45 noborder notitle, \
             data index 0 using (sqrt($1 * $2)):(column(2 * k + 1)):1:2 with xerrorbars pt 0 lw 1.6 lc rgb series(k) notitle
        eval labelled
        unset title
        set offsets 0, 0, 0, 0
        eval row_of(0.085, 0.45)
        set yrange [0:eta_high]
        if (k == 1) { set ylabel "{/:Italic |η|}" offset 0.5 }
        eval viridis
        eval scale_of(k, 3, 0.085, 0.45)
        set autoscale cb
        set style fill solid 1 noborder
        plot data index k using (sqrt($1 * $2)):(centre($3, $4)):1:2:3:(over($3, $4)):5 with boxxyerror linecolor palette notitle
        unset colorbox
        unset ylabel
    }
    eval finish
}
