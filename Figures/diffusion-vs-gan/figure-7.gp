# figure-7: gnuplot figure-7.gp draws figure-7.png
reset
set encoding utf8
set terminal pngcairo size 1112,496 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-7.png'
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
set lmargin at screen 0.00899
set rmargin at screen 0.98381
set tmargin at screen 0.97177
set bmargin at screen 0.05645
unset label; unset arrow; unset logscale; unset colorbox
unset border; unset tics; unset grid; unset xlabel; unset ylabel
set xrange [-0.5:1083.5]
set yrange [-0.5:453.5]
unset key
unset title
set label 'diffusion-vs-gan · flippedLabels · simulated · data 9e099e3f350f' at screen 0.00540, screen 0.01613 left font ',8' tc rgb '#666666'
array Text1_1[24] = ['common class', 'common class', 'common class', 'common class', 'common class', 'common class', 'common class', 'common class', 'rare class', 'rare class', 'rare class', 'rare class', 'rare class', 'rare class', 'rare class', 'rare class', 'difference x 2', 'difference x 2', 'difference x 2', 'difference x 2', 'difference x 2', 'difference x 2', 'difference x 2', 'difference x 2']
plot 'figure-7.tiles.png' binary filetype=png with rgbimage notitle, \
  'figure-7.tsv' skip 1 using ((int($0) % 8)*136+66):(441-(int($0)/8)*150):(Text1_1[int($0)+1]) with labels center font ',11' notitle
unset output
