# Response and resolution of a detector card over (eta, pT).
width = 1500; height = 480
do for [kind in "png pdf svg"] {
    eval terminal(kind)
    set output name . "." . kind
    set multiplot
    set view map
    set style fill solid 1 noborder
    set offsets 0, 0, 0, 0
    set logscale y
    set xrange [-eta_limit:eta_limit]
    set yrange [20:2000]
    set xtics -4, 2, 4
    set ytics ("20" 20, "50" 50, "100" 100, "200" 200, "500" 500, "1000" 1000, "2000" 2000)
    set xlabel "true {/:Italic η}"
    set ylabel "true {/:Italic p}_T [GeV]" offset -1
    set tmargin at screen 0.86
    set bmargin at screen 0.15
    set label 1 label at screen 0.01, 0.955 left font ",13" noenhanced
    set lmargin at screen 0.055
    set rmargin at screen 0.275
    set title "mean response, simulation" offset 0, -0.4
    set palette defined (0 "#440154", 0.25 "#3B528B", 0.5 "#21918C", 0.75 "#5EC962", 1 "#FDE725")
    set cbrange [*:*]
    splot data index 0 using 1:2:3 with pm3d notitle
    unset label 1
    unset ylabel
    set lmargin at screen 0.39
    set rmargin at screen 0.61
    set title "data / simulation" offset 0, -0.4
    set palette defined (0.8 "#053061", 0.9 "#4393C3", 1 "#F7F7F7", 1.1 "#D6604D", 1.2 "#67001F")
    set cbrange [0.8:1.2]
    splot data index 0 using 1:2:4 with pm3d notitle
    set lmargin at screen 0.72
    set rmargin at screen 0.94
    set title "resolution {/:Italic σ}/{/:Italic p}_T, simulation" offset 0, -0.4
    set palette defined (0 "#440154", 0.25 "#3B528B", 0.5 "#21918C", 0.75 "#5EC962", 1 "#FDE725")
    set cbrange [0:*]
    splot data index 0 using 1:2:5 with pm3d notitle
    unset multiplot
    unset title
    unset output
}
