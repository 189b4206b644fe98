# figure-4: gnuplot figure-4.gp draws figure-4.svg from figure-4.tsv
reset
set encoding utf8
set terminal svg size 776,428 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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
set multiplot

# Panel 1
set lmargin at screen 0.18117
set rmargin at screen 0.47681
set tmargin at screen 0.92056
set bmargin at screen 0.17290
unset label; unset arrow; unset logscale; unset colorbox
set xrange [-0.11:0.11] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
Y(s) = s eq 'age 0-29' ? 1 : s eq 'age 30-59' ? 2 : s eq 'age 60-69' ? 3 : s eq 'age 70-79' ? 4 : s eq 'age 80+' ? 5 : s eq 'sex F' ? 6 : s eq 'comorbidities 0' ? 7 : s eq 'comorbidities 1' ? 8 : s eq 'comorbidities 2' ? 9 : s eq 'comorbidities 3+' ? 10 : NaN
set ytics norotate ('age 0-29' 1, 'age 30-59' 2, 'age 60-69' 3, 'age 70-79' 4, 'age 80+' 5, 'sex F' 6, 'comorbidities 0' 7, 'comorbidities 1' 8, 'comorbidities 2' 9, 'comorbidities 3+' 10) scale 0
set yrange [10.5:0.5]
set xlabel 'change of the AUROC gap' offset 0,0.4
set ylabel '' offset 0.8,0
unset grid; set grid xtics lc rgb '#DDDDDD' lw 0.8 dt solid
unset key
unset title
set label 'A' at screen 0.00773, screen 0.95794 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'AUROC' at screen 0.18117, screen 0.95794 left tc rgb '#222222'
set label 'dp-fairness · figure4 · simulated · data 004727b1f38c' at screen 0.00773, screen 0.01869 left font ',8' tc rgb '#666666'
set arrow from first -0.02, graph 0 to first -0.02, graph 1 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set arrow from first 0.02, graph 0 to first 0.02, graph 1 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
plot 'figure-4.tsv' skip 1 using (strcol(1) eq 'AUROC' ? ($3) : NaN):(Y(strcol(2))):4:5 with xerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-4.tsv' skip 1 using (strcol(1) eq 'AUROC' ? ($3) : NaN):(Y(strcol(2))) with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle

# Panel 2
set lmargin at screen 0.68117
set rmargin at screen 0.97681
set tmargin at screen 0.92056
set bmargin at screen 0.17290
unset label; unset arrow; unset logscale; unset colorbox
set xrange [-0.11:0.11] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
Y(s) = s eq 'age 0-29' ? 1 : s eq 'age 30-59' ? 2 : s eq 'age 60-69' ? 3 : s eq 'age 70-79' ? 4 : s eq 'age 80+' ? 5 : s eq 'sex F' ? 6 : s eq 'comorbidities 0' ? 7 : s eq 'comorbidities 1' ? 8 : s eq 'comorbidities 2' ? 9 : s eq 'comorbidities 3+' ? 10 : NaN
set ytics norotate ('age 0-29' 1, 'age 30-59' 2, 'age 60-69' 3, 'age 70-79' 4, 'age 80+' 5, 'sex F' 6, 'comorbidities 0' 7, 'comorbidities 1' 8, 'comorbidities 2' 9, 'comorbidities 3+' 10) scale 0
set yrange [10.5:0.5]
set xlabel 'change of the parity gap' offset 0,0.4
set ylabel '' offset 0.8,0
unset grid; set grid xtics lc rgb '#DDDDDD' lw 0.8 dt solid
unset key
unset title
set label 'B' at screen 0.50773, screen 0.95794 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label 'parity' at screen 0.68117, screen 0.95794 left tc rgb '#222222'
set arrow from first -0.02, graph 0 to first -0.02, graph 1 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
set arrow from first 0.02, graph 0 to first 0.02, graph 1 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
plot 'figure-4.tsv' skip 1 using (strcol(1) eq 'parity' ? ($3) : NaN):(Y(strcol(2))):4:5 with xerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-4.tsv' skip 1 using (strcol(1) eq 'parity' ? ($3) : NaN):(Y(strcol(2))) with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle
unset multiplot
unset output
set print 'figure-4.svg' append
print '<!-- Lightbox'
print 'study: dp-fairness'
print 'function: figure4'
print 'source: Studies/dp-fairness/Fairness.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:004727b1f38cbf30818609c2fc648b20c4af99d157dbf2ceb7a315af3a9325ad'
print '-->'
unset print
