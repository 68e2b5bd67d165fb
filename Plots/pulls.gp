# Residual pulls of the pairs of eta bins: their distribution, and where they lie.
width = 1500; height = 570
left = 0.05; right = 0.935; gap = 0.05
gauss(x) = pairs * bin_width * exp(-x * x / 2) / sqrt(2 * pi)
do for [kind in formats] {
    eval start(kind)
    unset colorbox
    eval row_of(0.125, 0.835)
    eval column_of(1, 3)
    set xrange [-5:5]
    set yrange [0:*]
    set offsets 0, 0, graph 0.25, 0
    set xlabel "pull of <A> of a pair"
    set ylabel "pairs" offset 0.5
    set title "all quoted {/:Italic p}_T^{avg} bins" offset 0, -0.4
    set label 3 moments at graph 0.03, graph 0.94 left
    set key top right
    set samples 400
    plot data index 0 using 1:3 with fillsteps lc rgb sky title "pairs", \
         gauss(x) with lines lc rgb black lw 1.4 title "unit normal"
    eval labelled
    unset label 3
    unset offsets
    unset key
    set style fill solid 1 noborder
    eval eta_on_x
    set yrange [-eta_limit:eta_limit]
    set ytics eta_step
    set mytics 2
    set xlabel "lower {/:Italic η}"
    set ylabel "higher {/:Italic η}" offset 0.5
    eval diverging
    set cbrange [-4:4]
    set cblabel "pull"
    do for [k = 1:slices] {
        eval column_of(k + 1, 3)
        if (k == slices) { set colorbox vertical user origin screen right + 0.008, screen 0.125 size screen 0.012, screen 0.71 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        plot data index k using (centre($1, $2)):(centre($3, $4)):1:(over($1, $2)):3:(over($3, $4)):5 with boxxyerror linecolor palette
        unset ylabel
    }
    eval finish
}
