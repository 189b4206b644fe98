# figure-5: gnuplot figure-5.gp draws figure-5.svg from figure-5.tsv
reset
set encoding utf8
set terminal svg size 512,397 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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

# Panel 1
set lmargin at screen 0.14453
set rmargin at screen 0.96484
set tmargin at screen 0.96474
set bmargin at screen 0.25945
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0:1] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [0:1] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'precision (k = 3)' offset 0,0.4
set ylabel 'recall (k = 3)' offset 0.8,0
set key at screen 0.55469, screen 0.11839 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'diffusion-vs-gan · knobFigure · simulated · data f5a93b38f07b' at screen 0.01172, screen 0.02015 left font ',8' tc rgb '#666666'
plot 'figure-5.tsv' skip 1 using (strcol(2) eq 'guidance' ? ($6) : NaN):7 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'guidance', \
  'figure-5.tsv' skip 1 using (strcol(2) eq 'truncation' ? ($6) : NaN):7 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'truncation'
unset output
set print 'figure-5.svg' append
print '<!-- Lightbox'
print 'study: diffusion-vs-gan'
print 'function: knobFigure'
print 'source: Studies/diffusion-vs-gan/Knobs.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:f5a93b38f07b010f6aa9a4df08e54e2b7db8903543f451ab57751415907c95f3'
print '-->'
unset print
