# Correlation of the constants of the eta bins in slices of pT_avg.
width = 1500; height = 590
left = 0.05; right = 0.935; gap = 0.04
do for [kind in formats] {
    eval start(kind)
    unset key
    unset colorbox
    set style fill solid 1 noborder
    eval eta_on_x
    set yrange [-eta_limit:eta_limit]
    set ytics eta_step
    set mytics 2
    set xlabel "{/:Italic η} of one bin"
    set ylabel "{/:Italic η} of the other" offset 0.5
    eval diverging
    set cbrange [-1:1]
    set cblabel "correlation of ln {/:Italic c}"
    eval row_of(0.125, 0.835)
    do for [k = 1:slices] {
        eval column_of(k, slices)
        if (k == slices) { set colorbox vertical user origin screen right + 0.008, screen 0.125 size screen 0.012, screen 0.71 }
        set title "{/:Italic p}_T^{avg} " . titles[k] offset 0, -0.4
        plot data index k - 1 using (centre($1, $2)):(centre($3, $4)):1:(over($1, $2)):3:(over($3, $4)):5 with boxxyerror linecolor palette
        eval labelled
        unset ylabel
    }
    eval finish
}
