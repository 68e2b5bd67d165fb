# The common style of all figures. Colours: Okabe and Ito's palette, distinct for every kind of colour vision; maps use
# viridis, which is so too, and grows lighter evenly. What has two signs goes from blue over white to vermilion.
blue = "#0072B2"; orange = "#D55E00"; green = "#009E73"; purple = "#CC79A7"; sky = "#56B4E9"; yellow = "#E69F00"
black = "#000000"; grey = "#7F7F7F"; light = "#E6E6E6"
viridis = 'set palette defined (0 "#440154", 0.25 "#3B528B", 0.5 "#21918C", 0.75 "#5EC962", 1 "#FDE725")'
diverging = 'set palette defined (-2 "#053061", -1 "#4393C3", 0 "#F7F7F7", 1 "#D6604D", 2 "#67001F")'
series(k) = word(blue . " " . orange . " " . green . " " . purple . " " . yellow . " " . sky, (k - 1) % 6 + 1)
# What to draw and how large: gnuplot -e 'formats = "png"; zoom = 0.5' NAME.gp
if (!exists("formats")) formats = "png pdf svg"
if (!exists("zoom")) zoom = 1
house = "set encoding utf8; set minussign; set border lw 1; set tics out nomirror; set mxtics; set mytics; set datafile missing 'NaN'; set style fill solid 0.3 noborder; set boxwidth 1 absolute; set bars 0; set key samplen 1.5 spacing 1.1"
# One format, `width` by `height` in hundredths of an inch.
terminal(kind) = kind eq "png" ? sprintf("set terminal pngcairo size %d,%d fontscale %g linewidth %g font 'DejaVu Sans,11' background '#FFFFFF'", zoom * width, zoom * height, zoom, zoom) : \
    kind eq "pdf" ? sprintf("set terminal pdfcairo size %gin,%gin font 'DejaVu Sans,11'", width / 100., height / 100.) : \
    sprintf("set terminal svg size %d,%d font 'DejaVu Sans,11' background '#FFFFFF'", width, height)
label_block = "set label 1 sample at screen 0.012, screen 1 - 17. / height left font ',13' noenhanced; set label 2 selection at screen 0.012, screen 1 - 38. / height left font ',10' noenhanced textcolor rgb '#404040'"
# Around the panels of one format. The label block belongs to the first panel: `eval labelled` behind it.
start(kind) = "reset; " . house . "; " . terminal(kind) . "; set output '" . name . "." . kind . "'; set multiplot; " . label_block
labelled = "unset label 1; unset label 2"
finish = "unset multiplot; unset output"
# Panel k of n side by side between `left` and `right`, `gap` apart; and from `low` to `high`.
column_of(k, n) = sprintf("set lmargin at screen %.4f; set rmargin at screen %.4f", left + (k - 1) * ((right - left + gap) / n), left + k * ((right - left + gap) / n) - gap)
row_of(low, high) = sprintf("set bmargin at screen %.4f; set tmargin at screen %.4f", low, high)
# The colour scale of panel k of n, beside it.
scale_of(k, n, low, high) = sprintf("set colorbox vertical user origin screen %.4f, screen %.4f size screen %.4f, screen %.4f", left + k * ((right - left + gap) / n) - gap + 0.006, low, 0.012, high - low)
# Axes. Plain numbers on the logarithmic pT axis.
pt_between = '"" 15 1, "" 30 1, "" 40 1, "" 60 1, "" 70 1, "" 80 1, "" 90 1, "" 150 1, "" 300 1, "" 400 1, "" 600 1, "" 700 1, "" 800 1, "" 900 1, "" 1500 1, "" 3000 1, "" 4000 1)'
pt_bare = '("" 10, "" 20, "" 50, "" 100, "" 200, "" 500, "" 1000, "" 2000, "" 5000, ' . pt_between
pt_numbers = '("10" 10, "20" 20, "50" 50, "100" 100, "200" 200, "500" 500, "1000" 1000, "2000" 2000, "5000" 5000, ' . pt_between
pt_on_x = "set logscale x; set xtics " . pt_numbers . "; unset mxtics"
pt_on_x_bare = "set xtics " . pt_bare
pt_on_y = "set logscale y; set ytics " . pt_numbers . "; unset mytics"
eta_on_x = "eta_step = eta_limit > 2 ? 1 : eta_limit > 0.8 ? 0.5 : eta_limit > 0.3 ? 0.2 : 0.05; set xrange [-eta_limit:eta_limit]; set xtics eta_step format '%g'; set mxtics 2"
# The columns of a bin [a, b) with value v: a point at its centre with a bar across it.
centre(a, b) = (a + b) / 2
half(a, b) = (b - a) / 2
# Cells of a map reach a hair over their upper edges: otherwise light shines through the seams.
over(low, high) = high + (high - low) * 0.06
