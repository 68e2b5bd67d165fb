# Balance of probes by score, data over simulation and relative to all scores; what that says of b and c jets.
width = 1300; height = 580
left = 0.075; right = 0.985; gap = 0.085
place(a, b, j, n) = a * (b / a) ** (0.5 + 0.13 * (j - 0.5 * (n + 1)))
do for [kind in formats] {
    eval start(kind)
    eval pt_on_x
    set xrange [pt_low:pt_high]
    set xlabel "{/:Italic p}_T^{ref} [GeV]"
    eval row_of(0.125, 0.86)
    set key top center horizontal samplen 1
    set offsets 0, 0, graph 0.12, graph 0.02
    eval column_of(1, 2)
    set ylabel "ln balance, data over MC, less that of all scores [%]" offset 0.5
    plot 0 with lines lc rgb grey dt 2 notitle, \
         for [j = 1:scores] data index j - 1 using (sqrt($1 * $2)):(100 * $5):1:2 with xerrorbars pt 0 lw 1.6 lc rgb series(j) notitle, \
         for [j = 1:scores] data index j - 1 using (place($1, $2, j, scores)):(100 * $3):(100 * $4) with yerrorbars pt 7 ps 0.6 lw 1.2 lc rgb series(j) title sprintf("score %d", j)
    eval labelled
    eval column_of(2, 2)
    set ylabel "{/:Italic κ} = ln ({/:Italic R} / {/:Italic R}_{light}), data over MC [%]" offset 0.5
    plot 0 with lines lc rgb grey dt 2 notitle, \
         for [j = 1:|names|] data index scores + j - 1 using (place($1, $2, j, |names|)):(100 * $3):(100 * $4) with yerrorbars pt 7 ps 0.7 lw 1.4 lc rgb series(j) title names[j], \
         for [j = 1:|names|] data index scores + j - 1 using (sqrt($1 * $2)):(100 * $5):1:2 with xerrorbars pt 0 lw 1.6 lc rgb series(j) title (truth ? names[j] . ", truth" : "")
    eval finish
}
