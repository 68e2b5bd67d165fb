# Constants of bins, and smooth ones. Above: over pT in bins of eta. Below: over eta in bins of pT.
width = 1500; height = 860
left = 0.06; right = 0.985; gap = 0.05
do for [kind in formats] {
    eval start(kind)
    set key top center horizontal
    set offsets 0, 0, graph 0.26, graph 0.06
    eval pt_on_x
    do for [k = 1:panels] {
        eval column_of(k, panels)
        eval row_of(0.54, 0.88)
        set xrange [*:*]
        set xlabel "{/:Italic p}_T before the residual [GeV]" offset 0, 0.3
        if (k == 1) { set ylabel "constant {/:Italic c}" } else { unset ylabel }
        set title cells[k] offset 0, -0.4
        if (k == 1) { set label 3 fit at graph 0.03, graph 0.04 left font ",9" } else { unset label 3 }
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index 2 * k - 1 using 1:($2 - $3):($2 + $3) with filledcurves lc rgb green notitle, \
             data index 2 * k - 1 using 1:4 with lines lc rgb orange lw 1.4 dt 4 title "kernel", \
             data index 2 * k - 1 using 1:6 with lines lc rgb black lw 1 title "cards", \
             data index 2 * k - 1 using 1:2 with lines lc rgb green lw 1.8 title smooth . ", ± 1 {/:Italic u}", \
             data index 2 * k - 2 using 1:2:3 with yerrorbars lc rgb blue lw 1.4 pt 7 ps 0.6 title "bins"
        eval labelled
    }
    unset label 3; unset logscale x
    eval eta_on_x
    do for [k = 1:slices] {
        eval column_of(k, slices)
        eval row_of(0.085, 0.425)
        set object 1 rectangle from -reference, graph 0 to reference, graph 1 fillcolor rgb light fillstyle solid 1 noborder behind
        set xlabel "{/:Italic η}"
        if (k == 1) { set ylabel "constant {/:Italic c}" } else { unset ylabel }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index 2 * panels + k - 1 using (centre($1, $2)):5:1:2:($5 - $6):($5 + $6) with boxxyerror lc rgb green notitle, \
             data index 2 * panels + k - 1 using (centre($1, $2)):3:4 with yerrorbars lc rgb blue lw 1.2 pt 7 ps 0.5 title "bins", \
             data index 2 * panels + k - 1 using (centre($1, $2)):7:(half($1, $2)) with xerrorbars lc rgb orange lw 1.4 pt 0 title "kernel", \
             data index 2 * panels + k - 1 using (centre($1, $2)):8:(half($1, $2)) with xerrorbars lc rgb black lw 1 pt 0 title "cards", \
             data index 2 * panels + k - 1 using (centre($1, $2)):5:(half($1, $2)) with xerrorbars lc rgb green lw 1.8 pt 0 title smooth
    }
    eval finish
}
