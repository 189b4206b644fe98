# figure-4b: gnuplot figure-4b.gp draws figure-4b.svg from figure-4b.tsv
reset
set encoding utf8
set terminal svg size 1478,338 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-4b.svg'
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
set lmargin at screen 0.04237
set rmargin at screen 0.26567
set tmargin at screen 0.89941
set bmargin at screen 0.21893
unset label; unset arrow; unset logscale; unset colorbox
X(s) = s eq '0' ? 1 : s eq '0.25' ? 2 : s eq '0.5' ? 3 : s eq '0.75' ? 4 : s eq '1' ? 5 : s eq '1.5' ? 6 : NaN
set xtics norotate ('0' 1, '0.25' 2, '0.5' 3, '0.75' 4, '1' 5, '1.5' 6) scale 0
set xrange [0.5:6.5]
Y(s) = s eq '0.5' ? 1 : s eq '1' ? 2 : s eq '1.5' ? 3 : s eq '2' ? 4 : s eq '2.5' ? 5 : NaN
set ytics norotate ('0.5' 1, '1' 2, '1.5' 3, '2' 4, '2.5' 5) scale 0
set yrange [5.5:0.5]
set xlabel 'offset of 2D from MRI [ml]' offset 0,0.4
set ylabel 'own error, SD [ml]' offset 0.8,0
unset grid
set palette defined (0 '#F7FBFF', 0.25 '#C6DBEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')
set cbrange [0:1]
set colorbox vertical user origin screen 0.27379, screen 0.21893 size screen 0.00812, screen 0.68047 noborder
set cblabel 'share of trials'
unset key
unset title
set label 'A' at screen 0.00406, screen 0.94675 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D without bias' at screen 0.04237, screen 0.94675 left tc rgb '#222222'
set label 'thyroid-volumetry · figure4b · simulated · data 8f22fdac2ae8' at screen 0.00406, screen 0.02367 left font ',8' tc rgb '#666666'
array Text1_1[90] = ['0.00', '0.00', '0.00', '0.00', '0.00', '0.26', '0.02', '0.00', '0.00', '0.00', '0.85', '0.31', '0.06', '0.02', '0.01', '0.86', '0.77', '0.31', '0.10', '0.04', '0.86', '0.87', '0.65', '0.33', '0.12', '0.86', '0.85', '0.86', '0.78', '0.56', '0.00', '0.00', '0.00', '0.00', '0.00', '0.13', '0.01', '0.00', '0.00', '0.00', '0.06', '0.15', '0.04', '0.01', '0.00', '0.00', '0.14', '0.15', '0.07', '0.02', '0.00', '0.03', '0.17', '0.15', '0.09', '0.00', '0.00', '0.03', '0.12', '0.19', '0.00', '0.00', '0.00', '0.00', '0.00', '0.01', '0.01', '0.00', '0.00', '0.00', '0.00', '0.01', '0.01', '0.01', '0.00', '0.00', '0.00', '0.01', '0.02', '0.01', '0.00', '0.00', '0.00', '0.01', '0.02', '0.00', '0.00', '0.00', '0.00', '0.00']
plot 'figure-4b.tsv' skip 1 using (strcol(1) eq '3D without bias' ? (X(strcol(2))) : NaN):(Y(strcol(3))):(X(strcol(2))-0.5):(X(strcol(2))+0.5):(Y(strcol(3))-0.5):(Y(strcol(3))+0.5):4 with boxxyerror fs solid 1 border lc rgb 'white' lw 1.5 fc palette notitle, \
  'figure-4b.tsv' skip 1 using (strcol(1) eq '3D without bias' ? (!(($4-0.5)/0.5 > 0.15) ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text1_1[int($0)+1]) with labels font ',11' tc rgb '#222222' notitle, \
  'figure-4b.tsv' skip 1 using (strcol(1) eq '3D without bias' ? (($4-0.5)/0.5 > 0.15 ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text1_1[int($0)+1]) with labels font ',11' tc rgb '#FFFFFF' notitle

# Panel 2
set lmargin at screen 0.37571
set rmargin at screen 0.59900
set tmargin at screen 0.89941
set bmargin at screen 0.21893
unset label; unset arrow; unset logscale; unset colorbox
X(s) = s eq '0' ? 1 : s eq '0.25' ? 2 : s eq '0.5' ? 3 : s eq '0.75' ? 4 : s eq '1' ? 5 : s eq '1.5' ? 6 : NaN
set xtics norotate ('0' 1, '0.25' 2, '0.5' 3, '0.75' 4, '1' 5, '1.5' 6) scale 0
set xrange [0.5:6.5]
Y(s) = s eq '0.5' ? 1 : s eq '1' ? 2 : s eq '1.5' ? 3 : s eq '2' ? 4 : s eq '2.5' ? 5 : NaN
set ytics norotate ('0.5' 1, '1' 2, '1.5' 3, '2' 4, '2.5' 5) scale 0
set yrange [5.5:0.5]
set xlabel 'offset of 2D from MRI [ml]' offset 0,0.4
set ylabel 'own error, SD [ml]' offset 0.8,0
unset grid
set palette defined (0 '#F7FBFF', 0.25 '#C6DBEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')
set cbrange [0:1]
set colorbox vertical user origin screen 0.60712, screen 0.21893 size screen 0.00812, screen 0.68047 noborder
set cblabel 'share of trials'
unset key
unset title
set label 'B' at screen 0.33739, screen 0.94675 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D with half of it' at screen 0.37571, screen 0.94675 left tc rgb '#222222'
array Text2_1[90] = ['0.00', '0.00', '0.00', '0.00', '0.00', '0.26', '0.02', '0.00', '0.00', '0.00', '0.85', '0.31', '0.06', '0.02', '0.01', '0.86', '0.77', '0.31', '0.10', '0.04', '0.86', '0.87', '0.65', '0.33', '0.12', '0.86', '0.85', '0.86', '0.78', '0.56', '0.00', '0.00', '0.00', '0.00', '0.00', '0.13', '0.01', '0.00', '0.00', '0.00', '0.06', '0.15', '0.04', '0.01', '0.00', '0.00', '0.14', '0.15', '0.07', '0.02', '0.00', '0.03', '0.17', '0.15', '0.09', '0.00', '0.00', '0.03', '0.12', '0.19', '0.00', '0.00', '0.00', '0.00', '0.00', '0.01', '0.01', '0.00', '0.00', '0.00', '0.00', '0.01', '0.01', '0.01', '0.00', '0.00', '0.00', '0.01', '0.02', '0.01', '0.00', '0.00', '0.00', '0.01', '0.02', '0.00', '0.00', '0.00', '0.00', '0.00']
plot 'figure-4b.tsv' skip 1 using (strcol(1) eq '3D with half of it' ? (X(strcol(2))) : NaN):(Y(strcol(3))):(X(strcol(2))-0.5):(X(strcol(2))+0.5):(Y(strcol(3))-0.5):(Y(strcol(3))+0.5):4 with boxxyerror fs solid 1 border lc rgb 'white' lw 1.5 fc palette notitle, \
  'figure-4b.tsv' skip 1 using (strcol(1) eq '3D with half of it' ? (!(($4-0.5)/0.5 > 0.15) ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text2_1[int($0)+1]) with labels font ',11' tc rgb '#222222' notitle

# Panel 3
set lmargin at screen 0.70904
set rmargin at screen 0.93233
set tmargin at screen 0.89941
set bmargin at screen 0.21893
unset label; unset arrow; unset logscale; unset colorbox
X(s) = s eq '0' ? 1 : s eq '0.25' ? 2 : s eq '0.5' ? 3 : s eq '0.75' ? 4 : s eq '1' ? 5 : s eq '1.5' ? 6 : NaN
set xtics norotate ('0' 1, '0.25' 2, '0.5' 3, '0.75' 4, '1' 5, '1.5' 6) scale 0
set xrange [0.5:6.5]
Y(s) = s eq '0.5' ? 1 : s eq '1' ? 2 : s eq '1.5' ? 3 : s eq '2' ? 4 : s eq '2.5' ? 5 : NaN
set ytics norotate ('0.5' 1, '1' 2, '1.5' 3, '2' 4, '2.5' 5) scale 0
set yrange [5.5:0.5]
set xlabel 'offset of 2D from MRI [ml]' offset 0,0.4
set ylabel 'own error, SD [ml]' offset 0.8,0
unset grid
set palette defined (0 '#F7FBFF', 0.25 '#C6DBEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')
set cbrange [0:1]
set colorbox vertical user origin screen 0.94045, screen 0.21893 size screen 0.00812, screen 0.68047 noborder
set cblabel 'share of trials'
unset key
unset title
set label 'C' at screen 0.67073, screen 0.94675 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D the same as 2D' at screen 0.70904, screen 0.94675 left tc rgb '#222222'
array Text3_1[90] = ['0.00', '0.00', '0.00', '0.00', '0.00', '0.26', '0.02', '0.00', '0.00', '0.00', '0.85', '0.31', '0.06', '0.02', '0.01', '0.86', '0.77', '0.31', '0.10', '0.04', '0.86', '0.87', '0.65', '0.33', '0.12', '0.86', '0.85', '0.86', '0.78', '0.56', '0.00', '0.00', '0.00', '0.00', '0.00', '0.13', '0.01', '0.00', '0.00', '0.00', '0.06', '0.15', '0.04', '0.01', '0.00', '0.00', '0.14', '0.15', '0.07', '0.02', '0.00', '0.03', '0.17', '0.15', '0.09', '0.00', '0.00', '0.03', '0.12', '0.19', '0.00', '0.00', '0.00', '0.00', '0.00', '0.01', '0.01', '0.00', '0.00', '0.00', '0.00', '0.01', '0.01', '0.01', '0.00', '0.00', '0.00', '0.01', '0.02', '0.01', '0.00', '0.00', '0.00', '0.01', '0.02', '0.00', '0.00', '0.00', '0.00', '0.00']
plot 'figure-4b.tsv' skip 1 using (strcol(1) eq '3D the same as 2D' ? (X(strcol(2))) : NaN):(Y(strcol(3))):(X(strcol(2))-0.5):(X(strcol(2))+0.5):(Y(strcol(3))-0.5):(Y(strcol(3))+0.5):4 with boxxyerror fs solid 1 border lc rgb 'white' lw 1.5 fc palette notitle, \
  'figure-4b.tsv' skip 1 using (strcol(1) eq '3D the same as 2D' ? (!(($4-0.5)/0.5 > 0.15) ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text3_1[int($0)+1]) with labels font ',11' tc rgb '#222222' notitle
unset multiplot
unset output
set print 'figure-4b.svg' append
print '<!-- Lightbox'
print 'study: thyroid-volumetry'
print 'function: figure4b'
print 'source: Studies/thyroid-volumetry/GridOfTruths.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:8f22fdac2ae80c6eb929567774d7e6dfb3f4828835145a2840e83278a9a9b9b0'
print '-->'
unset print
