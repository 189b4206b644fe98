# figure-5: gnuplot figure-5.gp draws figure-5.svg from figure-5.tsv
reset
set encoding utf8
set terminal svg size 724,366 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-5.svg'
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
set lmargin at screen 0.10221
set rmargin at screen 0.47514
set tmargin at screen 0.90710
set bmargin at screen 0.33333
unset label; unset arrow; unset logscale; unset colorbox
set logscale x
set xrange [0.2:12] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'privacy budget ε' offset 0,0.4
set ylabel 'loss of mean AUROC, points' offset 0.8,0
set key at screen 0.50000, screen 0.16940 center top vertical Left reverse maxrows 2 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'A' at screen 0.00829, screen 0.95082 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'nominal' at screen 0.10221, screen 0.95082 left tc rgb '#222222'
set label 'dp-fairness · figure5 · simulated · data 57558396eecb' at screen 0.00829, screen 0.02186 left font ',8' tc rgb '#666666'
plot 'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '900 images' ? ($3) : NaN):4 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title '900 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '1800 images' ? ($3) : NaN):4 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title '1800 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '3600 images' ? ($3) : NaN):4 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title '3600 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '7200 images' ? ($3) : NaN):4 with linespoints pt 13 ps 0.8 lw 2 dt (10,3,2,3) lc rgb '#CC79A7' title '7200 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '14400 images' ? ($3) : NaN):4 with linespoints pt 11 ps 0.8 lw 2 dt (6,2) lc rgb '#E69F00' title '14400 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '900 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '900 images' ? ($3) : NaN):4 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '1800 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '1800 images' ? ($3) : NaN):4 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '3600 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '3600 images' ? ($3) : NaN):4 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '7200 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 13 ps 0.9 lw 1.6 lc rgb '#CC79A7' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '7200 images' ? ($3) : NaN):4 with points pt 13 ps 0.9 lw 1.6 lc rgb '#CC79A7' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '14400 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 11 ps 0.9 lw 1.6 lc rgb '#E69F00' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(2) eq '14400 images' ? ($3) : NaN):4 with points pt 11 ps 0.9 lw 1.6 lc rgb '#E69F00' notitle

# Panel 2
set lmargin at screen 0.60221
set rmargin at screen 0.97514
set tmargin at screen 0.90710
set bmargin at screen 0.33333
unset label; unset arrow; unset logscale; unset colorbox
set logscale x
set xrange [5:60000] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'N·μ' offset 0,0.4
set ylabel 'loss of mean AUROC, points' offset 0.8,0
unset key
unset title
set label 'B' at screen 0.50829, screen 0.95082 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'matched' at screen 0.60221, screen 0.95082 left tc rgb '#222222'
plot 'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '900 images' ? ($3) : NaN):4 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title '900 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '1800 images' ? ($3) : NaN):4 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title '1800 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '3600 images' ? ($3) : NaN):4 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title '3600 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '7200 images' ? ($3) : NaN):4 with linespoints pt 13 ps 0.8 lw 2 dt (10,3,2,3) lc rgb '#CC79A7' title '7200 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '14400 images' ? ($3) : NaN):4 with linespoints pt 11 ps 0.8 lw 2 dt (6,2) lc rgb '#E69F00' title '14400 images', \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '900 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '900 images' ? ($3) : NaN):4 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '1800 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '1800 images' ? ($3) : NaN):4 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '3600 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '3600 images' ? ($3) : NaN):4 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '7200 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 13 ps 0.9 lw 1.6 lc rgb '#CC79A7' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '7200 images' ? ($3) : NaN):4 with points pt 13 ps 0.9 lw 1.6 lc rgb '#CC79A7' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '14400 images' ? ($3) : NaN):4:5:6 with yerrorbars pt 11 ps 0.9 lw 1.6 lc rgb '#E69F00' notitle, \
  'figure-5.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(2) eq '14400 images' ? ($3) : NaN):4 with points pt 11 ps 0.9 lw 1.6 lc rgb '#E69F00' notitle
unset multiplot
unset output
set print 'figure-5.svg' append
print '<!-- Lightbox'
print 'study: dp-fairness'
print 'function: figure5'
print 'source: Studies/dp-fairness/Sweeps.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:57558396eecb88c91c2f9ad29f879199b4183bd5c83666f574eb385afd4175a5'
print '-->'
unset print
