# figure-3: gnuplot figure-3.gp draws figure-3.svg from figure-3.tsv
reset
set encoding utf8
set terminal svg size 512,438 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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
set tmargin at screen 0.92237
set bmargin at screen 0.28311
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0:1] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [0:1] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'precision (k = 3)' offset 0,0.4
set ylabel 'recall (k = 3)' offset 0.8,0
set key at screen 0.55469, screen 0.15525 center top vertical Left reverse maxrows 2 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'fundus' at screen 0.14453, screen 0.95890 left tc rgb '#222222'
set label 'diffusion-vs-gan · recallFigure · simulated · data 2d27cec0bde0' at screen 0.01172, screen 0.01826 left font ',8' tc rgb '#666666'
plot 'figure-3.tsv' skip 1 using (strcol(1) eq 'fundus' && strcol(2) eq 'Medfusion' ? ($3) : NaN):4 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'Medfusion', \
  'figure-3.tsv' skip 1 using (strcol(1) eq 'fundus' && strcol(2) eq 'style GAN' ? ($3) : NaN):4 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'style GAN', \
  'figure-3.tsv' skip 1 using (strcol(1) eq 'fundus' && strcol(2) eq 'real against real' ? ($3) : NaN):4 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'real against real'
unset output
set print 'figure-3.svg' append
print '<!-- Lightbox'
print 'study: diffusion-vs-gan'
print 'function: recallFigure'
print 'source: Studies/diffusion-vs-gan/Curves.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:2d27cec0bde05597df6ef89b78dacf0469f2cb33e50238d92c34a3bb3b4d67e9'
print '-->'
unset print
