# figure-2: gnuplot figure-2.gp draws figure-2.svg from figure-2.tsv
reset
set encoding utf8
set terminal svg size 1086,345 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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
set multiplot

# Panel 1
set lmargin at screen 0.06814
set rmargin at screen 0.31676
set tmargin at screen 0.90145
set bmargin at screen 0.29275
unset label; unset arrow; unset logscale; unset colorbox
set logscale x
set xrange [0.05:1.2] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set logscale y
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'share of the compute' offset 0,0.4
set ylabel 'FD' offset 0.8,0
set key at screen 0.50000, screen 0.11884 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'A' at screen 0.00552, screen 0.94783 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'fundus, domain network' at screen 0.06814, screen 0.94783 left tc rgb '#222222'
set label 'diffusion-vs-gan · curveFigure · simulated · data 2b57cd4c2679' at screen 0.00552, screen 0.02319 left font ',8' tc rgb '#666666'
plot 'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'Medfusion', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'style GAN' ? ($4) : NaN):6 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'style GAN', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'real against real' ? ($4) : NaN):6 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'real against real', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6:7:8 with yerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'style GAN' ? ($4) : NaN):6:7:8 with yerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'style GAN' ? ($4) : NaN):6 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, domain network' && strcol(3) eq 'real against real' ? ($4) : NaN):6 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle

# Panel 2
set lmargin at screen 0.40147
set rmargin at screen 0.65009
set tmargin at screen 0.90145
set bmargin at screen 0.29275
unset label; unset arrow; unset logscale; unset colorbox
set logscale x
set xrange [0.05:1.2] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set logscale y
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'share of the compute' offset 0,0.4
set ylabel 'FD' offset 0.8,0
unset key
unset title
set label 'B' at screen 0.33886, screen 0.94783 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'fundus, random network' at screen 0.40147, screen 0.94783 left tc rgb '#222222'
plot 'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'Medfusion', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'style GAN' ? ($4) : NaN):6 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'style GAN', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'real against real' ? ($4) : NaN):6 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'real against real', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6:7:8 with yerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'style GAN' ? ($4) : NaN):6:7:8 with yerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'style GAN' ? ($4) : NaN):6 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, random network' && strcol(3) eq 'real against real' ? ($4) : NaN):6 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle

# Panel 3
set lmargin at screen 0.73481
set rmargin at screen 0.98343
set tmargin at screen 0.90145
set bmargin at screen 0.29275
unset label; unset arrow; unset logscale; unset colorbox
set logscale x
set xrange [0.05:1.2] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set logscale y
set yrange [*:*] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'share of the compute' offset 0,0.4
set ylabel 'FD' offset 0.8,0
unset key
unset title
set label 'C' at screen 0.67219, screen 0.94783 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'fundus, pixel components' at screen 0.73481, screen 0.94783 left tc rgb '#222222'
plot 'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'Medfusion', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'style GAN' ? ($4) : NaN):6 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'style GAN', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'real against real' ? ($4) : NaN):6 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'real against real', \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6:7:8 with yerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'Medfusion' ? ($4) : NaN):6 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'style GAN' ? ($4) : NaN):6:7:8 with yerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'style GAN' ? ($4) : NaN):6 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(10) eq 'fundus, pixel components' && strcol(3) eq 'real against real' ? ($4) : NaN):6 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle
unset multiplot
unset output
set print 'figure-2.svg' append
print '<!-- Lightbox'
print 'study: diffusion-vs-gan'
print 'function: curveFigure'
print 'source: Studies/diffusion-vs-gan/Curves.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:2b57cd4c267916d6df8221a0b2226c49db140b150ed4a2289eddf790905f8661'
print '-->'
unset print
