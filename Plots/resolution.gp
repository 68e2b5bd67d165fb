# Resolution of data and simulation against pT by region of |eta|, beside that of truth; in the last panel the scale factors.
width = 1500; height = 860
left = 0.05; right = 0.985; gap = 0.04
line_of(k) = k > columns ? row_of(0.085, 0.425) : row_of(0.54, 0.88)
do for [kind in formats] {
    eval start(kind)
    set key top right
    do for [k = 1:panels] {
        eval column_of((k - 1) % columns + 1, columns)
        eval line_of(k)
        eval pt_on_x
        set xrange [pt_low:pt_high]
        set yrange [0:highest]
        set title titles[k] offset 0, -0.4
        set xlabel "true {/:Italic p}_T [GeV]" offset 0, 0.3
        if (k % columns == 1) { set ylabel "{/:Italic σ}({/:Italic p}_T) / {/:Italic p}_T [%]" offset 0.5 } else { unset ylabel }
        plot data index 2 * k - 1 using 1:3 with lines lc rgb blue lw 1.4 title "MC, truth", \
             data index 2 * k - 1 using 1:2 with lines lc rgb orange lw 1.4 title "data, truth", \
             data index 2 * k - 2 using 1:4:5 with yerrorbars lc rgb blue lw 1.6 pt 7 ps 0.6 title "MC", \
             data index 2 * k - 2 using 1:2:3 with yerrorbars lc rgb orange lw 1.6 pt 7 ps 0.6 title "data"
        eval labelled
    }
    eval column_of(columns, columns)
    eval line_of(panels + 1)
    unset logscale x
    set xtics auto format "%g"
    set mxtics
    set xrange [0:eta_limit]
    set yrange [*:*]
    set offsets 0, 0, graph 0.25, graph 0.1
    set title "scale factors" offset 0, -0.4
    set xlabel "|{/:Italic η}|" offset 0, 0.3
    set ylabel "{/:Italic σ}(data) / {/:Italic σ}(MC)" offset 0.5
    plot 1 with lines lc rgb grey dt 2 notitle, \
         data index 2 * panels using (centre($1, $2)):5:(half($1, $2)) with xerrorbars lc rgb black lw 1.4 pt 0 title "truth", \
         data index 2 * panels using (centre($1, $2)):3:4 with yerrorbars lc rgb green lw 1.8 pt 7 ps 0.6 title "measured"
    eval finish
}
