# The common style of all figures. Colours: Okabe and Ito's palette, distinct for every kind of colour vision.
blue = "#0072B2"; orange = "#D55E00"; green = "#009E73"; grey = "#7F7F7F"; light = "#E6E6E6"; sky = "#56B4E9"
set encoding utf8
set border lw 1
set tics out nomirror
set mxtics
set mytics
set datafile missing "NaN"
set style fill solid 0.25 noborder
set boxwidth 1 absolute
set offsets 0, 0, graph 0.16, graph 0.04
set bars 0
set key samplen 1.5 spacing 1.1
# Sets up one format, `width` by `height` in hundredths of an inch.
terminal(kind) = kind eq "png" ? sprintf("set terminal pngcairo size %d,%d font 'DejaVu Sans,11' background '#FFFFFF'", width, height) : \
    kind eq "pdf" ? sprintf("set terminal pdfcairo size %gin,%gin font 'DejaVu Sans,11'", width / 100., height / 100.) : \
    sprintf("set terminal svg size %d,%d font 'DejaVu Sans,11' background '#FFFFFF'", width, height)
