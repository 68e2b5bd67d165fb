# Responses of data and MC, and the constants, against eta in slices of pT_avg.
width = 1500; height = 800
left = 0.055; right = 0.985; gap = 0.045
do for [kind in formats] {
    eval start(kind)
    eval eta_on_x
    set key top center horizontal
    do for [k = 1:slices] {
        eval column_of(k, slices)
        set object 1 rectangle from -reference, graph 0 to reference, graph 1 fillcolor rgb light fillstyle solid 1 noborder behind
        eval row_of(0.515, 0.88)
        set format x ""
        unset xlabel
        set offsets 0, 0, graph 0.2, graph 0.04
        if (k == 1) { set ylabel "response / reference" offset 0.5 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (centre($1, $2)):5:1:2:($5 - $6):($5 + $6) with boxxyerror lc rgb blue notitle, \
             data index k - 1 using (centre($1, $2)):5:(half($1, $2)) with xerrorbars lc rgb blue lw 1.6 pt 0 title "MC", \
             data index k - 1 using (centre($1, $2)):3:1:2:($3 - $4):($3 + $4) with boxxyerror lc rgb orange notitle, \
             data index k - 1 using (centre($1, $2)):3:(half($1, $2)) with xerrorbars lc rgb orange lw 1.6 pt 0 title "data"
        eval labelled
        unset title
        eval row_of(0.095, 0.485)
        set format x "%g"
        set xlabel "{/:Italic η}"
        if (k == 1) { set ylabel "constant {/:Italic c} = {/:Italic R}_{MC} / {/:Italic R}_{data}" offset 0.5 }
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (centre($1, $2)):7:1:2:($7 - $8):($7 + $8) with boxxyerror lc rgb green notitle, \
             data index k - 1 using (centre($1, $2)):7:(half($1, $2)) with xerrorbars lc rgb green lw 1.6 pt 0 title "constant, ± 1 {/:Italic u}", \
             data index slices + k - 1 using 1:2 with lines lc rgb black lw 1 title "from the cards"
        unset ylabel
    }
    eval finish
}
