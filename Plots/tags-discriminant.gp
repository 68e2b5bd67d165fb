# The discriminant by kind of jet with the cuts of the working points, the scores, and rejections against the efficiency.
width = 1500; height = 560
left = 0.06; right = 0.985; gap = 0.07
do for [kind in formats] {
    eval start(kind)
    eval row_of(0.125, 0.86)
    eval column_of(1, 3)
    set xrange [-10:22]
    set logscale y
    set format y "10^{%T}"
    set xlabel "discriminant {/:Italic D}"
    set ylabel "share of jets per unit" offset 0.5
    set key top right
    do for [j = 1:|cuts|] {
        set arrow j from cuts[j], graph 0 to cuts[j], graph 1 nohead lc rgb grey dt 2
        set label 10 + j points[j] . " %" at cuts[j], graph 0.03 left rotate by 90 offset -0.6, 0 font ",9" textcolor rgb grey
    }
    plot for [j = 1:|names|] data index 0 using 1:(column(2 + j) > 0 ? column(2 + j) : NaN) with steps lw 1.8 lc rgb series(j) title names[j]
    eval labelled
    do for [j = 1:|cuts|] { unset arrow j; unset label 10 + j }
    eval column_of(2, 3)
    set xrange [0.5:5.5]
    set xtics 1
    unset mxtics
    set yrange [1e-4:30]
    set xlabel "score"
    set ylabel "share of jets" offset 0.5
    set boxwidth 0.26
    set pointintervalbox 0
    plot for [j = 1:|names|] data index 1 using ($1 + 0.27 * (j - 2)):(column(2 * j)) with boxes fs solid 0.45 noborder lc rgb series(j) title names[j], \
         for [j = 1:|names|] data index 1 using ($1 + 0.27 * (j - 2)):(column(2 * j)):(column(2 * j + 1)) with yerrorbars pt 0 lw 1.4 lc rgb black notitle
    eval column_of(3, 3)
    set xrange [0.3:1]
    set xtics 0.1
    set mxtics
    set yrange [0.9:*]
    set offsets 0, 0, graph 0.1, 0
    set xlabel "efficiency for b jets"
    set ylabel "rejection: one over the efficiency" offset 0.5
    plot for [j = 2:|names|] data index 2 using 1:(column(2 * j - 2)) with lines lw 1.8 lc rgb series(j) title names[j], \
         for [j = 2:|names|] data index 3 using 1:(column(2 * j - 2)):(column(2 * j - 1)) with yerrorbars pt 7 ps 0.7 lc rgb series(j) notitle
    eval finish
}
