# Pulls of all constants and pseudo-experiments, a panel a method, with the unit normal curve.
columns = panels > 3 ? 3 : panels
rows = (panels + columns - 1) / columns
width = columns > 2 ? 1500 : columns > 1 ? 1200 : 1000; height = rows > 1 ? 60 + 470 * rows : 560
left = columns > 1 ? 0.065 : 0.085; right = 0.985; gap = 0.06
tall = (1 - 58. / height) / rows
gauss(x, k) = totals[k] * bin_width * exp(-x * x / 2) / sqrt(2 * pi)
do for [kind in formats] {
    eval start(kind)
    set xrange [-5:5]
    set yrange [0:*]
    set offsets 0, 0, graph 0.1, 0
    set xlabel "pull (ln {/:Italic c} − ln {/:Italic c}_{Asimov}) / {/:Italic σ}(ln {/:Italic c})"
    set key top right
    set samples 400
    do for [k = 1:panels] {
        row = (k - 1) / columns
        eval column_of(k - row * columns, columns)
        eval row_of(1 - 58. / height - (row + 1) * tall + 62. / height, 1 - 58. / height - row * tall - 26. / height)
        if ((k - 1) % columns == 0) { set ylabel "constants" offset 0.5 } else { unset ylabel }
        set title titles[k] offset 0, -0.4
        set label 3 moments[k] at graph 0.03, graph 0.94 left
        plot data index k - 1 using 1:3 with fillsteps lc rgb sky title "constants", \
             gauss(x, k) with lines lc rgb black lw 1.4 title "unit normal"
        eval labelled
        unset label 3
    }
    eval finish
}
