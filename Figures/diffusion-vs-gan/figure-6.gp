# figure-6: gnuplot figure-6.gp draws figure-6.svg from figure-6.tsv
reset
set encoding utf8
set terminal svg size 512,417 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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
set tmargin at screen 0.91847
set bmargin at screen 0.24700
unset label; unset arrow; unset logscale; unset colorbox
set xrange [*:*] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'measured value' offset 0,0.4
set ylabel 'cumulative share' offset 0.8,0
set key at screen 0.55469, screen 0.11271 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'fundus: cup-to-disc ratio' at screen 0.14453, screen 0.95683 left tc rgb '#222222'
set label 'diffusion-vs-gan · factorFigure · simulated · data 173736bf875a' at screen 0.01172, screen 0.01918 left font ',8' tc rgb '#666666'
plot 'figure-6.tsv' skip 1 using (strcol(5) eq 'fundus: cup-to-disc ratio' && strcol(1) eq 'reals' ? ($2) : NaN):3 with lines lw 2 dt solid lc rgb '#0B3C6F' title 'reals', \
  'figure-6.tsv' skip 1 using (strcol(5) eq 'fundus: cup-to-disc ratio' && strcol(1) eq 'Medfusion' ? ($2) : NaN):3 with lines lw 2 dt (9,4) lc rgb '#D55E00' title 'Medfusion', \
  'figure-6.tsv' skip 1 using (strcol(5) eq 'fundus: cup-to-disc ratio' && strcol(1) eq 'style GAN' ? ($2) : NaN):3 with lines lw 2 dt (3,3) lc rgb '#009E73' title 'style GAN'
unset output
set print 'figure-6.svg' append
print '<!-- Lightbox'
print 'study: diffusion-vs-gan'
print 'function: factorFigure'
print 'source: Studies/diffusion-vs-gan/Factors.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:173736bf875aa15ec4aae49b62e67229c4654e23d610d5cd059fb6e854ae00b9'
print '-->'
unset print
