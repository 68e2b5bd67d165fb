# Transverse impact parameter of tracks and its significance by kind of jet, each kind's tracks together 1.
width = 1200; height = 560
left = 0.075; right = 0.985; gap = 0.085
do for [kind in formats] {
    eval start(kind)
    set logscale y
    set format y "10^{%T}"
    set key top right
    eval row_of(0.125, 0.86)
    do for [k = 1:2] {
        eval column_of(k, 2)
        if (k == 1) {
            set xrange [-0.5:1]
            set xlabel "{/:Italic d}_0 [mm]"
            set ylabel "share of tracks per mm" offset 0.5
        } else {
            set xrange [-10:30]
            set xlabel "{/:Italic d}_0 / {/:Italic σ}({/:Italic d}_0)"
            set ylabel "share of tracks per unit" offset 0.5
        }
        plot for [j = 1:|names|] data index k - 1 using 1:(column(2 + j) > 0 ? column(2 + j) : NaN) with steps lw 1.8 lc rgb series(j) title names[j]
        eval labelled
    }
    eval finish
}
