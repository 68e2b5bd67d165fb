# Shares of b and c jets against eta in slices of pT_avg, all leading jets and tagged ones; below, the shift of constants.
width = 1500; height = 820
left = 0.055; right = 0.985; gap = 0.045
do for [kind in formats] {
    eval start(kind)
    eval eta_on_x
    do for [k = 1:slices] {
        eval column_of(k, slices)
        set object 1 rectangle from -reference, graph 0 to reference, graph 1 fillcolor rgb light fillstyle solid 1 noborder behind
        eval row_of(0.44, 0.88)
        set format x ""
        unset xlabel
        set logscale y
        set format y "10^{%T}"
        set yrange [1e-3:3]
        set key top center horizontal samplen 1.5 width -1
        if (k == 1) { set ylabel "share of leading jets, MC" offset 0.5 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        plot data index k - 1 using (centre($1, $2)):3:1:2 with xerrorbars pt 0 lw 1.8 lc rgb series(1) title "b", \
             data index k - 1 using (centre($1, $2)):4:1:2 with xerrorbars pt 0 lw 1.8 lc rgb series(2) title "c", \
             data index k - 1 using (centre($1, $2)):5:1:2 with xerrorbars pt 0 lw 1.8 lc rgb series(6) title "b, tagged at 70 %", \
             data index k - 1 using (centre($1, $2)):6:1:2 with xerrorbars pt 0 lw 1.8 lc rgb series(5) title "c, tagged"
        eval labelled
        unset title
        unset logscale y
        eval row_of(0.095, 0.41)
        set format x "%g"
        set format y "%g"
        set xlabel "{/:Italic η}"
        set autoscale y
        set offsets 0, 0, graph 0.1, graph 0.1
        unset key
        if (k == 1) { set ylabel "shift of ln {/:Italic c} of all jets [%]" offset 0.5 }
        plot 0 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (centre($1, $2)):(100 * $7):1:2:(100 * ($7 - $8)):(100 * ($7 + $8)) with boxxyerror lc rgb green notitle, \
             data index k - 1 using (centre($1, $2)):(100 * $7):(half($1, $2)) with xerrorbars lc rgb green lw 1.6 pt 0 notitle
        set offsets 0, 0, 0, 0
        unset ylabel
    }
    eval finish
}
