# Fluctuations of the measured pT in widths of the core, by region of eta against a Gaussian, and the share of jets far out.
columns = |regions| > 9 ? 4 : |regions| > 4 ? 3 : |regions| > 1 ? 2 : 1
rows = (|regions| + columns - 1) / columns
width = 1600; height = rows > 2 ? 960 : 800
bottom = 0.085; top = 0.855; tall = (top - bottom + 0.02) / rows
do for [kind in formats] {
    eval start(kind)
    left = 0.055; right = 0.62; gap = 0.012
    # One key for all densities, above them.
    eval row_of(bottom, top)
    set lmargin at screen left; set rmargin at screen right
    unset border; unset tics
    set key at screen left, screen top + 0.02 left bottom horizontal samplen 1.5 width 1
    plot [0:1] [0:1] NaN notitle, keyentry with boxes fc rgb light fs solid 1 title "Gaussian", \
         for [j = 1:|pts|] keyentry with lines lw 1.8 lc rgb series(j) title pts[j]
    eval labelled
    unset key
    set border 31 lw 1
    # The densities.
    set logscale y
    set xrange [-reach:reach]
    set yrange [1e-6:1]
    set xtics -4, 2, 4 out nomirror
    set mxtics 2
    set ytics 1e-6, 100 out nomirror
    set mytics 1
    do for [k = 1:|regions|] {
        row = (k - 1) / columns
        column_number = k - row * columns
        eval column_of(column_number, columns)
        eval row_of(top - (row + 1) * tall + 0.02, top - row * tall)
        if (k + columns > |regions|) { set format x "%g"; set xlabel "({/:Italic p}_T / <{/:Italic p}_T> − 1) / {/:Italic σ}" offset 0, 0.3 } else { set format x ""; unset xlabel }
        if (column_number == 1) { set format y "10^{%T}"; set ylabel "density" offset 0.5 } else { set format y ""; unset ylabel }
        set label 3 regions[k] at graph 0.5, graph 0.08 center front
        set arrow 1 from -distance, graph 0 to -distance, graph 1 nohead lc rgb grey dt 3
        set arrow 2 from distance, graph 0 to distance, graph 1 nohead lc rgb grey dt 3
        plot data index 0 using 1:2 with filledcurves y=1e-6 fc rgb light fs solid 1 notitle, \
             for [j = 1:|pts|] data index 0 using 1:(column(2 + (k - 1) * |pts| + j)) with lines lw 1.8 lc rgb series(j) notitle
    }
    unset arrow
    unset label 3
    # The shares, in percent.
    unset logscale y
    set format y "%g"
    set yrange [0:*]
    set ytics autofreq
    set mytics 2
    eval pt_on_x
    set xrange [20:2000]
    left = 0.69; right = 0.985; gap = 0
    eval column_of(1, 1)
    array sides[2] = [sprintf("below −%g {/:Italic σ}  [%%]", distance), sprintf("above %g {/:Italic σ}  [%%]", distance)]
    do for [side = 1:2] {
        eval side == 1 ? row_of(0.475, top) : row_of(bottom, 0.435)
        if (side == 1) { eval pt_on_x_bare; unset xlabel } else { eval pt_on_x; set xlabel "true {/:Italic p}_T [GeV]" offset 0, 0.3 }
        set ylabel sides[side] offset 0.5
        if (side == 1) { set key at screen left, screen top + 0.012 left bottom vertical maxrows (|regions| > 7 ? 6 : 3) samplen 1.2 width 0.5 font ",9" } else { unset key }
        set offsets 0, 0, graph 0.08, 0
        plot data index 1 using 1:(100 * column(2)) with lines lw 1.4 dt 2 lc rgb grey title (side == 1 ? "Gaussian" : ""), \
             for [k = 1:|regions|] data index 1 using 1:(100 * column(2 * k + side)) with lines lw 1.8 lc rgb series(k) dt 1 + (k - 1) / 6 title regions[k]
    }
    eval finish
}
