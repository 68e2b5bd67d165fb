# Constants of several calibrations against eta in slices of pT_avg; below, what they differ from the first by in standard
# deviations. Points of a bin stand side by side.
width = 1500; height = 800
left = 0.055; right = 0.985; gap = 0.045
place(a, b, i) = a + (b - a) * (i - 1.5) / (calibrations - 1)
colour(i) = i == 1 ? black : series(i - 1)
do for [kind in formats] {
    eval start(kind)
    eval eta_on_x
    # One name below the other: names may be long. Room for them above the constants, a row each.
    set key top center vertical maxrows calibrations noenhanced
    room = calibrations < 12 ? 0.04 + 0.053 * calibrations : 0.66
    do for [k = 1:slices] {
        eval column_of(k, slices)
        set object 1 rectangle from -reference, graph 0 to reference, graph 1 fillcolor rgb light fillstyle solid 1 noborder behind
        eval row_of(0.42, 0.88)
        set format x ""
        unset xlabel
        set autoscale y
        set offsets 0, 0, graph room / (1 - room), graph 0.04
        if (k == 1) { set ylabel "constant {/:Italic c}" offset 0.5 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index (k - 1) * calibrations using (centre($1, $2)):3:1:2:($3 - $4):($3 + $4) with boxxyerror lc rgb grey fs transparent solid 0.35 noborder notitle, \
             data index (k - 1) * calibrations using (centre($1, $2)):3:(half($1, $2)) with xerrorbars lc rgb black lw 1.6 pt 0 title names[1], \
             for [i = 2:calibrations] data index (k - 1) * calibrations + i - 1 using (place($1, $2, i)):3:4 with yerrorbars lc rgb colour(i) lw 1.4 pt 7 ps 0.5 title names[i]
        eval labelled
        unset title
        unset object 1
        eval row_of(0.095, 0.39)
        set format x "%g"
        set xlabel "{/:Italic η}"
        set offsets 0, 0, 0, 0
        set yrange [-reach:reach]
        set object 2 rectangle from graph 0, first -2 to graph 1, first 2 fillcolor rgb light fillstyle solid 1 noborder behind
        set object 3 rectangle from graph 0, first -1 to graph 1, first 1 fillcolor rgb "#C3E3F7" fillstyle solid 1 noborder behind
        if (k == 1) { set ylabel "difference from the first / {/:Italic σ}" offset 0.5 }
        plot 0 with lines lc rgb grey dt 2 notitle, \
             for [i = 2:calibrations] data index (k - 1) * calibrations + i - 1 using (place($1, $2, i)):5 with points lc rgb colour(i) pt 7 ps 0.6 notitle
        unset object 2
        unset object 3
        unset ylabel
    }
    eval finish
}
