# figure-1: gnuplot figure-1.gp draws figure-1.svg from figure-1.tsv
reset
set encoding utf8
set terminal svg size 671,245 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-1.svg'
set datafile separator "\t"
set datafile missing NaN
set datafile commentschars ''
set border 3 lw 1.2 lc rgb '#222222'
set tics nomirror out scale 0.6 tc rgb '#222222'
set grid ytics lc rgb '#DDDDDD' lw 0.8 dt solid back
set minussign
set errorbars small
set style fill solid 1 noborder
set multiplot

# Panel 1
set lmargin at screen 0.13099
set rmargin at screen 0.47316
set tmargin at screen 0.86122
set bmargin at screen 0.41224
unset label; unset arrow; unset logscale; unset colorbox
set xrange [-8:8] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
Y(s) = s eq 'MD1 − MD2' ? 1 : s eq 'MD1 − MD3' ? 2 : s eq 'MD2 − MD3' ? 3 : NaN
set ytics norotate ('MD1 − MD2' 1, 'MD1 − MD3' 2, 'MD2 − MD3' 3) scale 0
set yrange [3.5:0.5]
set xlabel 'difference [ml]' offset 0,0.4
set ylabel '' offset 0.8,0
unset grid; set grid xtics lc rgb '#DDDDDD' lw 0.8 dt solid
set key at screen 0.50000, screen 0.16735 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'A' at screen 0.00895, screen 0.92653 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'limits of agreement' at screen 0.13099, screen 0.92653 left tc rgb '#222222'
set label 'thyroid-volumetry · figure1 · aggregates · data a547e22a45b8' at screen 0.00895, screen 0.03265 left font ',8' tc rgb '#666666'
set arrow from first 0, graph 0 to first 0, graph 1 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
plot 'figure-1.tsv' skip 1 using (strcol(1) eq 'limits of agreement' && strcol(2) eq '2D' ? ($4) : NaN):(Y(strcol(3))-0.1):5:6 with xerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' title '2D', \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'limits of agreement' && strcol(2) eq '2D' ? ($4) : NaN):(Y(strcol(3))-0.1) with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'limits of agreement' && strcol(2) eq '3D' ? ($4) : NaN):(Y(strcol(3))+0.1):5:6 with xerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' title '3D', \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'limits of agreement' && strcol(2) eq '3D' ? ($4) : NaN):(Y(strcol(3))+0.1) with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle

# Panel 2
set lmargin at screen 0.63099
set rmargin at screen 0.97316
set tmargin at screen 0.86122
set bmargin at screen 0.41224
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0:4] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
Y(s) = s eq 'MD1 − MD2' ? 1 : s eq 'MD1 − MD3' ? 2 : s eq 'MD2 − MD3' ? 3 : NaN
set ytics norotate ('MD1 − MD2' 1, 'MD1 − MD3' 2, 'MD2 − MD3' 3) scale 0
set yrange [3.5:0.5]
set xlabel 'implied SD of the differences [ml]' offset 0,0.4
set ylabel '' offset 0.8,0
unset grid; set grid xtics lc rgb '#DDDDDD' lw 0.8 dt solid
unset key
unset title
set label 'B' at screen 0.50895, screen 0.92653 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'standard deviation' at screen 0.63099, screen 0.92653 left tc rgb '#222222'
plot 'figure-1.tsv' skip 1 using (strcol(1) eq 'standard deviation' && strcol(2) eq '2D' ? ($4) : NaN):(Y(strcol(3))-0.1):5:6 with xerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' title '2D', \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'standard deviation' && strcol(2) eq '2D' ? ($4) : NaN):(Y(strcol(3))-0.1) with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'standard deviation' && strcol(2) eq '3D' ? ($4) : NaN):(Y(strcol(3))+0.1):5:6 with xerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' title '3D', \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'standard deviation' && strcol(2) eq '3D' ? ($4) : NaN):(Y(strcol(3))+0.1) with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle
unset multiplot
unset output
set print 'figure-1.svg' append
print '<!-- Lightbox'
print 'study: thyroid-volumetry'
print 'function: figure1'
print 'source: Studies/thyroid-volumetry/Arithmetic.swift'
print 'tier: aggregates'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:a547e22a45b8f008a4291d7b591e8e81f9c0115fbc146eb0b5f6f63dd4e86e9a'
print '-->'
unset print
