# Response and resolution of a detector card over (eta, pT), and what data have on top.
width = 1700; height = 460
left = 0.045; right = 0.945; gap = 0.085
array titles[4] = ["mean response, MC", "response, data / MC", "resolution {/:Italic σ}/{/:Italic p}_T, MC", "resolution, data / MC"]
do for [kind in formats] {
    eval start(kind)
    unset key
    set style fill solid 1 noborder
    # Cells are narrow and drawn in rising order: each covers what the ones before it reach over.
    eval eta_on_x
    set xtics 2 * eta_step
    eval pt_on_y
    set yrange [20:2000]
    set xlabel "true {/:Italic η}"
    set ylabel "true {/:Italic p}_T [GeV]" offset 0.5
    eval row_of(0.145, 0.80)
    do for [k = 1:4] {
        eval column_of(k, 4)
        eval scale_of(k, 4, 0.145, 0.80)
        set title titles[k] offset 0, -0.4
        eval k % 2 == 1 ? viridis : diverging
        set cbrange [lowest[k]:highest[k]]
        plot data index 0 using (centre($1, $2)):(centre($3, $4)):1:($2 + ($2 - $1) / 2):3:($4 + ($4 - $3) / 4):(column(4 + k)) with boxxyerror linecolor palette
        eval labelled
        unset ylabel
    }
    eval finish
}
