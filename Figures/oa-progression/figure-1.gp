# figure-1: gnuplot figure-1.gp draws figure-1.svg from figure-1.tsv
reset
set encoding utf8
set terminal svg size 485,257 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-1.svg'
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
set lmargin at screen 0.22757
set rmargin at screen 0.96292
set tmargin at screen 0.94553
set bmargin at screen 0.40078
unset label; unset arrow; unset logscale; unset colorbox
set xrange [18:24] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
Y(s) = s eq 'unaided, PPV' ? 1 : s eq 'unaided, NPV' ? 2 : s eq 'aided, PPV' ? 3 : s eq 'aided, NPV' ? 4 : NaN
set ytics norotate ('unaided, PPV' 1, 'unaided, NPV' 2, 'aided, PPV' 3, 'aided, NPV' 4) scale 0
set yrange [4.5:0.5]
set xlabel 'prevalence of progressors [%]' offset 0,0.4
set ylabel '' offset 0.8,0
unset grid; set grid xtics lc rgb '#DDDDDD' lw 0.8 dt solid
set key at screen 0.59525, screen 0.18288 center top vertical Left reverse maxrows 1 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'oa-progression · figure1 · aggregates · data a05d4a4695d7' at screen 0.01236, screen 0.03113 left font ',8' tc rgb '#666666'
plot 'figure-1.tsv' skip 1 using (strcol(1) eq 'as printed' ? ($3) : NaN):(Y(strcol(2))-0.1):4:5 with xerrorbars pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' title 'as printed', \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'as printed' ? ($3) : NaN):(Y(strcol(2))-0.1) with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' notitle, \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'one table (control)' ? ($3) : NaN):(Y(strcol(2))+0.1):4:5 with xerrorbars pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' title 'one table (control)', \
  'figure-1.tsv' skip 1 using (strcol(1) eq 'one table (control)' ? ($3) : NaN):(Y(strcol(2))+0.1) with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' notitle
unset output
set print 'figure-1.svg' append
print '<!-- Lightbox'
print 'study: oa-progression'
print 'function: figure1'
print 'source: Studies/oa-progression/Prevalence.swift'
print 'tier: aggregates'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:a05d4a4695d741212cd813b066b4d88e28200740bbae86a666ca03dd968d32d7'
print '-->'
unset print
