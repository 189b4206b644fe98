# figure-3: gnuplot figure-3.gp draws figure-3.svg from figure-3.tsv
reset
set encoding utf8
set terminal svg size 1336,618 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-3.svg'
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
set lmargin at screen 0.05539
set rmargin at screen 0.25749
set tmargin at screen 0.94498
set bmargin at screen 0.60518
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:18] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-7:7] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'ultrasound − MRI [ml]' offset 0.8,0
unset key
unset title
set label 'A' at screen 0.00449, screen 0.97087 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '2D, MD1 − MRI' at screen 0.05539, screen 0.97087 left tc rgb '#222222'
set label 'thyroid-volumetry · figure3 · simulated · data 70dcc835e78c' at screen 0.00449, screen 0.01294 left font ',8' tc rgb '#666666'
set arrow from graph 0, first 1.285032142857143 to graph 1, first 1.285032142857143 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 1.29' at graph 1.01, first 1.285032142857143 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 4.742312368817107 to graph 1, first 4.742312368817107 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 4.74' at graph 1.01, first 4.742312368817107 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -2.1722480831028212 to graph 1, first -2.1722480831028212 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −2.17' at graph 1.01, first -2.1722480831028212 left font ',11' tc rgb '#666666' front
plot 'figure-3.tsv' skip 1 using (strcol(1) eq '2D, MD1 − MRI' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle

# Panel 2
set lmargin at screen 0.38872
set rmargin at screen 0.59083
set tmargin at screen 0.94498
set bmargin at screen 0.60518
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:18] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-7:7] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'ultrasound − MRI [ml]' offset 0.8,0
unset key
unset title
set label 'B' at screen 0.33782, screen 0.97087 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '2D, MD2 − MRI' at screen 0.38872, screen 0.97087 left tc rgb '#222222'
set arrow from graph 0, first 0.9945750000000001 to graph 1, first 0.9945750000000001 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.995' at graph 1.01, first 0.9945750000000001 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 4.176116281802498 to graph 1, first 4.176116281802498 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 4.18' at graph 1.01, first 4.176116281802498 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -2.1869662818024977 to graph 1, first -2.1869662818024977 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −2.19' at graph 1.01, first -2.1869662818024977 left font ',11' tc rgb '#666666' front
plot 'figure-3.tsv' skip 1 using (strcol(1) eq '2D, MD2 − MRI' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle

# Panel 3
set lmargin at screen 0.72206
set rmargin at screen 0.92416
set tmargin at screen 0.94498
set bmargin at screen 0.60518
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:18] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-7:7] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'ultrasound − MRI [ml]' offset 0.8,0
unset key
unset title
set label 'C' at screen 0.67116, screen 0.97087 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '2D, MD3 − MRI' at screen 0.72206, screen 0.97087 left tc rgb '#222222'
set arrow from graph 0, first 0.9924035714285715 to graph 1, first 0.9924035714285715 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.992' at graph 1.01, first 0.9924035714285715 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 4.103974655561473 to graph 1, first 4.103974655561473 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 4.10' at graph 1.01, first 4.103974655561473 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -2.1191675127043297 to graph 1, first -2.1191675127043297 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −2.12' at graph 1.01, first -2.1191675127043297 left font ',11' tc rgb '#666666' front
plot 'figure-3.tsv' skip 1 using (strcol(1) eq '2D, MD3 − MRI' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle

# Panel 4
set lmargin at screen 0.05539
set rmargin at screen 0.25749
set tmargin at screen 0.45955
set bmargin at screen 0.11974
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:18] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-7:7] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'ultrasound − MRI [ml]' offset 0.8,0
unset key
unset title
set label 'D' at screen 0.00449, screen 0.48544 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D, MD1 − MRI' at screen 0.05539, screen 0.48544 left tc rgb '#222222'
set arrow from graph 0, first 0.5174396428571431 to graph 1, first 0.5174396428571431 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.517' at graph 1.01, first 0.5174396428571431 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 4.30554060497426 to graph 1, first 4.30554060497426 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 4.31' at graph 1.01, first 4.30554060497426 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -3.270661319259973 to graph 1, first -3.270661319259973 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −3.27' at graph 1.01, first -3.270661319259973 left font ',11' tc rgb '#666666' front
plot 'figure-3.tsv' skip 1 using (strcol(1) eq '3D, MD1 − MRI' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle

# Panel 5
set lmargin at screen 0.38872
set rmargin at screen 0.59083
set tmargin at screen 0.45955
set bmargin at screen 0.11974
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:18] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-7:7] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'ultrasound − MRI [ml]' offset 0.8,0
unset key
unset title
set label 'E' at screen 0.33782, screen 0.48544 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D, MD2 − MRI' at screen 0.38872, screen 0.48544 left tc rgb '#222222'
set arrow from graph 0, first -0.012196428571428457 to graph 1, first -0.012196428571428457 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean −0.0122' at graph 1.01, first -0.012196428571428457 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 2.9058722123055265 to graph 1, first 2.9058722123055265 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 2.91' at graph 1.01, first 2.9058722123055265 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -2.9302650694483834 to graph 1, first -2.9302650694483834 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −2.93' at graph 1.01, first -2.9302650694483834 left font ',11' tc rgb '#666666' front
plot 'figure-3.tsv' skip 1 using (strcol(1) eq '3D, MD2 − MRI' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle

# Panel 6
set lmargin at screen 0.72206
set rmargin at screen 0.92416
set tmargin at screen 0.45955
set bmargin at screen 0.11974
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:18] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-7:7] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'ultrasound − MRI [ml]' offset 0.8,0
unset key
unset title
set label 'F' at screen 0.67116, screen 0.48544 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D, MD3 − MRI' at screen 0.72206, screen 0.48544 left tc rgb '#222222'
set arrow from graph 0, first -0.13133214285714284 to graph 1, first -0.13133214285714284 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean −0.131' at graph 1.01, first -0.13133214285714284 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 3.534131981423882 to graph 1, first 3.534131981423882 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 3.53' at graph 1.01, first 3.534131981423882 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -3.796796267138168 to graph 1, first -3.796796267138168 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −3.80' at graph 1.01, first -3.796796267138168 left font ',11' tc rgb '#666666' front
plot 'figure-3.tsv' skip 1 using (strcol(1) eq '3D, MD3 − MRI' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle
unset multiplot
unset output
set print 'figure-3.svg' append
print '<!-- Lightbox'
print 'study: thyroid-volumetry'
print 'function: figure3'
print 'source: Studies/thyroid-volumetry/AgainstMRI.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:70dcc835e78c1d98d5f086c273743fee9e022849047409129bfa7b62fb8549af'
print '-->'
unset print
