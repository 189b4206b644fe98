# figure-A2: gnuplot figure-A2.gp draws figure-A2.svg from figure-A2.tsv
reset
set encoding utf8
set terminal svg size 947,677 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-A2.svg'
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
set lmargin at screen 0.22029
set rmargin at screen 0.98098
set tmargin at screen 0.97932
set bmargin at screen 0.15214
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0:2.6] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
Y(s) = s eq 'primary' ? 1 : s eq 'without pressure' ? 2 : s eq 'without boundary' ? 3 : s eq 'without plane angle' ? 4 : s eq 'without plane placement' ? 5 : s eq 'without caliper reading' ? 6 : s eq 'without caliper bias' ? 7 : s eq 'without caliper habit' ? 8 : s eq 'without tremor' ? 9 : s eq 'without coverage' ? 10 : s eq 'without tracker noise' ? 11 : s eq 'without tracker scale' ? 12 : s eq 'without calibration scale' ? 13 : s eq 'without calibration pose' ? 14 : s eq 'without latency' ? 15 : s eq 'without dropped frames' ? 16 : s eq 'without contour reading' ? 17 : s eq 'without contour bias' ? 18 : s eq 'without contour habit' ? 19 : NaN
set ytics norotate ('primary' 1, 'without pressure' 2, 'without boundary' 3, 'without plane angle' 4, 'without plane placement' 5, 'without caliper reading' 6, 'without caliper bias' 7, 'without caliper habit' 8, 'without tremor' 9, 'without coverage' 10, 'without tracker noise' 11, 'without tracker scale' 12, 'without calibration scale' 13, 'without calibration pose' 14, 'without latency' 15, 'without dropped frames' 16, 'without contour reading' 17, 'without contour bias' 18, 'without contour habit' 19) scale 0
set yrange [19.5:0.5]
set xlabel 'mean SD of the differences between two operators [ml]' offset 0,0.4
set ylabel '' offset 0.8,0
unset grid; set grid xtics lc rgb '#DDDDDD' lw 0.8 dt solid
set key at screen 0.60063, screen 0.06942 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'thyroid-volumetry · errorSwitches · simulated · data 697d5c6247d5' at screen 0.00634, screen 0.01182 left font ',8' tc rgb '#666666'
plot 'figure-A2.tsv' skip 1 using (strcol(3) eq '2D' ? ($2) : NaN):(Y(strcol(1))-0.1) with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' title '2D', \
  'figure-A2.tsv' skip 1 using (strcol(3) eq '3D' ? ($2) : NaN):(Y(strcol(1))+0.1) with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' title '3D'
unset output
set print 'figure-A2.svg' append
print '<!-- Lightbox'
print 'study: thyroid-volumetry'
print 'function: errorSwitches'
print 'source: Studies/thyroid-volumetry/ErrorSwitches.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:697d5c6247d58ac4c64002c1055b8af94ee466b26346831e9df17b51b4a0cb35'
print '-->'
unset print
