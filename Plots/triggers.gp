# Turn-ons of triggers against the mean pT that they see and against the true one, and what a kept dijet stands for.
width = 1560; height = 560
left = 0.06; right = 0.985; gap = 0.062
dashes(k) = k > 6 ? 2 : 1
do for [kind in formats] {
    eval start(kind)
    # One key for all panels, as wide as the picture.
    eval row_of(0.125, 0.755)
    set lmargin at screen left; set rmargin at screen right
    unset border; unset tics
    set key at screen left, screen 0.79 left bottom horizontal samplen 1.5 width 1 noenhanced maxcols 6
    if (left_out > 0) { set label 3 sprintf("and %d more", left_out) at screen right, screen 1 - 17. / height right font ",10" }
    plot [0:1] [0:1] NaN notitle, for [k = 1:|names|] keyentry with lines lw 1.8 dt dashes(k) lc rgb series(k) title names[k]
    eval labelled
    unset label 3
    set border 31 lw 1
    set ytics 0, 0.2, 1 out nomirror
    set mytics 2
    eval pt_on_x
    set xrange [pt_low:pt_high]
    set yrange [0:1.22]
    set offsets 0, 0, 0, 0
    eval column_of(1, 3)
    set xlabel "calibrated {/:Italic p}_T^{avg} [GeV]"
    set ylabel "share that fires" offset 0.5
    set key inside top left vertical samplen 2 font ",10" enhanced
    plot plateau with lines lc rgb grey dt 3 notitle, \
         for [k = 1:|names|] data index 0 using 1:(column(1 + k)) with lines lw 1.8 dt dashes(k) lc rgb series(k) notitle, \
         for [k = 1:|names|] '+' using (used_from[k]):(used_at[k]) every ::0::0 with points pt 7 ps 0.8 lc rgb series(k) notitle, \
         keyentry with points pt 7 ps 0.8 lc rgb black title sprintf("used from here; dotted: %g %%", 100 * plateau)
    eval column_of(2, 3)
    set xlabel "true {/:Italic p}_T^{avg} of data [GeV]"
    set ylabel "share that fires" offset 0.5
    plot plateau with lines lc rgb grey dt 3 notitle, \
         for [k = 1:|names|] data index 1 using 1:(column(2 * k)) with lines lw 1.8 lc rgb series(k) notitle, \
         for [k = 1:|names|] data index 1 using 1:(column(2 * k + 1)) with lines lw 1.4 dt 3 lc rgb series(k) notitle, \
         keyentry with lines lw 1.8 lc rgb black title sprintf("two jets at |{/:Italic η}| = %g", central_eta), \
         keyentry with lines lw 1.4 dt 3 lc rgb black title sprintf("one of them at %g", forward_eta)
    eval column_of(3, 3)
    set xrange [weight_pt_low:weight_pt_high]
    set logscale y
    set ytics autofreq
    set yrange [0.7:*]
    set offsets 0, 0, graph 0.2, graph 0.02
    set format y "10^{%T}"
    set xlabel "calibrated {/:Italic p}_T^{avg} [GeV]"
    set ylabel "what a kept dijet stands for" offset 0.5
    set key inside top right vertical samplen 2 font ",10"
    array jets[3] = ["no jet forward of " . forward, "one", "two"]
    plot for [j = 1:3] data index 2 using (centre($1, $2)):(column(2 + j)):(half($1, $2)) with xerrorbars pt (j == 1 ? 7 : j == 2 ? 6 : 4) ps 0.7 lw 1.6 lc rgb series(j) title jets[j]
    eval finish
}
