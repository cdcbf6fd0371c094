"""The style sheet of the HTML report: light and dark, screen and print, nothing loaded from elsewhere."""

from __future__ import annotations

from ntrkpath.figures import screens
from ntrkpath.figures.svg import FONT, colour_rules

CSS = (
    colour_rules(":root")
    + f"body{{font-family:{FONT}}}"
    + """
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font-size:16px;line-height:1.5;overflow-wrap:break-word}
main,header,footer{max-width:64rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.75rem}
h1{font-size:1.35rem;margin:0 0 .25rem}
h2{font-size:1.3rem;margin:0 0 .75rem;line-height:1.25}
h3{font-size:1.02rem;margin:2rem 0 .6rem;padding-bottom:.25rem;border-bottom:1px solid var(--edge)}
p{margin:.35rem 0}
a{color:var(--taken)}
code{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.86em}
.quiet,caption,dt,summary,.cited{color:var(--quiet)}
.small,.cited,footer{font-size:.875rem}
.case{padding:2rem 0 2.5rem}
.case+.case{border-top:3px solid var(--ink)}
.answer{border:2px solid var(--taken);border-left-width:9px;border-radius:6px;
 padding:.9rem 1.1rem;background:var(--taken-box)}
.answer p{margin:0}
.answer .next{font-size:1.3rem;font-weight:700;line-height:1.3}
.answer .word{display:block;font-size:.85rem;font-weight:400}
.answer ol{margin:.6rem 0 0;padding-left:1.6rem}
.strength{font-size:.82rem;font-weight:400;border:1px solid currentColor;border-radius:1rem;
 padding:.02rem .5rem;white-space:nowrap}
.warn{border:1px dashed var(--ink);padding:.5rem .8rem;margin:.8rem 0 0}
dl{margin:0}
dl.tiers>div{display:grid;grid-template-columns:5rem 8rem 1fr;gap:.2rem .9rem;align-items:baseline;margin-top:.9rem}
dl.tiers dd{display:contents}
dl.tiers strong{font-size:1.1rem}
dl.facts>div{display:grid;grid-template-columns:7rem 1fr;gap:.9rem;margin:.25rem 0}
dd{margin:0}
ul.items,ol.items{list-style:none;margin:0;padding:0}
.items>li{display:grid;grid-template-columns:2.2rem minmax(0,1fr);margin:0 0 .55rem}
.items>li>.sign{font-weight:700;margin-top:.35rem;font-variant-numeric:tabular-nums}
.note{font-style:italic;margin:.15rem 0 0}
.fidelity{font-style:italic;white-space:nowrap;margin-left:.7em}
table{border-collapse:collapse;width:100%;font-size:.93rem}
caption{text-align:left;font-size:.875rem;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-top:1px solid var(--edge);font-weight:400}
thead th{color:var(--quiet);font-size:.85rem;border-top:0}
tbody th{font-weight:700}
td p{margin:0}
.readings th,h2,.warn{overflow-wrap:anywhere}
td .status{font-weight:700}
td .status,td .agency{white-space:nowrap}
figure{margin:0}
figure svg{display:block;width:100%;height:auto}
figcaption{font-size:.875rem;color:var(--quiet);margin-bottom:.5rem}
details{margin:.7rem 0}
summary{cursor:pointer}
summary:focus-visible,a:focus-visible{outline:3px solid var(--taken);outline-offset:2px}
pre{font-size:.82rem;white-space:pre-wrap;margin:.5rem 0;line-height:1.45}
blockquote{margin:.5rem 0;padding-left:.9rem;border-left:3px solid var(--edge)}
blockquote.small p{margin:0}
.quote{color:var(--quiet)}
.scroll{overflow-x:auto}
@media (max-width:38rem){
 dl.tiers>div{grid-template-columns:5rem 1fr}
 dl.tiers dd>span{grid-column:1/-1}
 .scroll figure,.scroll table{min-width:46rem}
}
@page{size:A4;margin:14mm 12mm}
.in-print{display:none}
ul.found{list-style:none;padding:0}
p.who{font-weight:bold}
dl.first>div{display:grid;grid-template-columns:4.5rem 1fr;gap:.2rem .9rem;margin-top:.6rem}
dl.first dd{margin:0}
dl.answer strong{font-size:1.1rem}
@media print{
 .in-print{display:block}
 p.signature{margin-top:2rem}
 body{font-size:9.5pt;line-height:1.35}
 p,.note{margin:.1rem 0}
 .items>li{margin-bottom:.5rem}
 .items>li>.sign{margin-top:.1rem}
 dl.tiers>div{margin-top:.4rem}
 th,td{padding-top:.25rem;padding-bottom:.25rem}
 blockquote{margin:.3rem 0}
 main,header,footer{max-width:none;padding:0}
 header{padding-top:0}
 .case{padding:0}
 .case+.case{break-before:page;border-top:0}
 .scroll{overflow:visible}
 nav{display:none}
 h2,h3,summary,caption{break-after:avoid}
 .items>li,tr,.answer,figure,dl,blockquote,li{break-inside:avoid}
 thead{display:table-header-group;break-after:avoid}
 tbody tr:first-child{break-before:avoid}
 details.on-screen:not([open]){display:none}
 details::details-content{content-visibility:visible;block-size:auto}
 @supports not selector(::details-content){
  details:not([open])>summary::after{content:" (folded here; open it before printing)"}
 }
 h3{margin:1rem 0 .4rem}
 h1{font-size:1.1rem}
 header{margin-bottom:1rem}
 pre{font-size:8pt}
 *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""
    + screens.STYLE
)
