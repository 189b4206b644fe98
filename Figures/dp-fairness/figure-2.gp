# figure-2: gnuplot figure-2.gp draws figure-2.svg from figure-2.tsv
reset
set encoding utf8
set terminal svg size 724,366 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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
set lmargin at screen 0.10221
set rmargin at screen 0.47514
set tmargin at screen 0.90710
set bmargin at screen 0.33333
unset label; unset arrow; unset logscale; unset colorbox
set logscale x
set xrange [0.2:30] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
X(v) = v > 1e300 ? 20 : v
set xtics add ('∞' 20)
set yrange [0.45:1] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'privacy budget ε (δ = 0.4/N)' offset 0,0.4
set ylabel 'mean AUROC over labels' offset 0.8,0
set key at screen 0.50000, screen 0.16940 center top vertical Left reverse maxrows 2 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'A' at screen 0.00829, screen 0.95082 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'nominal' at screen 0.10221, screen 0.95082 left tc rgb '#222222'
set label 'dp-fairness · figure2 · simulated · data 9aa7a9401fec' at screen 0.00829, screen 0.02186 left font ',8' tc rgb '#666666'
plot 'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'whole network' ? (X($2)) : NaN):3 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'whole network', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'whole network, pretrained' ? (X($2)) : NaN):3 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'whole network, pretrained', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'head on frozen features' ? (X($2)) : NaN):3 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'head on frozen features', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'whole network' ? (X($2)) : NaN):3:4:5 with yerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'whole network' ? (X($2)) : NaN):3 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'whole network, pretrained' ? (X($2)) : NaN):3:4:5 with yerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'whole network, pretrained' ? (X($2)) : NaN):3 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'head on frozen features' ? (X($2)) : NaN):3:4:5 with yerrorbars pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'nominal' && strcol(6) eq 'head on frozen features' ? (X($2)) : NaN):3 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  '+' using (7.89):(0.87) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'abstract, first version', \
  '+' using (20):(0.9) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle

# Panel 2
set lmargin at screen 0.60221
set rmargin at screen 0.97514
set tmargin at screen 0.90710
set bmargin at screen 0.33333
unset label; unset arrow; unset logscale; unset colorbox
set logscale x
set xrange [200:500000] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [0.45:1] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel 'N·μ: images × Gaussian-DP μ' offset 0,0.4
set ylabel 'mean AUROC over labels' offset 0.8,0
unset key
unset title
set label 'B' at screen 0.50829, screen 0.95082 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'matched' at screen 0.60221, screen 0.95082 left tc rgb '#222222'
plot 'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'whole network' ? ($2) : NaN):3 with linespoints pt 7 ps 0.8 lw 2 dt solid lc rgb '#0B3C6F' title 'whole network', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'whole network, pretrained' ? ($2) : NaN):3 with linespoints pt 5 ps 0.8 lw 2 dt (9,4) lc rgb '#D55E00' title 'whole network, pretrained', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'head on frozen features' ? ($2) : NaN):3 with linespoints pt 9 ps 0.8 lw 2 dt (3,3) lc rgb '#009E73' title 'head on frozen features', \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'whole network' ? ($2) : NaN):3:4:5 with yerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'whole network' ? ($2) : NaN):3 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'whole network, pretrained' ? ($2) : NaN):3:4:5 with yerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'whole network, pretrained' ? ($2) : NaN):3 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'head on frozen features' ? ($2) : NaN):3:4:5 with yerrorbars pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  'figure-2.tsv' skip 1 using (strcol(1) eq 'matched' && strcol(6) eq 'head on frozen features' ? ($2) : NaN):3 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' notitle, \
  '+' using (247834.32211581315):(0.87) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'abstract, first version'
unset multiplot
unset output
set print 'figure-2.svg' append
print '<!-- Lightbox'
print 'study: dp-fairness'
print 'function: figure2'
print 'source: Studies/dp-fairness/Accuracy.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:9aa7a9401fecf1c58c10f9485c879ce6dc6a3a9a0ef48985c831ef63cebc20aa'
print '-->'
unset print
