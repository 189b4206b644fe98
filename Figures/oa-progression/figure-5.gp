# figure-5: gnuplot figure-5.gp draws figure-5.png
reset
set encoding utf8
set terminal pngcairo size 840,496 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-5.png'
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
set lmargin at screen 0.01190
set rmargin at screen 0.97857
set tmargin at screen 0.97177
set bmargin at screen 0.05645
unset label; unset arrow; unset logscale; unset colorbox
unset border; unset tics; unset grid; unset xlabel; unset ylabel
set xrange [-0.5:811.5]
set yrange [-0.5:453.5]
unset key
unset title
set label 'oa-progression · gateSheet · simulated · data 23f4321b77e6' at screen 0.00714, screen 0.01613 left font ',8' tc rgb '#666666'
array Text1_1[18] = ['film', 'film', 'film', 'film', 'film', 'film', 'refined', 'refined', 'refined', 'refined', 'refined', 'refined', '1,000 steps', '1,000 steps', '1,000 steps', '1,000 steps', '1,000 steps', '1,000 steps']
plot 'figure-5.tiles.png' binary filetype=png with rgbimage notitle, \
  'figure-5.tsv' skip 1 using ((int($0) % 6)*136+66):(441-(int($0)/6)*150):(Text1_1[int($0)+1]) with labels center font ',11' notitle
unset output
