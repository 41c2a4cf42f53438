"""How a policy's page looks: on a desk, on a phone, in the dark and on paper."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#1b2130;--soft:#596274;--line:#d8dde6;--paper:#fff;--tint:#f1f5fb;--deep:#1f4e8c}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a7b0c0;--line:#373f4d;--paper:#161a21;--tint:#1f2733;
--deep:#90baf1}}
*{box-sizing:border-box}html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:56rem;padding:2rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.7 system-ui,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",
sans-serif;overflow-wrap:anywhere;text-autospace:normal;line-break:strict;font-variant-numeric:tabular-nums}
h1{font-size:1.75rem;line-height:1.35;margin:0 0 1.25rem;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.4;margin:2.75rem 0 .75rem;padding-top:1rem;border-top:2px solid var(--line)}
h3{font-size:.95rem;line-height:1.5;margin:1.1rem 0 .2rem;color:var(--deep)}
h1 .en,h2 .en{font-weight:500}h1 .zh+.en{font-size:.65em}h2 .zh+.en{font-size:.8em}
a{color:var(--deep);text-decoration-thickness:1px;text-underline-offset:.2em}
.zh+.en{display:block;color:var(--soft);font-size:.9em;line-height:1.5}
ul,ol{margin:0;padding-left:1.25rem}li{margin:.15rem 0}li::marker{color:var(--soft)}
h2{position:relative}.anchor{position:absolute;left:-.9em;text-decoration:none;font-weight:400;opacity:0}
h2:hover .anchor,.anchor:focus{opacity:1}.block>div>ul>li:only-child{list-style:none;margin-left:-1.25rem}
ol.flow{list-style:none;padding:0 1.5rem 0 0;display:flex;flex-wrap:wrap;gap:.5rem 1.75rem;counter-reset:step}
ol.flow>li{counter-increment:step;position:relative;margin:0;padding:.3rem .7rem .3rem 1.7rem;background:var(--tint);
border:1px solid var(--line);border-radius:.4rem}
ol.flow>li::before{content:counter(step);position:absolute;left:.7rem;font-weight:600;color:var(--deep)}
ol.flow>li:not(:last-child)::after{content:"\\2192";position:absolute;right:-1.4rem;top:.3rem;color:var(--soft)}
.wide{overflow-x:auto;margin:.3rem 0}table{border-collapse:collapse;font-size:.95em}
th,td{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;
overflow-wrap:normal}th{color:var(--soft);font-weight:600;font-size:.9em}.number{text-align:right;white-space:nowrap}
th.number{white-space:normal;min-width:6em}th:first-child,td:first-child{position:sticky;left:0;background:var(--paper)}
nav{font-size:.95rem}nav ul{list-style:none;padding:0;columns:2 17rem;column-gap:2rem}
nav li{break-inside:avoid;margin:0;padding:.15rem 0}nav a{text-decoration:none}nav a:hover{text-decoration:underline}
summary{font-weight:600;color:var(--deep);cursor:pointer}
@media(min-width:46rem){.block{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:0 1.5rem;margin:.9rem 0}
.block h3{margin:.1rem 0}}
@media screen and (min-width:80rem){body{max-width:80rem;display:grid;grid-template-columns:18rem minmax(0,1fr);
gap:0 3rem}h1{grid-column:1/-1}nav{position:sticky;top:1rem;align-self:start;max-height:calc(100vh - 2rem);
overflow-y:auto;font-size:.85rem}nav ul{columns:1}nav summary{list-style:none;pointer-events:none}
nav details::details-content{content-visibility:visible;
block-size:auto}main section:first-child h2{margin-top:0}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--tint:#fff;--deep:#123a6b}
@page{margin:16mm 15mm}body{max-width:none;padding:0;font-size:10pt;line-height:1.5}nav,.anchor{display:none}
a{color:inherit;text-decoration:none}h2,h3{break-after:avoid;break-inside:avoid}h2{margin-top:1.4rem}
li,tr,.flow{break-inside:avoid}.wide{overflow:visible}
.block{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:0 1rem;margin:.5rem 0}.block h3{margin:0}}
"""
