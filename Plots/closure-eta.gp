# Non-closure before and after calibration against true eta in slices of true pT; below, after calibration, enlarged.
width = 1500; height = 760
left = 0.06; gap = 0.045; panel = (0.985 - left - (slices - 1) * gap) / slices
do for [kind in "png pdf svg"] {
    eval terminal(kind)
    set output name . "." . kind
    set multiplot
    set xrange [-eta_limit:eta_limit]
    set xtics -4, 1, 4
    set mxtics 2
    do for [k = 1:slices] {
        set lmargin at screen left + (k - 1) * (panel + gap)
        set rmargin at screen left + (k - 1) * (panel + gap) + panel
        set tmargin at screen 0.88
        set bmargin at screen 0.50
        set yrange [*:*]
        set format x ""
        unset xlabel
        if (k == 1) { set label 1 label at screen 0.01, 0.965 left font ",13" noenhanced; set ylabel "non-closure {/:Italic δ} [%]" offset 0.5 }
        set title "true {/:Italic p}_T " . titles[k] offset 0, -0.4
        set key top center horizontal
        plot 0 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (($1 + $2) / 2):3:(($2 - $1) / 2):4 with xyerrorbars lc rgb orange lw 1.5 pt 0 title "before", \
             data index k - 1 using (($1 + $2) / 2):5:(($2 - $1) / 2):6 with xyerrorbars lc rgb blue lw 1.5 pt 0 title "after"
        unset label 1
        unset title
        set tmargin at screen 0.47
        set bmargin at screen 0.10
        set format x "%g"
        set xlabel "true {/:Italic η}"
        set yrange [-4:4]
        if (k == 1) { set ylabel "non-closure {/:Italic δ} [%]" offset 0.5 } else { unset ylabel }
        set key top center horizontal
        plot data index k - 1 using (($1 + $2) / 2):(0):1:2:(-$7):7 with boxxyerror lc rgb sky fillstyle solid 0.3 noborder title "tolerance", \
             0 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (($1 + $2) / 2):5:(($2 - $1) / 2):6 with xyerrorbars lc rgb blue lw 1.5 pt 0 title "after"
        unset ylabel
    }
    unset multiplot
    unset output
}
