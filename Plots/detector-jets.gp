# Jets beyond response and resolution: flavours, directions, the pull of a slope of the response on eta, and the vertex.
width = 112 + 440 * |panels|; height = 480
left = 92. / width; right = 1 - 20. / width; gap = 95. / width
do for [kind in formats] {
    eval start(kind)
    set key top center horizontal samplen 1.2 width 0.5 font ",10"
    eval row_of(0.135, 0.83)
    do for [k = 1:|panels|] {
        eval column_of(k, |panels|)
        unset logscale
        set format y "%g"
        set yrange [*:*]
        set offsets 0, 0, graph 0.2, graph 0.04
        if (panels[k] eq "flavours" || panels[k] eq "directions") {
            eval pt_on_x
            set xrange [20:2000]
            set xlabel "true {/:Italic p}_T [GeV]" offset 0, 0.3
        } else {
            eval eta_on_x
            set xtics 2 * eta_step
            set xlabel "{/:Italic η}" offset 0, 0.3
        }
        if (panels[k] eq "flavours") {
            set ylabel "response, relative to unknown flavour" offset 0.5
            plot 1 with lines lc rgb grey dt 2 notitle, \
                 for [j = 1:|flavours|] data index k - 1 using 1:(column(1 + j)) with lines lw 1.8 lc rgb series(j) title flavours[j]
        }
        if (panels[k] eq "directions") {
            set ylabel "resolution of directions" offset 0.5
            set yrange [0:*]
            set offsets 0, 0, graph 0.2, 0
            plot data index k - 1 using 1:2 with lines lw 1.8 lc rgb series(1) title "{/:Italic η}", \
                 data index k - 1 using 1:3 with lines lw 1.8 dt 2 lc rgb series(2) title "{/:Italic φ} [rad]"
        }
        if (panels[k] eq "pull") {
            set yrange [-1.1 * strongest:1.5 * strongest]
            set ylabel "pull of {/:Italic η}, width^2 d ln {/:Italic R} / d{/:Italic η}" offset 0.5
            plot 0 with lines lc rgb grey dt 2 notitle, \
                 for [j = 1:|pts|] data index k - 1 using 1:(column(1 + j)) with lines lw 1.4 lc rgb series(j) title pts[j]
        }
        if (panels[k] eq "vertex") {
            set ylabel "{/:Italic η} from the detector's centre − {/:Italic η}" offset 0.5
            plot 0 with lines lc rgb grey dt 2 notitle, \
                 for [j = 1:2] data index k - 1 using 1:(column(1 + j)) with lines lw 1.8 lc rgb series(j) title "{/:Italic z} = " . (j == 1 ? "−" : "+") . spread
        }
        eval labelled
    }
    eval finish
}
