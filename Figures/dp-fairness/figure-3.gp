# figure-3: gnuplot figure-3.gp draws figure-3.svg from figure-3.tsv
reset
set encoding utf8
set terminal svg size 599,377 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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
set lmargin at screen 0.37352
set rmargin at screen 0.96993
set tmargin at screen 0.96286
set bmargin at screen 0.27321
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0.45:1] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
Y(s) = s eq 'cardiomegaly' ? 1 : s eq 'congestion' ? 2 : s eq 'pleural effusion right' ? 3 : s eq 'pleural effusion left' ? 4 : s eq 'pneumonic infiltrates right' ? 5 : s eq 'pneumonic infiltrates left' ? 6 : s eq 'atelectasis right' ? 7 : s eq 'atelectasis left' ? 8 : NaN
set ytics norotate ('cardiomegaly' 1, 'congestion' 2, 'pleural effusion right' 3, 'pleural effusion left' 4, 'pneumonic infiltrates right' 5, 'pneumonic infiltrates left' 6, 'atelectasis right' 7, 'atelectasis left' 8) scale 0
set yrange [8.5:0.5]
set xlabel 'AUROC, 95 % interval over seeds and test patients' offset 0,0.4
set ylabel '' offset 0.8,0
unset grid; set grid xtics lc rgb '#DDDDDD' lw 0.8 dt solid
set key at screen 0.67172, screen 0.12467 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'dp-fairness · figure3 · simulated · data 93775152b113' at screen 0.01002, screen 0.02122 left font ',8' tc rgb '#666666'
plot 'figure-3.tsv' skip 1 using (strcol(3) eq 'non-private' ? ($4) : NaN):(Y(strcol(1))-0.1):5:6 with xerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' title 'non-private', \
  'figure-3.tsv' skip 1 using (strcol(3) eq 'non-private' ? ($4) : NaN):(Y(strcol(1))-0.1) with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-3.tsv' skip 1 using (strcol(3) eq 'eps-7.89' ? ($4) : NaN):(Y(strcol(1))+0.1):5:6 with xerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' title 'eps-7.89', \
  'figure-3.tsv' skip 1 using (strcol(3) eq 'eps-7.89' ? ($4) : NaN):(Y(strcol(1))+0.1) with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle
unset output
set print 'figure-3.svg' append
print '<!-- Lightbox'
print 'study: dp-fairness'
print 'function: figure3'
print 'source: Studies/dp-fairness/Accuracy.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:93775152b1133f33981c87d5018fa1a0cd7308d0458f3478053e5532cb9c2c54'
print '-->'
unset print
