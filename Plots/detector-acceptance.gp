# The (eta, phi) plane: what dead modules take, what is discarded and how far things reach; beside it the response over phi.
width = 1600; height = planes > 1 ? 860 : modules > 0 ? 640 : 560
bottom = planes > 1 ? 0.085 : 0.125; top = planes > 1 ? 0.865 : 0.80
loss = 'set palette defined (0 "#FEE8C8", 0.4 "#FDBB84", 0.7 "#E34A33", 1 "#7F0000")'
# Lines at both ends of a range, none for a negative one.
reaches(x) = x < 0 ? NaN : x
do for [kind in formats] {
    eval start(kind)
    left = 0.055; right = modules > 0 ? 0.535 : 0.58; gap = 0
    eval eta_on_x
    set yrange [-pi:pi]
    set ytics ("−{/:Italic π}" -pi, "−{/:Italic π}/2" -pi / 2, "0" 0, "{/:Italic π}/2" pi / 2, "{/:Italic π}" pi)
    unset mytics
    set ylabel "{/:Italic φ}" offset 0.5
    eval loss
    set style fill solid 1 noborder
    set cbrange [0:largest_loss]
    if (modules > 0) { set cblabel "share of the response lost" offset 0.5 }
    eval column_of(1, 1)
    tall = (top - bottom + 0.05) / planes
    if (modules > 0) { eval scale_of(1, 1, bottom, top) } else { unset colorbox }
    do for [k = 1:planes] {
        eval row_of(top - k * tall + 0.05, top - (k - 1) * tall)
        if (k < planes) { set format x ""; unset xlabel } else { set format x "%g"; set xlabel "{/:Italic η} from the detector's centre" offset 0, 0.3 }
        set label 3 (planes == 1 ? "MC and data" : k == 1 ? "MC" : "data") at graph 0, screen top - (k - 1) * tall + 0.022 left
        # Outside of the acceptance there is nothing.
        set object 1 rectangle from -eta_limit, -pi to -acceptance, pi fc rgb light fs solid 1 noborder behind
        set object 2 rectangle from acceptance, -pi to eta_limit, pi fc rgb light fs solid 1 noborder behind
        if (k > 1) { unset colorbox }
        if (k == 1) { set key at screen left + (planes == 1 ? 0.075 : 0.05), screen top + 0.012 left bottom horizontal samplen 2.5 width 0.5 } else { unset key }
        plot data index k + 1 using (centre($1, $2)):(centre($3, $4)):1:2:3:4:5 with boxxyerror fs solid 1 noborder lc palette notitle, \
             data index 1 using (centre($1, $2)):(centre($3, $4)):1:2:3:4 with boxxyerror fs transparent pattern 4 border lc rgb blue lc rgb blue lw 1 title (vetoes > 0 ? "veto" : ""), \
             for [s = -1:1:2] '+' using (s * acceptance):(pi * (2 * ($0 > 0) - 1)) every 99 with lines lc rgb black lw 1.8 title (s > 0 ? "acceptance" : ""), \
             for [s = -1:1:2] '+' using (s * reaches(tracker)):(pi * (2 * ($0 > 0) - 1)) every 99 with lines lc rgb green lw 1.8 dt 2 title (s > 0 && tracker > 0 ? "tracks" : ""), \
             for [s = -1:1:2] '+' using (s * reaches(pile_up)):(pi * (2 * ($0 > 0) - 1)) every 99 with lines lc rgb purple lw 1.8 dt 4 title (s > 0 && pile_up > 0 ? "jets of pile-up" : "")
        eval labelled
    }
    unset label 3
    unset object
    # The response over phi, with what modules leave of it.
    left = modules > 0 ? 0.69 : 0.655; right = 0.985
    eval column_of(1, 1)
    set xrange [-acceptance:acceptance]
    set yrange [*:*]
    set ytics autofreq
    set mytics 2
    set format x "%g"
    set offsets 0, 0, graph 0.06, graph 0.04
    set key at graph 0, screen top + 0.012 left bottom horizontal samplen 1.5 width 1
    parts = modules > 0 ? 2 : 1
    if (parts == 2) { set format x ""; unset xlabel } else { set xlabel "{/:Italic η} from the detector's centre" offset 0, 0.3 }
    eval parts == 2 ? row_of(bottom + 0.42 * (top - bottom), top) : row_of(bottom, top)
    set ylabel "mean response over {/:Italic φ}, " . pt offset 0.5
    plot for [j = 1:samples] data index 0 using 1:(column(2 * j)) with lines lw 1.8 lc rgb (j == 1 ? blue : orange) title (j == 1 ? "MC" : "data")
    if (parts == 2) {
        eval row_of(bottom, bottom + 0.37 * (top - bottom))
        unset key
        set format x "%g"
        set xlabel "{/:Italic η} from the detector's centre" offset 0, 0.3
        set ylabel "left by modules" offset 0.5
        plot 1 with lines lc rgb grey dt 2, for [j = 1:samples] data index 0 using 1:(column(2 * j + 1)) with lines lw 1.8 lc rgb (j == 1 ? blue : orange)
    }
    eval finish
}
