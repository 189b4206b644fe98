# figure-2: gnuplot figure-2.gp draws figure-2.svg from figure-2.tsv
reset
set encoding utf8
set terminal svg size 1336,645 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-2.svg'
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
set tmargin at screen 0.94729
set bmargin at screen 0.62171
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:19] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-8:8] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'difference [ml]' offset 0.8,0
set key at screen 0.50000, screen 0.06357 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'A' at screen 0.00449, screen 0.97209 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '2D, MD1 − MD2' at screen 0.05539, screen 0.97209 left tc rgb '#222222'
set label 'thyroid-volumetry · figure2 · simulated · data 8dc444c94306' at screen 0.00449, screen 0.01240 left font ',8' tc rgb '#666666'
set arrow from graph 0, first 0.2904571428571427 to graph 1, first 0.2904571428571427 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.290' at graph 1.01, first 0.2904571428571427 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 4.7984039121080855 to graph 1, first 4.7984039121080855 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 4.80' at graph 1.01, first 4.7984039121080855 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -4.2174896263937995 to graph 1, first -4.2174896263937995 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −4.22' at graph 1.01, first -4.2174896263937995 left font ',11' tc rgb '#666666' front
plot 'figure-2.tsv' skip 1 using (strcol(1) eq '2D, MD1 − MD2' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle, \
  '+' using (17.919999999999998):(0.58) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'printed in the paper'

# Panel 2
set lmargin at screen 0.38872
set rmargin at screen 0.59083
set tmargin at screen 0.94729
set bmargin at screen 0.62171
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:19] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-8:8] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'difference [ml]' offset 0.8,0
unset key
unset title
set label 'B' at screen 0.33782, screen 0.97209 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '2D, MD1 − MD3' at screen 0.38872, screen 0.97209 left tc rgb '#222222'
set arrow from graph 0, first 0.2926285714285712 to graph 1, first 0.2926285714285712 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.293' at graph 1.01, first 0.2926285714285712 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 5.219786606644621 to graph 1, first 5.219786606644621 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 5.22' at graph 1.01, first 5.219786606644621 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -4.634529463787479 to graph 1, first -4.634529463787479 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −4.63' at graph 1.01, first -4.634529463787479 left font ',11' tc rgb '#666666' front
plot 'figure-2.tsv' skip 1 using (strcol(1) eq '2D, MD1 − MD3' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle, \
  '+' using (17.919999999999998):(-1.33) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'printed in the paper'

# Panel 3
set lmargin at screen 0.72206
set rmargin at screen 0.92416
set tmargin at screen 0.94729
set bmargin at screen 0.62171
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:19] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-8:8] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'difference [ml]' offset 0.8,0
unset key
unset title
set label 'C' at screen 0.67116, screen 0.97209 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '2D, MD2 − MD3' at screen 0.72206, screen 0.97209 left tc rgb '#222222'
set arrow from graph 0, first 0.0021714285714285225 to graph 1, first 0.0021714285714285225 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.00217' at graph 1.01, first 0.0021714285714285225 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 4.850270201505948 to graph 1, first 4.850270201505948 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 4.85' at graph 1.01, first 4.850270201505948 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -4.845927344363091 to graph 1, first -4.845927344363091 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −4.85' at graph 1.01, first -4.845927344363091 left font ',11' tc rgb '#666666' front
plot 'figure-2.tsv' skip 1 using (strcol(1) eq '2D, MD2 − MD3' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle, \
  '+' using (17.919999999999998):(-1.89) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'printed in the paper'

# Panel 4
set lmargin at screen 0.05539
set rmargin at screen 0.25749
set tmargin at screen 0.48217
set bmargin at screen 0.15659
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:19] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-8:8] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'difference [ml]' offset 0.8,0
unset key
unset title
set label 'D' at screen 0.00449, screen 0.50698 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D, MD1 − MD2' at screen 0.05539, screen 0.50698 left tc rgb '#222222'
set arrow from graph 0, first 0.5296360714285715 to graph 1, first 0.5296360714285715 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.530' at graph 1.01, first 0.5296360714285715 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 5.330843295227226 to graph 1, first 5.330843295227226 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 5.33' at graph 1.01, first 5.330843295227226 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -4.2715711523700834 to graph 1, first -4.2715711523700834 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −4.27' at graph 1.01, first -4.2715711523700834 left font ',11' tc rgb '#666666' front
plot 'figure-2.tsv' skip 1 using (strcol(1) eq '3D, MD1 − MD2' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle, \
  '+' using (17.919999999999998):(0.52) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'printed in the paper'

# Panel 5
set lmargin at screen 0.38872
set rmargin at screen 0.59083
set tmargin at screen 0.48217
set bmargin at screen 0.15659
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:19] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-8:8] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'difference [ml]' offset 0.8,0
unset key
unset title
set label 'E' at screen 0.33782, screen 0.50698 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D, MD1 − MD3' at screen 0.38872, screen 0.50698 left tc rgb '#222222'
set arrow from graph 0, first 0.648771785714286 to graph 1, first 0.648771785714286 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.649' at graph 1.01, first 0.648771785714286 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 5.372325663074701 to graph 1, first 5.372325663074701 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 5.37' at graph 1.01, first 5.372325663074701 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -4.07478209164613 to graph 1, first -4.07478209164613 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −4.07' at graph 1.01, first -4.07478209164613 left font ',11' tc rgb '#666666' front
plot 'figure-2.tsv' skip 1 using (strcol(1) eq '3D, MD1 − MD3' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle, \
  '+' using (17.919999999999998):(-0.17) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'printed in the paper'

# Panel 6
set lmargin at screen 0.72206
set rmargin at screen 0.92416
set tmargin at screen 0.48217
set bmargin at screen 0.15659
unset label; unset arrow; unset logscale; unset colorbox
set xrange [1:19] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [-8:8] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'mean of both [ml]' offset 0,0.4
set ylabel 'difference [ml]' offset 0.8,0
unset key
unset title
set label 'F' at screen 0.67116, screen 0.50698 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D, MD2 − MD3' at screen 0.72206, screen 0.50698 left tc rgb '#222222'
set arrow from graph 0, first 0.11913571428571446 to graph 1, first 0.11913571428571446 nohead lw 1.8 dt solid lc rgb '#222222' back
set label 'mean 0.119' at graph 1.01, first 0.11913571428571446 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first 4.571300352464415 to graph 1, first 4.571300352464415 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '+1.96 SD 4.57' at graph 1.01, first 4.571300352464415 left font ',11' tc rgb '#666666' front
set arrow from graph 0, first -4.333028923892987 to graph 1, first -4.333028923892987 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set label '−1.96 SD −4.33' at graph 1.01, first -4.333028923892987 left font ',11' tc rgb '#666666' front
plot 'figure-2.tsv' skip 1 using (strcol(1) eq '3D, MD2 − MD3' ? (($2+$3)/2) : NaN):($2-$3) with points pt 6 ps 0.8 lw 1.4 lc rgb '#0B3C6F' notitle, \
  '+' using (17.919999999999998):(-0.7) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'printed in the paper'
unset multiplot
unset output
set print 'figure-2.svg' append
print '<!-- Lightbox'
print 'study: thyroid-volumetry'
print 'function: figure2'
print 'source: Studies/thyroid-volumetry/Readers.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:8dc444c94306375c86de8863b8d075d310c7527077f3185ae4063941014fa7b7'
print '-->'
unset print
