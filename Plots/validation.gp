# A model (lines) against a reference (points with errors) in panels, each with a strip of the ratio or the difference below.
# Blocks are panels; their columns are the bin, then reference, its error, model and its error of each series.
columns = panels > 1 ? 3 : 1; rows = panels > 3 ? 2 : 1
width = panels > 1 ? 1500 : 1000; height = rows > 1 ? 1080 : 720
left = 0.065; right = 0.985; gap = 0.05; top = 0.915; bottom = 0.01
if (panels == 1) { left = 0.095 }
tall = (top - bottom) / rows
foot = 65. / height # for the numbers and the title of an axis
# Of series j: its columns, and where it stands inside the bin, so that error bars do not hide each other.
first(j) = 4 * j - 1
at(low, high, j) = logarithmic ? low * (high / low) ** ((j - 0.5 * (|names| + 1)) * 0.2 + 0.5) : low + (high - low) * ((j - 0.5 * (|names| + 1)) * 0.2 + 0.5)
# What the strip shows, with the uncertainty of both; beyond its range a triangle at its edge.
compared(j) = difference ? column(first(j) + 2) - column(first(j)) : column(first(j)) > 0 ? column(first(j) + 2) / column(first(j)) : NaN
spread(j) = difference ? sqrt(column(first(j) + 1) ** 2 + column(first(j) + 3) ** 2) : \
    column(first(j) + 2) > 0 ? compared(j) * sqrt((column(first(j) + 1) / column(first(j))) ** 2 + (column(first(j) + 3) / column(first(j) + 2)) ** 2) : 0
middle = difference ? 0 : 1
inside(v) = abs(v - middle) <= reach ? v : NaN
outside(v, sign) = sign * (v - middle) > reach ? middle + sign * 0.93 * reach : NaN
do for [kind in formats] {
    eval start(kind)
    set pointintervalbox 0
    do for [k = 1:panels] {
        row = (k - 1) / columns
        low = top - (row + 1) * tall
        eval column_of(k - row * columns, columns)
        # The distributions.
        eval row_of(low + foot + 0.25 * tall, low + tall - 0.02 * row)
        unset logscale
        set mxtics
        if (logarithmic) { eval pt_on_x_bare; set logscale x } else { set xtics autofreq format ""; }
        set xrange [x_low[k]:x_high[k]]
        if (rising) { set logscale y; set format y "10^{%T}"; set yrange [y_low[k]:y_high[k]] } else { set format y "%g"; set yrange [y_low[k]:y_high[k]] }
        unset xlabel
        if ((k - 1) % columns == 0) { set ylabel y_title offset 0.5 } else { unset ylabel }
        set label 3 titles[k] at graph 0.03, graph 0.93 left
        set key top right vertical samplen 1.2 spacing 1
        plot 0 with lines lc rgb grey dt 2 notitle, \
             for [j = 1:|names|] data index k - 1 using (column(1)):(column(first(j) + 2)) with steps lc rgb series(j) lw 1.4 title names[j], \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(column(first(j))):(column(first(j) + 1)) with yerrorbars lc rgb series(j) lw 1.2 pt 7 ps 0.6 notitle
        eval labelled
        unset label 3
        unset key
        # The strip.
        eval row_of(low + foot, low + foot + 0.225 * tall)
        unset logscale y
        if (logarithmic) { eval pt_on_x } else { set xtics autofreq format "%g" }
        set format y "%g"
        set yrange [middle - reach:middle + reach]
        set ytics middle - reach / 2, reach / 2, middle + reach / 2
        set xlabel x_title offset 0, 0.3
        if ((k - 1) % columns == 0) { set ylabel strip offset 0.5 } else { unset ylabel }
        plot for [i = 1:2] (i <= words(bands) ? word(bands, i) + 0 : NaN) with lines lc rgb grey dt 3 notitle, \
             middle with lines lc rgb grey dt 2 notitle, \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(inside(compared(j))):(spread(j)) with yerrorbars lc rgb series(j) lw 1.2 pt 7 ps 0.55 notitle, \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(outside(compared(j), 1)) with points lc rgb series(j) pt 9 ps 0.8 notitle, \
             for [j = 1:|names|] data index k - 1 using (at($1, $2, j)):(outside(compared(j), -1)) with points lc rgb series(j) pt 11 ps 0.8 notitle
        set ytics autofreq
    }
    eval finish
}
