# Non-closure before and after calibration against true eta in slices of true pT; below, after calibration, enlarged.
width = 1500; height = 800
left = 0.055; right = 0.985; gap = 0.045
do for [kind in formats] {
    eval start(kind)
    eval eta_on_x
    set key top center horizontal
    do for [k = 1:slices] {
        eval column_of(k, slices)
        eval row_of(0.58, 0.88)
        set format x ""
        unset xlabel
        set yrange [*:*]
        set offsets 0, 0, graph 0.25, graph 0.06
        if (k == 1) { set ylabel "non-closure {/:Italic δ} [%]" offset 0.5 }
        set title "true {/:Italic p}_T " . titles[k] offset 0, -0.4
        plot 0 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (centre($1, $2)):3:(half($1, $2)):4 with xyerrorbars lc rgb orange lw 1.6 pt 0 title "before", \
             data index k - 1 using (centre($1, $2)):5:(half($1, $2)):6 with xyerrorbars lc rgb blue lw 1.6 pt 0 title "after"
        eval labelled
        unset title
        unset offsets
        eval row_of(0.095, 0.55)
        set format x "%g"
        set xlabel "true {/:Italic η}"
        if (k == 1) { set ylabel "non-closure {/:Italic δ} after [%]" offset 0.5 }
        set yrange [-1.1 * zoomed:1.4 * zoomed]
        set label 3 left_out[k] at graph 0.5, graph 0.045 center font ",9" textcolor rgb "#404040"
        plot '+' using 1:(-1):(1) with filledcurves lc rgb light fillstyle solid 1 noborder title "±1 %", \
             '+' using 1:(-0.5):(0.5) with filledcurves lc rgb sky fillstyle solid 0.35 noborder title "±0.5 %", \
             0 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using 1:7:($2 - $1):(0) with vectors nohead lc rgb black lw 0.8 title "tolerance", \
             data index k - 1 using 1:(-$7):($2 - $1):(0) with vectors nohead lc rgb black lw 0.8 notitle, \
             data index k - 1 using (centre($1, $2)):8:(half($1, $2)):9 with xyerrorbars lc rgb blue lw 1.6 pt 0 title "after, ± 1 {/:Italic u}"
        unset ylabel
        unset label 3
    }
    eval finish
}
