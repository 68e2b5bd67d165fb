# Mean (above) and width (below) of the pulls against eta in slices of pT, methods beside each other.
width = 1500; height = 760
left = 0.055; right = 0.985; gap = 0.045
# Of method j: its columns, and where it stands inside the bin, so that error bars do not hide each other.
first(j) = 4 * j - 1
at(low, high, j) = low + (high - low) * ((j - 0.5 * (|names| + 1)) * 0.22 + 0.5)
do for [kind in formats] {
    eval start(kind)
    eval eta_on_x
    set key top center horizontal
    do for [k = 1:slices] {
        eval column_of(k, slices)
        eval row_of(0.515, 0.875)
        set format x ""
        unset xlabel
        set yrange [-spread:1.25 * spread]
        if (k == 1) { set ylabel "mean of the pulls" offset 0.5 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        set label 3 left_out[k] at graph 0.5, graph 0.045 center font ",9" textcolor rgb "#404040" front
        plot '+' using (abs($1) <= reference ? $1 : NaN):(-spread):(1.25 * spread) with filledcurves lc rgb light fillstyle solid 1 noborder notitle, \
             0 with lines lc rgb grey dt 2 notitle, \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(column(first(j))):(column(first(j) + 1)) with yerrorbars lc rgb series(j) lw 1.4 pt 7 ps 0.6 title names[j]
        eval labelled
        unset label 3
        unset title
        eval row_of(0.095, 0.485)
        set format x "%g"
        set xlabel "{/:Italic η}"
        if (k == 1) { set ylabel "width of the pulls" offset 0.5 }
        set yrange [1 - wide > 0 ? 1 - wide : 0:1 + 1.25 * wide]
        plot '+' using (abs($1) <= reference ? $1 : NaN):(1 - wide > 0 ? 1 - wide : 0):(1 + 1.25 * wide) with filledcurves lc rgb light fillstyle solid 1 noborder notitle, \
             1 with lines lc rgb grey dt 2 notitle, \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(column(first(j) + 2)):(column(first(j) + 3)) with yerrorbars lc rgb series(j) lw 1.4 pt 7 ps 0.6 title names[j]
        unset ylabel
    }
    eval finish
}
