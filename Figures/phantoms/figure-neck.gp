# figure-neck: gnuplot figure-neck.gp draws figure-neck.png
reset
set encoding utf8
set terminal pngcairo size 432,496 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-neck.png'
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
set lmargin at screen 0.02315
set rmargin at screen 0.95833
set tmargin at screen 0.97177
set bmargin at screen 0.05645
unset label; unset arrow; unset logscale; unset colorbox
unset border; unset tics; unset grid; unset xlabel; unset ylabel
set xrange [-0.5:403.5]
set yrange [-0.5:453.5]
unset key
unset title
set label 'phantoms · neckSheet · simulated · data 4b4d62694ef4' at screen 0.01389, screen 0.01613 left font ',8' tc rgb '#666666'
array Text1_1[9] = ['right, low', 'midline', 'left, high', 'right lobe', 'right lobe', 'left lobe', 'long axis', 'pressed 10 %', 'T1, magnet']
plot 'figure-neck.tiles.png' binary filetype=png with rgbimage notitle, \
  'figure-neck.tsv' skip 1 using ((int($0) % 3)*136+66):(441-(int($0)/3)*150):(Text1_1[int($0)+1]) with labels center font ',11' notitle
unset output
