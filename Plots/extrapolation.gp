# Above: balance against alpha with the lines that are extrapolated. Below: what constants gain at alpha = 0, against eta.
width = 1500; height = 860
left = 0.06; right = 0.985; gap = 0.05
do for [kind in formats] {
    eval start(kind)
    set key top center horizontal
    set offsets 0, 0, graph 0.3, graph 0.06
    do for [k = 1:panels] {
        eval column_of(k, panels)
        eval row_of(0.54, 0.88)
        set xrange [0:*]
        set xtics auto format "%g"
        set mxtics
        set xlabel "mean {/:Italic α} below the cut" offset 0, 0.3
        if (k == 1) { set ylabel "ln({/:Italic p}_T^{probe} / {/:Italic p}_T^{ref}) [%]" } else { unset ylabel }
        set title cells[k] offset 0, -0.4
        set label 3 fits[k] at graph 0.5, graph 0.84 center font ",9"
        plot data index 2 * k - 1 using 1:($4 - $5):($4 + $5) with filledcurves lc rgb blue notitle, \
             data index 2 * k - 1 using 1:($2 - $3):($2 + $3) with filledcurves lc rgb orange notitle, \
             data index 2 * k - 1 using 1:4 with lines lc rgb blue lw 1.4 notitle, \
             data index 2 * k - 1 using 1:2 with lines lc rgb orange lw 1.4 notitle, \
             data index 2 * k - 2 using 5:6:7 with yerrorbars lc rgb blue lw 1.6 pt 7 ps 0.6 title "MC", \
             data index 2 * k - 2 using 2:3:4 with yerrorbars lc rgb orange lw 1.6 pt 7 ps 0.6 title "data"
        eval labelled
    }
    eval eta_on_x
    do for [k = 1:slices] {
        eval column_of(k, slices)
        eval row_of(0.085, 0.425)
        set object 1 rectangle from -reference, graph 0 to reference, graph 1 fillcolor rgb light fillstyle solid 1 noborder behind
        set xlabel "{/:Italic η}"
        if (k == 1) { set ylabel "{/:Italic k} = {/:Italic c}({/:Italic α} → 0) / {/:Italic c}(cut)" offset 0.5 } else { unset ylabel }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        set label 3 curves[k] at graph 0.5, graph 0.84 center font ",9"
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index 2 * (panels + k) - 1 using 1:($2 - $3):($2 + $3) with filledcurves lc rgb green notitle, \
             data index 2 * (panels + k) - 2 using 3:6:7 with yerrorbars lc rgb black lw 1.4 pt 7 ps 0.6 title "bins", \
             data index 2 * (panels + k) - 1 using 1:2 with lines lc rgb green lw 1.8 title "curve, ± 1 {/:Italic u}"
    }
    eval finish
}
