# Coverage of the intervals of 68.3 % (left) and of 95 % (right) over (eta, pT), a row a method.
width = 1300; height = 90 + 330 * panels
left = 0.06; right = 0.915; gap = 0.13
top = 58. / height
tall = (1 - top) / panels
# A colour scale of four binomial standard deviations on either side of what is promised.
scatter(share) = 400 * sqrt(share * (1 - share) / experiments)
array promised[2] = [0.6827, 0.95]
array kinds[2] = ["68.3 %", "95 %"]
do for [kind in formats] {
    eval start(kind)
    unset key
    set style fill solid 1 noborder
    eval diverging
    eval eta_on_x
    eval pt_on_y
    set yrange [pt_low:pt_high]
    set xlabel "{/:Italic η}" offset 0, 0.3
    do for [k = 1:panels] {
        low = 1 - top - k * tall + 55. / height
        high = 1 - top - (k - 1) * tall - 28. / height
        eval row_of(low, high)
        do for [j = 1:2] {
            eval column_of(j, 2)
            eval scale_of(j, 2, low, high)
            set title titles[k] . ": intervals of " . kinds[j] offset 0, -0.4
            if (j == 1) { set ylabel "{/:Italic p}_T^{avg} [GeV]" offset 0.5 } else { unset ylabel }
            # No share is above 100 %: the scale is there on both sides, its numbers are not.
            set cbtics 0, scatter(promised[j]) > 20 ? 10 : scatter(promised[j]) > 8 ? 5 : scatter(promised[j]) > 3 ? 2 : 0.5, 100
            set cbrange [100 * promised[j] - scatter(promised[j]):100 * promised[j] + scatter(promised[j])]
            set cblabel j == 2 ? "hold the Asimov constant [%]" : ""
            plot data index k - 1 using (centre($1, $2)):(centre($3, $4)):1:(over($1, $2)):3:(over($3, $4)):(column(4 + j)) with boxxyerror linecolor palette
            eval labelled
        }
    }
    eval finish
}
