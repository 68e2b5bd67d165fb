# The spectrum of selected dijets: simulation by slice of the generation, the sum, and data; below, events by slice.
width = 1100; height = 860
left = 0.085; right = 0.975; gap = 0
do for [kind in formats] {
    eval start(kind)
    eval pt_on_x
    set xrange [pt_low:pt_high]
    eval column_of(1, 1)
    eval row_of(0.40, 0.91)
    set logscale y
    eval pt_on_x_bare
    set format y "10^{%T}"
    set ylabel "d{/:Italic σ}/d{/:Italic p}_T^{avg} [pb/GeV]" offset 0.5
    set key top right
    set yrange [rate_low:rate_high]
    plot for [k = 1:slices] data index k using 1:3 with steps lc rgb series(k) lw 1 notitle, \
         keyentry with lines lc rgb series(1) lw 1 title sprintf("MC, each of %d slices", slices), \
         data index 0 using 1:3 with steps lc rgb black lw 2 title "MC, sum", \
         data index 0 using (sqrt($1 * $2)):4 with points pt 7 ps 0.5 lc rgb orange title "data"
    eval labelled
    eval row_of(0.09, 0.375)
    eval pt_on_x
    set xlabel "{/:Italic p}_T^{avg} [GeV]"
    set ylabel "MC events" offset 0.5
    set yrange [0.8:*]
    unset key
    plot for [k = 1:slices] data index k using 1:4 with steps lc rgb series(k) lw 1 notitle, \
         data index 0 using 1:5 with steps lc rgb black lw 2 notitle
    eval finish
}
