# figure-A1: gnuplot figure-A1.gp draws figure-A1.png
reset
set encoding utf8
set terminal pngcairo size 568,346 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-A1.png'
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
set lmargin at screen 0.01761
set rmargin at screen 0.96831
set tmargin at screen 0.95954
set bmargin at screen 0.08092
unset label; unset arrow; unset logscale; unset colorbox
unset border; unset tics; unset grid; unset xlabel; unset ylabel
set xrange [-0.5:539.5]
set yrange [-0.5:303.5]
unset key
unset title
set label 'thyroid-volumetry · lookAtIt · simulated · data 8dab5f8bcc0c' at screen 0.01056, screen 0.02312 left font ',8' tc rgb '#666666'
array Text1_1[8] = ['frame, 10 %', 'frame, 30 %', 'frame, 50 %', 'frame, 70 %', 'frame, 90 %', 'across', 'along', 'gland']
plot 'figure-A1.tiles.png' binary filetype=png with rgbimage notitle, \
  'figure-A1.tsv' skip 1 using ((int($0) % 4)*136+66):(291-(int($0)/4)*150):(Text1_1[int($0)+1]) with labels center font ',11' notitle
unset output
