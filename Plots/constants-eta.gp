# Responses of data and simulation, and the constants, against eta in slices of pT_avg.
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
        set object 1 rectangle from -reference, graph 0 to reference, graph 1 fillcolor rgb light fillstyle solid 1 noborder behind
        set tmargin at screen 0.88
        set bmargin at screen 0.50
        set yrange [*:*]
        set format x ""
        unset xlabel
        if (k == 1) { set label 1 label at screen 0.01, 0.965 left font ",13" noenhanced; set ylabel "response / reference" offset 0.5 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        set key top center horizontal
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (($1 + $2) / 2):5:(($2 - $1) / 2):6 with xyerrorbars lc rgb blue lw 1.5 pt 0 title "simulation", \
             data index k - 1 using (($1 + $2) / 2):3:(($2 - $1) / 2):4 with xyerrorbars lc rgb orange lw 1.5 pt 0 title "data"
        unset label 1
        unset title
        set tmargin at screen 0.47
        set bmargin at screen 0.10
        set format x "%g"
        set xlabel "{/:Italic η}"
        if (k == 1) { set ylabel "constant {/:Italic c} = {/:Italic R}_{MC} / {/:Italic R}_{data}" offset 0.5 } else { unset ylabel }
        plot 1 with lines lc rgb grey dt 2 notitle, \
             data index k - 1 using (($1 + $2) / 2):7:1:2:($7 - $8):($7 + $8) with boxxyerror lc rgb green fillstyle solid 0.35 noborder title "uncertainty", \
             data index k - 1 using (($1 + $2) / 2):7:(($2 - $1) / 2) with xerrorbars lc rgb green lw 2 pt 0 title "constant"
        unset ylabel
    }
    unset multiplot
    unset output
}
