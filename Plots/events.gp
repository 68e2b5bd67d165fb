# Events and effective events: of each bin of (eta, pT_avg), and of the pairs of eta bins.
width = 1700; height = 470
left = 0.045; right = 0.955; gap = 0.085
do for [kind in formats] {
    eval start(kind)
    unset key
    set style fill solid 1 noborder
    eval viridis
    set logscale cb
    set format cb "10^{%T}"
    eval eta_on_x
    set xtics 2 * eta_step
    eval row_of(0.145, 0.80)
    eval pt_on_y
    set yrange [pt_low:pt_high]
    set xlabel "{/:Italic η}"
    set ylabel "{/:Italic p}_T^{avg} [GeV]" offset 0.5
    array above[2] = ["data events with a jet in the bin", "{/:Italic N}_{eff} of them"]
    do for [k = 1:2] {
        eval column_of(k, 4)
        eval scale_of(k, 4, 0.145, 0.80)
        set title above[k] offset 0, -0.4
        set cbrange [1:largest[k]]
        plot data index 0 using (centre($1, $2)):(sqrt($3 * $4)):1:(over($1, $2)):3:(over($3, $4)):(column(4 + k)) with boxxyerror linecolor palette
        eval labelled
        unset ylabel
    }
    unset logscale y
    set format y "%g"
    set yrange [-eta_limit:eta_limit]
    set ytics 2 * eta_step
    set mytics 2
    set xlabel "lower {/:Italic η}"
    set ylabel "higher {/:Italic η}" offset 0.5
    do for [k = 1:slices] {
        eval column_of(k + 2, 4)
        eval scale_of(k + 2, 4, 0.145, 0.80)
        set title "{/:Italic N}_{eff} of pairs, " . titles[k] offset 0, -0.4
        set cbrange [1:largest[k + 2]]
        plot data index k using (centre($1, $2)):(centre($3, $4)):1:(over($1, $2)):3:(over($3, $4)):5 with boxxyerror linecolor palette
    }
    eval finish
}
