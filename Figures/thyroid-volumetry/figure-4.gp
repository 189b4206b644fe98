# figure-4: gnuplot figure-4.gp draws figure-4.svg from figure-4.tsv
reset
set encoding utf8
set terminal svg size 1478,338 font 'DejaVu Sans,13' background rgb 'white' noenhanced
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
set lmargin at screen 0.04237
set rmargin at screen 0.26567
set tmargin at screen 0.89941
set bmargin at screen 0.21893
unset label; unset arrow; unset logscale; unset colorbox
X(s) = s eq '0' ? 1 : s eq '0.25' ? 2 : s eq '0.5' ? 3 : s eq '0.75' ? 4 : s eq '1' ? 5 : s eq '1.25' ? 6 : s eq '1.5' ? 7 : NaN
set xtics norotate ('0' 1, '0.25' 2, '0.5' 3, '0.75' 4, '1' 5, '1.25' 6, '1.5' 7) scale 0
set xrange [0.5:7.5]
Y(s) = s eq '0.5' ? 1 : s eq '1' ? 2 : s eq '1.5' ? 3 : s eq '2' ? 4 : s eq '2.5' ? 5 : NaN
set ytics norotate ('0.5' 1, '1' 2, '1.5' 3, '2' 4, '2.5' 5) scale 0
set yrange [5.5:0.5]
set xlabel 'bias, multiples of the printed one' offset 0,0.4
set ylabel 'own error, SD [ml]' offset 0.8,0
unset grid
set palette defined (0 '#F7FBFF', 0.25 '#C6DBEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')
set cbrange [0:0.7]
set colorbox vertical user origin screen 0.27379, screen 0.21893 size screen 0.00812, screen 0.68047 noborder
set cblabel 'share of trials'
unset key
unset title
set label 'A' at screen 0.00406, screen 0.94675 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D without bias' at screen 0.04237, screen 0.94675 left tc rgb '#222222'
set label 'thyroid-volumetry · figure4 · simulated · data 96213bf71f94' at screen 0.00406, screen 0.02367 left font ',8' tc rgb '#666666'
array Text1_1[105] = ['0.02', '0.02', '0.02', '0.02', '0.02', '0.59', '0.19', '0.08', '0.06', '0.05', '0.40', '0.60', '0.32', '0.18', '0.12', '0.10', '0.58', '0.60', '0.41', '0.26', '0.01', '0.38', '0.64', '0.61', '0.46', '0.00', '0.23', '0.52', '0.65', '0.61', '0.00', '0.11', '0.39', '0.60', '0.66', '0.02', '0.02', '0.02', '0.02', '0.02', '0.34', '0.16', '0.08', '0.05', '0.04', '0.03', '0.34', '0.26', '0.16', '0.11', '0.00', '0.13', '0.35', '0.31', '0.22', '0.00', '0.02', '0.21', '0.35', '0.33', '0.00', '0.00', '0.08', '0.25', '0.35', '0.00', '0.00', '0.03', '0.13', '0.28', '0.02', '0.02', '0.02', '0.03', '0.03', '0.03', '0.10', '0.07', '0.05', '0.03', '0.00', '0.04', '0.11', '0.11', '0.08', '0.00', '0.00', '0.04', '0.09', '0.12', '0.00', '0.00', '0.00', '0.03', '0.08', '0.00', '0.00', '0.00', '0.00', '0.04', '0.00', '0.00', '0.00', '0.00', '0.01']
plot 'figure-4.tsv' skip 1 using (strcol(1) eq '3D without bias' ? (X(strcol(2))) : NaN):(Y(strcol(3))):(X(strcol(2))-0.5):(X(strcol(2))+0.5):(Y(strcol(3))-0.5):(Y(strcol(3))+0.5):4 with boxxyerror fs solid 1 border lc rgb 'white' lw 1.5 fc palette notitle, \
  'figure-4.tsv' skip 1 using (strcol(1) eq '3D without bias' ? (!(($4-0.35)/0.35 > 0.15) ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text1_1[int($0)+1]) with labels font ',11' tc rgb '#222222' notitle, \
  'figure-4.tsv' skip 1 using (strcol(1) eq '3D without bias' ? (($4-0.35)/0.35 > 0.15 ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text1_1[int($0)+1]) with labels font ',11' tc rgb '#FFFFFF' notitle

# Panel 2
set lmargin at screen 0.37571
set rmargin at screen 0.59900
set tmargin at screen 0.89941
set bmargin at screen 0.21893
unset label; unset arrow; unset logscale; unset colorbox
X(s) = s eq '0' ? 1 : s eq '0.25' ? 2 : s eq '0.5' ? 3 : s eq '0.75' ? 4 : s eq '1' ? 5 : s eq '1.25' ? 6 : s eq '1.5' ? 7 : NaN
set xtics norotate ('0' 1, '0.25' 2, '0.5' 3, '0.75' 4, '1' 5, '1.25' 6, '1.5' 7) scale 0
set xrange [0.5:7.5]
Y(s) = s eq '0.5' ? 1 : s eq '1' ? 2 : s eq '1.5' ? 3 : s eq '2' ? 4 : s eq '2.5' ? 5 : NaN
set ytics norotate ('0.5' 1, '1' 2, '1.5' 3, '2' 4, '2.5' 5) scale 0
set yrange [5.5:0.5]
set xlabel 'bias, multiples of the printed one' offset 0,0.4
set ylabel 'own error, SD [ml]' offset 0.8,0
unset grid
set palette defined (0 '#F7FBFF', 0.25 '#C6DBEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')
set cbrange [0:0.7]
set colorbox vertical user origin screen 0.60712, screen 0.21893 size screen 0.00812, screen 0.68047 noborder
set cblabel 'share of trials'
unset key
unset title
set label 'B' at screen 0.33739, screen 0.94675 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D with half of it' at screen 0.37571, screen 0.94675 left tc rgb '#222222'
array Text2_1[105] = ['0.02', '0.02', '0.02', '0.02', '0.02', '0.59', '0.19', '0.08', '0.06', '0.05', '0.40', '0.60', '0.32', '0.18', '0.12', '0.10', '0.58', '0.60', '0.41', '0.26', '0.01', '0.38', '0.64', '0.61', '0.46', '0.00', '0.23', '0.52', '0.65', '0.61', '0.00', '0.11', '0.39', '0.60', '0.66', '0.02', '0.02', '0.02', '0.02', '0.02', '0.34', '0.16', '0.08', '0.05', '0.04', '0.03', '0.34', '0.26', '0.16', '0.11', '0.00', '0.13', '0.35', '0.31', '0.22', '0.00', '0.02', '0.21', '0.35', '0.33', '0.00', '0.00', '0.08', '0.25', '0.35', '0.00', '0.00', '0.03', '0.13', '0.28', '0.02', '0.02', '0.02', '0.03', '0.03', '0.03', '0.10', '0.07', '0.05', '0.03', '0.00', '0.04', '0.11', '0.11', '0.08', '0.00', '0.00', '0.04', '0.09', '0.12', '0.00', '0.00', '0.00', '0.03', '0.08', '0.00', '0.00', '0.00', '0.00', '0.04', '0.00', '0.00', '0.00', '0.00', '0.01']
plot 'figure-4.tsv' skip 1 using (strcol(1) eq '3D with half of it' ? (X(strcol(2))) : NaN):(Y(strcol(3))):(X(strcol(2))-0.5):(X(strcol(2))+0.5):(Y(strcol(3))-0.5):(Y(strcol(3))+0.5):4 with boxxyerror fs solid 1 border lc rgb 'white' lw 1.5 fc palette notitle, \
  'figure-4.tsv' skip 1 using (strcol(1) eq '3D with half of it' ? (!(($4-0.35)/0.35 > 0.15) ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text2_1[int($0)+1]) with labels font ',11' tc rgb '#222222' notitle

# Panel 3
set lmargin at screen 0.70904
set rmargin at screen 0.93233
set tmargin at screen 0.89941
set bmargin at screen 0.21893
unset label; unset arrow; unset logscale; unset colorbox
X(s) = s eq '0' ? 1 : s eq '0.25' ? 2 : s eq '0.5' ? 3 : s eq '0.75' ? 4 : s eq '1' ? 5 : s eq '1.25' ? 6 : s eq '1.5' ? 7 : NaN
set xtics norotate ('0' 1, '0.25' 2, '0.5' 3, '0.75' 4, '1' 5, '1.25' 6, '1.5' 7) scale 0
set xrange [0.5:7.5]
Y(s) = s eq '0.5' ? 1 : s eq '1' ? 2 : s eq '1.5' ? 3 : s eq '2' ? 4 : s eq '2.5' ? 5 : NaN
set ytics norotate ('0.5' 1, '1' 2, '1.5' 3, '2' 4, '2.5' 5) scale 0
set yrange [5.5:0.5]
set xlabel 'bias, multiples of the printed one' offset 0,0.4
set ylabel 'own error, SD [ml]' offset 0.8,0
unset grid
set palette defined (0 '#F7FBFF', 0.25 '#C6DBEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')
set cbrange [0:0.7]
set colorbox vertical user origin screen 0.94045, screen 0.21893 size screen 0.00812, screen 0.68047 noborder
set cblabel 'share of trials'
unset key
unset title
set label 'C' at screen 0.67073, screen 0.94675 left font 'DejaVu Sans Bold,16' tc rgb '#222222'
set label '3D the same as 2D' at screen 0.70904, screen 0.94675 left tc rgb '#222222'
array Text3_1[105] = ['0.02', '0.02', '0.02', '0.02', '0.02', '0.59', '0.19', '0.08', '0.06', '0.05', '0.40', '0.60', '0.32', '0.18', '0.12', '0.10', '0.58', '0.60', '0.41', '0.26', '0.01', '0.38', '0.64', '0.61', '0.46', '0.00', '0.23', '0.52', '0.65', '0.61', '0.00', '0.11', '0.39', '0.60', '0.66', '0.02', '0.02', '0.02', '0.02', '0.02', '0.34', '0.16', '0.08', '0.05', '0.04', '0.03', '0.34', '0.26', '0.16', '0.11', '0.00', '0.13', '0.35', '0.31', '0.22', '0.00', '0.02', '0.21', '0.35', '0.33', '0.00', '0.00', '0.08', '0.25', '0.35', '0.00', '0.00', '0.03', '0.13', '0.28', '0.02', '0.02', '0.02', '0.03', '0.03', '0.03', '0.10', '0.07', '0.05', '0.03', '0.00', '0.04', '0.11', '0.11', '0.08', '0.00', '0.00', '0.04', '0.09', '0.12', '0.00', '0.00', '0.00', '0.03', '0.08', '0.00', '0.00', '0.00', '0.00', '0.04', '0.00', '0.00', '0.00', '0.00', '0.01']
plot 'figure-4.tsv' skip 1 using (strcol(1) eq '3D the same as 2D' ? (X(strcol(2))) : NaN):(Y(strcol(3))):(X(strcol(2))-0.5):(X(strcol(2))+0.5):(Y(strcol(3))-0.5):(Y(strcol(3))+0.5):4 with boxxyerror fs solid 1 border lc rgb 'white' lw 1.5 fc palette notitle, \
  'figure-4.tsv' skip 1 using (strcol(1) eq '3D the same as 2D' ? (!(($4-0.35)/0.35 > 0.15) ? X(strcol(2)) : NaN) : NaN):(Y(strcol(3))):(Text3_1[int($0)+1]) with labels font ',11' tc rgb '#222222' notitle
unset multiplot
unset output
set print 'figure-4.svg' append
print '<!-- Lightbox'
print 'study: thyroid-volumetry'
print 'function: figure4'
print 'source: Studies/thyroid-volumetry/GridOfTruths.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:96213bf71f94e93bc4086326aa24a9983f6a25c76838e98f454dc03c5f306575'
print '-->'
unset print
