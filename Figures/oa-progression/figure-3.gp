# figure-3: gnuplot figure-3.gp draws figure-3.svg from figure-3.tsv
reset
set encoding utf8
set terminal svg size 512,397 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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

# Panel 1
set lmargin at screen 0.14453
set rmargin at screen 0.96484
set tmargin at screen 0.96474
set bmargin at screen 0.25945
unset label; unset arrow; unset logscale; unset colorbox
set xrange [*:*] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'months' offset 0,0.4
set ylabel 'share of the knees still seen [%]' offset 0.8,0
set key at screen 0.55469, screen 0.11839 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'oa-progression · gradesFigure · simulated · data 1d2db74213bd' at screen 0.01172, screen 0.02015 left font ',8' tc rgb '#666666'
plot 'figure-3.tsv' skip 1 using (strcol(2) eq 'KL 0' ? ($1) : NaN):3 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'KL 0', \
  'figure-3.tsv' skip 1 using (strcol(2) eq 'KL 1' ? ($1) : NaN):3 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'KL 1', \
  'figure-3.tsv' skip 1 using (strcol(2) eq 'KL 2' ? ($1) : NaN):3 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'KL 2', \
  'figure-3.tsv' skip 1 using (strcol(2) eq 'KL 3' ? ($1) : NaN):3 with linespoints pt 13 ps 0.8 lw 2 dt (10,3,2,3) lc rgb '#CC79A7' title 'KL 3', \
  'figure-3.tsv' skip 1 using (strcol(2) eq 'KL 4' ? ($1) : NaN):3 with linespoints pt 11 ps 0.8 lw 2 dt (6,2) lc rgb '#E69F00' title 'KL 4'
unset output
set print 'figure-3.svg' append
print '<!-- Lightbox'
print 'study: oa-progression'
print 'function: gradesFigure'
print 'source: Studies/oa-progression/Cohort.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:1d2db74213bda20ec246b2da1a75366f4d137774ae7c37995ba5bae821ac2273'
print '-->'
unset print
