# Response, mis-response of data and resolution along eta at a few pT, and along pT at a few eta.
width = 1500; height = 860
left = 0.062; right = 0.985; gap = 0.06
array quantities[3] = ["mean response, MC", "response, data / MC", "resolution {/:Italic σ}/{/:Italic p}_T, MC"]
do for [kind in formats] {
    eval start(kind)
    set key top center horizontal samplen 0.8 width 0.5 font ",10"
    set style data lines
    set offsets 0, 0, graph 0.2, graph 0.04
    eval eta_on_x
    set xlabel "true {/:Italic η}"
    eval row_of(0.56, 0.90)
    do for [k = 1:3] {
        eval column_of(k, 3)
        set ylabel quantities[k] offset 0.5
        plot for [j = 1:|pts|] data index 0 using 1:(column(3 * j - 2 + k)) lw 1.8 lc rgb series(j) title pts[j]
        eval labelled
    }
    eval pt_on_x
    set xrange [20:2000]
    set xlabel "true {/:Italic p}_T [GeV]"
    eval row_of(0.085, 0.425)
    do for [k = 1:3] {
        eval column_of(k, 3)
        set ylabel quantities[k] offset 0.5
        plot for [j = 1:|etas|] data index 1 using 1:(column(3 * j - 2 + k)) lw 1.8 lc rgb series(j) title etas[j]
    }
    eval finish
}
