# figure-9: gnuplot figure-9.gp draws figure-9.svg from figure-9.tsv
reset
set encoding utf8
set terminal svg size 512,523 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-9.svg'
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
set tmargin at screen 0.97323
set bmargin at screen 0.43786
unset label; unset arrow; unset logscale; unset colorbox
set xrange [*:*] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'share of the rate'."'".'s variance explained by anatomy' offset 0,0.4
set ylabel 'AUROC' offset 0.8,0
set key at screen 0.55469, screen 0.33078 center top vertical Left reverse maxrows 7 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'oa-progression · sweepFigure · simulated · data 438713f94a30' at screen 0.01172, screen 0.01530 left font ',8' tc rgb '#666666'
set arrow from graph 0, first 0.5 to graph 1, first 0.5 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
plot 'figure-9.tsv' skip 1 using (strcol(4) eq 'nearest neighbour' ? ($2) : NaN):5 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'nearest neighbour', \
  'figure-9.tsv' skip 1 using (strcol(4) eq 'mean trajectory' ? ($2) : NaN):5 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'mean trajectory', \
  'figure-9.tsv' skip 1 using (strcol(4) eq 'supervised, as published' ? ($2) : NaN):5 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'supervised, as published', \
  'figure-9.tsv' skip 1 using (strcol(4) eq 'supervised, tuned' ? ($2) : NaN):5 with linespoints pt 13 ps 0.8 lw 2 dt (10,3,2,3) lc rgb '#CC79A7' title 'supervised, tuned', \
  'figure-9.tsv' skip 1 using (strcol(4) eq 'joint space' ? ($2) : NaN):5 with linespoints pt 11 ps 0.8 lw 2 dt (6,2) lc rgb '#E69F00' title 'joint space', \
  'figure-9.tsv' skip 1 using (strcol(4) eq 'anatomy as drawn' ? ($2) : NaN):5 with linespoints pt 15 ps 0.8 lw 2 dt (10,3,2,3,2,3) lc rgb '#56B4E9' title 'anatomy as drawn', \
  'figure-9.tsv' skip 1 using (strcol(4) eq 'true last film' ? ($2) : NaN):5 with linespoints pt 7 ps 0.8 lw 2 dt (1,3) lc rgb '#6B6B6B' title 'true last film'
unset output
set print 'figure-9.svg' append
print '<!-- Lightbox'
print 'study: oa-progression'
print 'function: sweepFigure'
print 'source: Studies/oa-progression/Sweep.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:438713f94a30cfaecf833ff00751548f80458d1492575ce8002a640347c803f0'
print '-->'
unset print
