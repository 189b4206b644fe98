# figure-6: gnuplot figure-6.gp draws figure-6.svg from figure-6.tsv
reset
set encoding utf8
set terminal svg size 512,460 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-6.svg'
set datafile separator "\t"
set datafile missing NaN
set datafile commentschars ''
set border 3 lw 1.2 lc rgb '#222222'
set tics nomirror out scale 0.6 tc rgb '#222222'
set grid ytics lc rgb '#DDDDDD' lw 0.8 dt solid back
set minussign
set errorbars small
set style fill solid 1 noborder

# Panel 1
set lmargin at screen 0.14453
set rmargin at screen 0.96484
set tmargin at screen 0.96957
set bmargin at screen 0.36087
unset label; unset arrow; unset logscale; unset colorbox
set xrange [*:*] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'months after the first film' offset 0,0.4
set ylabel 'mean absolute error [mm]' offset 0.8,0
set key at screen 0.55469, screen 0.23913 center top vertical Left reverse maxrows 4 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'oa-progression · horizonFigure · simulated · data f64db7b932ee' at screen 0.01172, screen 0.01739 left font ',8' tc rgb '#666666'
plot 'figure-6.tsv' skip 1 using (strcol(1) eq 'true last film' ? ($2) : NaN):3 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'true last film', \
  'figure-6.tsv' skip 1 using (strcol(1) eq 'copy of the baseline' ? ($2) : NaN):3 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'copy of the baseline', \
  'figure-6.tsv' skip 1 using (strcol(1) eq 'nearest neighbour' ? ($2) : NaN):3 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'nearest neighbour', \
  'figure-6.tsv' skip 1 using (strcol(1) eq 'rebuilt baseline' ? ($2) : NaN):3 with linespoints pt 13 ps 0.8 lw 2 dt (10,3,2,3) lc rgb '#CC79A7' title 'rebuilt baseline', \
  'figure-6.tsv' skip 1 using (strcol(1) eq 'random neighbour' ? ($2) : NaN):3 with linespoints pt 11 ps 0.8 lw 2 dt (6,2) lc rgb '#E69F00' title 'random neighbour', \
  'figure-6.tsv' skip 1 using (strcol(1) eq 'mean trajectory' ? ($2) : NaN):3 with linespoints pt 15 ps 0.8 lw 2 dt (10,3,2,3,2,3) lc rgb '#56B4E9' title 'mean trajectory', \
  'figure-6.tsv' skip 1 using (strcol(1) eq 'pixel components' ? ($2) : NaN):3 with linespoints pt 7 ps 0.8 lw 2 dt (1,3) lc rgb '#6B6B6B' title 'pixel components'
unset output
set print 'figure-6.svg' append
print '<!-- Lightbox'
print 'study: oa-progression'
print 'function: horizonFigure'
print 'source: Studies/oa-progression/PredictionChapter.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:f64db7b932ee32c876bb242c86b61b3bec0912b94fac301a4b629f900ff7420c'
print '-->'
unset print
