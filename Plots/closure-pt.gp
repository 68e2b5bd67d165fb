# Non-closure before and after calibration against true pT in bins of true eta; below, after calibration, enlarged.
width = 1700; height = 800
left = 0.05; right = 0.985; gap = 0.035
do for [kind in formats] {
    eval start(kind)
    eval pt_on_x
    set xrange [pt_low:pt_high]
    set key top center horizontal
    do for [k = 1:panels] {
        eval column_of(k, panels)
        eval row_of(0.58, 0.88)
        eval pt_on_x_bare
        unset xlabel
        set yrange [*:*]
        set offsets 0, 0, graph 0.25, graph 0.06
        if (k == 1) { set ylabel "non-closure {/:Italic δ} [%]" offset 0.5 }
        set title titles[k] offset 0, -0.4
        plot 0 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (sqrt($1 * $2)):3:1:2:($3 - $4):($3 + $4) with xyerrorbars lc rgb orange lw 1.6 pt 0 title "before", \
             data index k - 1 using (sqrt($1 * $2)):5:1:2:($5 - $6):($5 + $6) with xyerrorbars lc rgb blue lw 1.6 pt 0 title "after"
        eval labelled
        unset title
        unset offsets
        eval row_of(0.095, 0.55)
        eval pt_on_x
        set xlabel "true {/:Italic p}_T [GeV]"
        if (k == 1) { set ylabel "non-closure {/:Italic δ} after [%]" offset 0.5 }
        set yrange [-1.1 * zoomed:1.4 * zoomed]
        set label 3 left_out[k] at graph 0.5, graph 0.045 center font ",9" textcolor rgb "#404040"
        plot '+' using 1:(-1):(1) with filledcurves lc rgb light fillstyle solid 1 noborder title "±1 %", \
             '+' using 1:(-0.5):(0.5) with filledcurves lc rgb sky fillstyle solid 0.35 noborder title "±0.5 %", \
             0 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using 1:7:($2 - $1):(0) with vectors nohead lc rgb black lw 0.8 title "tolerance", \
             data index k - 1 using 1:(-$7):($2 - $1):(0) with vectors nohead lc rgb black lw 0.8 notitle, \
             data index k - 1 using (sqrt($1 * $2)):8:1:2:($8 - $9):($8 + $9) with xyerrorbars lc rgb blue lw 1.6 pt 0 title "after"
        unset ylabel
        unset label 3
    }
    eval finish
}
