# Uncertainties of the replicas over those quoted, and what the mean of the replicas is off by.
width = 1500; height = 800
left = 0.06; right = 0.985; gap = 0.03
do for [kind in formats] {
    eval start(kind)
    eval eta_on_x
    unset xlabel
    set format x ""
    eval row_of(0.48, 0.87)
    set yrange [1 - reach:1 + reach]
    set ylabel "{/:Italic σ}(replicas) / {/:Italic σ}(quoted)" offset 0.5
    do for [k = 1:slices] {
        eval column_of(k, slices)
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        if (k == slices) { set label 3 moments at graph 0.97, graph 0.93 right }
        plot [-eta_limit:eta_limit] 1 - precision with filledcurves y1=1 + precision fs solid 0.15 noborder lc rgb black notitle, \
             1 with lines lc rgb black lw 1 notitle, \
             data index k - 1 using (centre($1, $2)):3:1:2 with xerrorbars lc rgb blue pt 7 ps 0.5 lw 1.4 notitle
        if (k == 1) { eval labelled }
        unset ylabel
        set format y ""
    }
    unset label 3
    set format y "% h"
    set format x "% h"
    set xlabel "{/:Italic η}"
    eval row_of(0.1, 0.45)
    set yrange [-shift_reach:shift_reach]
    unset title
    set ylabel "shift of the mean [{/:Italic σ}]" offset 0.5
    do for [k = 1:slices] {
        eval column_of(k, slices)
        plot [-eta_limit:eta_limit] 0 with lines lc rgb black lw 1 notitle, \
             data index k - 1 using (centre($1, $2)):4:1:2 with xerrorbars lc rgb green pt 7 ps 0.5 lw 1.4 notitle
        unset ylabel
        set format y ""
    }
    eval finish
}
