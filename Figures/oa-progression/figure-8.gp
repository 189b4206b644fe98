# figure-8: gnuplot figure-8.gp draws figure-8.svg from figure-8.tsv
reset
set encoding utf8
set terminal svg size 432,541 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-8.svg'
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
set lmargin at screen 0.17130
set rmargin at screen 0.95833
set tmargin at screen 0.97412
set bmargin at screen 0.34566
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0:1] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [0:1] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel '1 − specificity' offset 0,0.4
set ylabel 'Sensitivity' offset 0.8,0
set key at screen 0.56481, screen 0.24214 center top vertical Left reverse maxrows 5 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'oa-progression · rocFigure · simulated · data 7e5128bb9382' at screen 0.01389, screen 0.01479 left font ',8' tc rgb '#666666'
set arrow from first 0, first 0 to first 1, first 1 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
plot 'figure-8.tsv' skip 1 using (strcol(1) eq 'nearest neighbour' ? ($2) : NaN):3 with lines lw 2 dt solid lc rgb '#0B3C6F' title 'nearest neighbour', \
  'figure-8.tsv' skip 1 using (strcol(1) eq 'supervised, tuned' ? ($2) : NaN):3 with lines lw 2 dt (9,4) lc rgb '#D55E00' title 'supervised, tuned', \
  'figure-8.tsv' skip 1 using (strcol(1) eq 'supervised, as published' ? ($2) : NaN):3 with lines lw 2 dt (3,3) lc rgb '#009E73' title 'supervised, as published', \
  'figure-8.tsv' skip 1 using (strcol(1) eq 'true last film' ? ($2) : NaN):3 with lines lw 2 dt (10,3,2,3) lc rgb '#CC79A7' title 'true last film', \
  '+' using (0.46):(0.54) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'the paper'."'".'s readers, unaided', \
  '+' using (0.2):(0.3) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.1):(0.22) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.16):(0.32) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.22):(0.37) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.42):(0.55) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.379):(0.6470000000000002) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle
unset output
set print 'figure-8.svg' append
print '<!-- Lightbox'
print 'study: oa-progression'
print 'function: rocFigure'
print 'source: Studies/oa-progression/Risk.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:7e5128bb938244ed4cda0c56e6a12afa44cf7a6dbf9a1feb6f96bc4bfb01be31'
print '-->'
unset print
