# figure-10: gnuplot figure-10.gp draws figure-10.svg from figure-10.tsv
reset
set encoding utf8
set terminal svg size 512,460 font 'DejaVu Sans,13' background rgb 'white' noenhanced
set output 'figure-10.svg'
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
set lmargin at screen 0.14453
set rmargin at screen 0.96484
set tmargin at screen 0.96957
set bmargin at screen 0.36087
unset label; unset arrow; unset logscale; unset colorbox
set xrange [0:1] noreverse
set format x '%g'
set xtics norotate autofreq scale 0.6
set yrange [0:1] noreverse
set format y '%g'
set ytics norotate autofreq scale 0.6
set xlabel '1 − specificity' offset 0,0.4
set ylabel 'sensitivity' offset 0.8,0
set key at screen 0.55469, screen 0.23913 center top vertical Left reverse maxrows 4 samplen 2.6 spacing 1.1 noenhanced noautotitle
unset title
set label 'oa-progression · aidedFigure · simulated · data e0909dceb2e0' at screen 0.01172, screen 0.01739 left font ',8' tc rgb '#666666'
set arrow from first 0, first 0 to first 1, first 1 nohead lw 1.2 dt (5,4) lc rgb '#666666' back
plot 'figure-10.tsv' skip 1 using (strcol(2) eq 'nothing' ? ($3) : NaN):4 with points pt 7 ps 0.9 lw 1.6 lc rgb '#0B3C6F' title 'nothing', \
  'figure-10.tsv' skip 1 using (strcol(2) eq 'drawn film' ? ($3) : NaN):4 with points pt 5 ps 0.9 lw 1.6 lc rgb '#D55E00' title 'drawn film', \
  'figure-10.tsv' skip 1 using (strcol(2) eq 'true last film' ? ($3) : NaN):4 with points pt 9 ps 0.9 lw 1.6 lc rgb '#009E73' title 'true last film', \
  '+' using (0.07):(0.54) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' title 'the paper'."'".'s readers, aided', \
  '+' using (0.05):(0.5) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.08):(0.47) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.05):(0.34) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.08):(0.49) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.34):(0.71) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle, \
  '+' using (0.1279999999999999):(0.5620000000000003) every ::0::0 with points pt 12 ps 1.3 lw 1.8 lc rgb '#000000' notitle
unset output
set print 'figure-10.svg' append
print '<!-- Lightbox'
print 'study: oa-progression'
print 'function: aidedFigure'
print 'source: Studies/oa-progression/ReadersChapter.swift'
print 'tier: simulated'
print 'seed: 1'
print 'scale: default'
print 'data: sha256:e0909dceb2e0ecb649ff48045437a970ddc36b93c819fdc0dbd5a1a9f29dfdad'
print '-->'
unset print
