# Bias in per cent against eta in slices of pT, methods beside each other: of the Asimov constants against the cards (above), of
# the mean over experiments against the Asimov constants (below).
width = 1500; height = 760
left = 0.06; right = 0.985; gap = 0.045
first(j) = 4 * j - 1
at(low, high, j) = low + (high - low) * ((j - 0.5 * (|names| + 1)) * 0.22 + 0.5)
do for [kind in formats] {
    eval start(kind)
    eval eta_on_x
    set key top center horizontal
    do for [k = 1:slices] {
        eval column_of(k, slices)
        eval row_of(0.435, 0.875)
        set format x ""
        unset xlabel
        set yrange [-bias:1.25 * bias]
        if (k == 1) { set ylabel "{/:Italic c}_{Asimov} / {/:Italic c}_{cards} − 1 [%]" offset 0.5 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        set label 3 left_out[k] at graph 0.5, graph 0.045 center font ",9" textcolor rgb "#404040" front
        plot '+' using (abs($1) <= reference ? $1 : NaN):(-bias):(1.25 * bias) with filledcurves lc rgb light fillstyle solid 1 noborder notitle, \
             0 with lines lc rgb grey dt 2 notitle, \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(column(first(j))):(column(first(j) + 1)) with yerrorbars lc rgb series(j) lw 1.4 pt 7 ps 0.6 title names[j]
        eval labelled
        unset label 3
        unset title
        eval row_of(0.095, 0.405)
        set format x "%g"
        set xlabel "{/:Italic η}"
        if (k == 1) { set ylabel "⟨{/:Italic c}⟩ / {/:Italic c}_{Asimov} − 1 [%]" offset 0.5 }
        set yrange [-shift:1.25 * shift]
        plot '+' using (abs($1) <= reference ? $1 : NaN):(-shift):(1.25 * shift) with filledcurves lc rgb light fillstyle solid 1 noborder notitle, \
             0 with lines lc rgb grey dt 2 notitle, \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(column(first(j) + 2)):(column(first(j) + 3)) with yerrorbars lc rgb series(j) lw 1.4 pt 7 ps 0.6 notitle
        unset ylabel
    }
    eval finish
}
