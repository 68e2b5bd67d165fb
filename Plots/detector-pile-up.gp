# Interactions of simulation and data with the weights between them, and what they do to the resolution and as jets.
parts = has_jets ? 3 : 2
width = 112 + 465 * parts; height = 520
left = 92. / width; right = 1 - 20. / width; gap = 95. / width
# A profile without a width is a line.
spike(k) = widths[k] > 0 ? NaN : means[k]
do for [kind in formats] {
    eval start(kind)
    set offsets 0, 0, graph 0.04, 0
    # The profiles, and the weights below.
    eval column_of(1, parts)
    eval row_of(0.40, 0.80)
    set xrange [mu_low:mu_high]
    set format x ""
    set yrange [0:*]
    set ylabel "density" offset 0.5
    set key at graph 0, screen 0.82 left bottom horizontal samplen 1.2 width 1
    do for [k = 1:2] { if (widths[k] <= 0) { set arrow k from means[k], graph 0 to means[k], graph 0.9 nohead lw 1.8 lc rgb (k == 1 ? sky : orange) } }
    plot data index 0 using 1:2 with filledcurves y=0 fc rgb sky fs solid 0.4 title "MC", \
         data index 0 using 1:3 with lines lw 1.8 lc rgb orange title "data"
    unset arrow
    eval labelled
    unset key
    eval row_of(0.13, 0.375)
    set format x "%g"
    set xlabel "interactions {/:Italic μ}"
    set ylabel "weight" offset 0.5
    set logscale y
    set yrange [1e-3<*:*]
    plot 1 with lines lc rgb grey dt 2, data index 1 using 1:2 with lines lw 1.8 lc rgb black
    unset logscale y
    # The resolution, with a band from one width below the mean to one above.
    eval column_of(2, parts)
    eval row_of(0.13, 0.80)
    eval pt_on_x
    set xrange [9.99:100]
    set yrange [0:*]
    set xlabel "true {/:Italic p}_T [GeV]"
    set ylabel "resolution {/:Italic σ}/{/:Italic p}_T, {/:Italic μ} = " . (mus[1] eq mus[3] ? mus[2] : sprintf("%s (%s to %s)", mus[2], mus[1], mus[3])) offset 0.5
    set key at graph 0, screen 0.82 left bottom horizontal samplen 1.2 width 0.5
    plot for [j = 1:|etas|] data index 2 using 1:(column(3 * j - 1)):(column(3 * j + 1)) with filledcurves lc rgb series(j) fs transparent solid 0.25 noborder notitle, \
         for [j = 1:|etas|] for [e = -1:1:2] data index 2 using 1:(column(3 * j + e)) with lines lw 0.6 lc rgb series(j) notitle, \
         for [j = 1:|etas|] data index 2 using 1:(column(3 * j)) with lines lw 1.8 lc rgb series(j) title etas[j]
    if (has_jets) {
        eval column_of(3, parts)
        set logscale y
        set format y "10^{%T}"
        unset mytics
        set xrange [5:100]
        set xtics add ("5" 5)
        set yrange [*:*]
        set xlabel "true {/:Italic p}_T [GeV]"
        set ylabel "jets of pile-up above {/:Italic p}_T, an event" offset 0.5
        plot for [j = 1:2] data index 3 using 1:(column(3 * j - 1)):(column(3 * j + 1)) with filledcurves lc rgb series(2 * j - 1) fs transparent solid 0.25 noborder notitle, \
             for [j = 1:2] data index 3 using 1:(column(3 * j)) with lines lw 1.8 lc rgb series(2 * j - 1) title (j == 1 ? "all" : "not rejected")
    }
    eval finish
}
