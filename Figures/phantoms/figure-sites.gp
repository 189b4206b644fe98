# figure-sites: gnuplot figure-sites.gp draws figure-sites.png
reset
set encoding utf8
set terminal pngcairo size 568,796 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-sites.png'
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
set tmargin at screen 0.98241
set bmargin at screen 0.03518
unset label; unset arrow; unset logscale; unset colorbox
unset border; unset tics; unset grid; unset xlabel; unset ylabel
set xrange [-0.5:539.5]
set yrange [-0.5:753.5]
unset key
unset title
set label 'phantoms · chestSheets · simulated · data e0c5b8599eea' at screen 0.01056, screen 0.01005 left font ',8' tc rgb '#666666'
array Text1_1[20] = ['bedside', 'bedside', 'bedside', 'bedside', 'emergency', 'emergency', 'emergency', 'emergency', 'outpatient', 'outpatient', 'outpatient', 'outpatient', 'cassette', 'cassette', 'cassette', 'cassette', 'paediatric', 'paediatric', 'paediatric', 'paediatric']
plot 'figure-sites.tiles.png' binary filetype=png with rgbimage notitle, \
  'figure-sites.tsv' skip 1 using ((int($0) % 4)*136+66):(741-(int($0)/4)*150):(Text1_1[int($0)+1]) with labels center font ',11' notitle
unset output
