# The soft term by working point: response and width against the pT of the recoil, noise against the root of the energy.
width = 1500; height = 520
left = 0.055; right = 0.985; gap = 0.06
soft_numbers = 'set xtics out nomirror ("0.5" 0.5, "1" 1, "2" 2, "5" 5, "10" 10, "20" 20, "50" 50, "100" 100, "200" 200, "500" 500, "1000" 1000, "2000" 2000)'
do for [kind in formats] {
    eval start(kind)
    # One key for all panels, as wide as the picture.
    eval row_of(0.13, 0.80)
    set lmargin at screen left; set rmargin at screen right
    unset border; unset tics
    set key at screen left, screen 0.835 left bottom horizontal samplen 1.5 width 1 noenhanced
    if (left_out > 0) { set label 3 sprintf("and %d more", left_out) at screen right, screen 1 - 17. / height right font ",10" }
    plot [0:1] [0:1] NaN notitle, for [k = 1:|names|] keyentry with lines lw 1.8 lc rgb series(k) title names[k]
    eval labelled
    unset label 3
    set border 31 lw 1
    set ytics out nomirror
    set mytics
    set logscale x
    unset mxtics
    eval soft_numbers
    set xrange [soft_low:soft_high]
    set xlabel "{/:Italic p}_T of the soft recoil [GeV]"
    set offsets 0, 0, graph 0.06, 0
    unset key
    eval column_of(1, 3)
    set ylabel "mean response" offset 0.5
    set yrange [*<0:1.2<*]
    plot 1 with lines lc rgb grey dt 2 notitle, \
         for [k = 1:|names|] data index 0 using 1:(column(3 * k - 1)) with lines lw 1.8 lc rgb series(k) notitle
    eval column_of(2, 3)
    set ylabel "width [GeV], with the noise of a mean event" offset 0.5
    set key inside top left vertical samplen 2.5
    set yrange [0:*]
    plot for [k = 1:|names|] data index 0 using 1:(column(3 * k)) with lines lw 1.8 lc rgb series(k) notitle, \
         for [k = 1:|names|] data index 0 using 1:(column(3 * k + 1)) with lines lw 1.8 dt 2 lc rgb series(k) notitle, \
         keyentry with lines lw 1.8 lc rgb black title "along the recoil", \
         keyentry with lines lw 1.8 dt 2 lc rgb black title "across"
    unset logscale x
    set xtics autofreq
    set mxtics 2
    set xrange [0:root_limit]
    set xlabel "√Σ{/:Italic E}_T [GeV^{½}]"
    set ylabel "noise of each component [GeV]" offset 0.5
    eval column_of(3, 3)
    plot for [k = 1:|names|] data index 1 using 1:(column(1 + k)) with lines lw 1.8 lc rgb series(k) notitle, \
         for [k = 1:|names|] '+' using (typical[k]):(typical_noise[k]) every ::0::0 with points pt 7 ps 0.8 lc rgb series(k) notitle, \
         keyentry with points pt 7 ps 0.8 lc rgb black title "mean event, without jets"
    eval finish
}
