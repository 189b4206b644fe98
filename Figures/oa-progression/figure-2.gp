# figure-2: gnuplot figure-2.gp draws figure-2.svg from figure-2.tsv
reset
set encoding utf8
set terminal svg size 472,602 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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

# Panel 1
set lmargin at screen 0.15678
set rmargin at screen 0.96186
set tmargin at screen 0.97674
set bmargin at screen 0.34551
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0:1] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [0:1] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'false positive rate' offset 0,0.4
set ylabel 'sensitivity' offset 0.8,0
set key at screen 0.55932, screen 0.25249 center top vertical Left reverse maxrows 6 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'oa-progression · figure2 · aggregates · data 7adf90237964' at screen 0.01271, screen 0.01329 left font ',8' tc rgb '#666666'
plot 'figure-2.tsv' skip 1 using (strcol(1) eq 'model alone, normal' ? ($2) : NaN):3 with lines lw 2 dt solid lc rgb '#0B3C6F' title 'model alone, normal', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'model and unaided call, normal' ? ($2) : NaN):3 with lines lw 2 dt (9,4) lc rgb '#D55E00' title 'model and unaided call, normal', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'limit of any concave curve' ? ($2) : NaN):3 with lines lw 2 dt (3,3) lc rgb '#009E73' title 'limit of any concave curve', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'readers, unaided' ? ($2) : NaN):4 with points pt 13 ps 0.9 lw 1.6 lc rgb '#CC79A7' title 'readers, unaided', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'readers, aided' ? ($2) : NaN):4 with points pt 11 ps 0.9 lw 1.6 lc rgb '#E69F00' title 'readers, aided', \
  '+' using (0.277):(0.421) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'printed means', \
  '+' using (0.11399999999999999):(0.516) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle
unset output
set print 'figure-2.svg' append
print '<!-- Lightbox'
print 'study: oa-progression'
print 'function: figure2'
print 'source: Studies/oa-progression/Reachable.swift'
print 'tier: aggregates'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:7adf9023796473634b81d8bed92ba7a44712c41edd33b06a65a77bd9a506bab4'
print '-->'
unset print
