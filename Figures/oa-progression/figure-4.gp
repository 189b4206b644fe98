# figure-4: gnuplot figure-4.gp draws figure-4.png
reset
set encoding utf8
set terminal pngcairo size 976,946 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-4.png'
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
set lmargin at screen 0.01025
set rmargin at screen 0.98156
set tmargin at screen 0.98520
set bmargin at screen 0.02960
unset label; unset arrow; unset logscale; unset colorbox
unset border; unset tics; unset grid; unset xlabel; unset ylabel
set xrange [-0.5:947.5]
set yrange [-0.5:903.5]
unset key
unset title
set label 'oa-progression · filmSheet · simulated · data bc8a435d3694' at screen 0.00615, screen 0.00846 left font ',8' tc rgb '#666666'
array Text1_1[42] = ['0 mo, KL 0', '12 mo, KL 0', '24 mo, KL 0', '36 mo, KL 0', '48 mo, KL 0', '72 mo, KL 0', '96 mo, KL 0', '0 mo, KL 0', '12 mo, KL 0', '24 mo, KL 0', '36 mo, KL 0', '48 mo, KL 0', '72 mo, KL 0', '96 mo, KL 0', '0 mo, KL 0', '12 mo, KL 0', '24 mo, KL 0', '36 mo, KL 1', '48 mo, KL 1', '72 mo, KL 1', '96 mo, KL 2', '0 mo, KL 1', '12 mo, KL 0', '24 mo, KL 0', '36 mo, KL 1', '48 mo, KL 2', '72 mo, KL 2', '96 mo, KL 2', '0 mo, KL 0', '12 mo, KL 0', '24 mo, KL 0', '36 mo, KL 0', '48 mo, KL 1', '72 mo, KL 1', '96 mo, KL 1', '0 mo, KL 1', '12 mo, KL 1', '24 mo, KL 0', '36 mo, KL 2', '48 mo, KL 2', '72 mo, KL 2', '96 mo, KL 2']
plot 'figure-4.tiles.png' binary filetype=png with rgbimage notitle, \
  'figure-4.tsv' skip 1 using ((int($0) % 7)*136+66):(891-(int($0)/7)*150):(Text1_1[int($0)+1]) with labels center font ',11' notitle
unset output
