# figure-4: gnuplot figure-4.gp draws figure-4.svg from figure-4.tsv
reset
set encoding utf8
set terminal svg size 512,397 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-4.svg'
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
set logscale x
set xrange [*:*] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set logscale y
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'denoising steps' offset 0,0.4
set ylabel 'FD, domain network' offset 0.8,0
set key at screen 0.55469, screen 0.11839 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'diffusion-vs-gan · stepsFigure · simulated · data b99d2ed1afab' at screen 0.01172, screen 0.02015 left font ',8' tc rgb '#666666'
plot 'figure-4.tsv' skip 1 using (strcol(1) eq 'Medfusion' ? ($3) : NaN):4 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'Medfusion'
unset output
set print 'figure-4.svg' append
print '<!-- Lightbox'
print 'study: diffusion-vs-gan'
print 'function: stepsFigure'
print 'source: Studies/diffusion-vs-gan/Knobs.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:b99d2ed1afabf46ecc3ca982e2d602cbd241f5e27d823b8bef426f462fede4d6'
print '-->'
unset print
