"""How the page looks: light and dark by the reader's own choice, on paper too; fonts for Chinese; no colour tells alone.

Blue and orange are told apart by everybody, and the application's is hatched besides, on paper without colours too. The shades of
deadlines go from dark to light. Sizes are in the reader's own unit: what he enlarges grows whole.
"""

STYLE = """
:root{--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;--card:#f6f8fa;--system:#2f6f9f;--application:#a9531a;
--unknown:#6a737d;--bad:#b42318;--warn:#8a5d00;--good:#1a7f37;--focus:#0550ae;--on:#fff;--hatch:rgba(0,0,0,.13);
--late:#a61b12;--soon:#d99a1c;--later:#a9d3c4;--waiting:#e6eaee;--edge:#6e7781}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9ba7b4;--line:#3d444d;--paper:#0d1117;--card:#161b22;
--system:#6cb6e8;--application:#e79a63;--unknown:#9198a1;--bad:#ff8177;--warn:#e3b341;--good:#57c66a;--focus:#79c0ff;
--on:#0d1117;--hatch:rgba(255,255,255,.22);--late:#e5483c;--soon:#e0b04a;--later:#2f6b5b;--waiting:#262c34;--edge:#9198a1}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:.95rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans",Ubuntu,sans-serif,"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei"}
main{max-width:70rem;margin:0 auto;padding:1.75rem clamp(1rem,4vw,2rem) 4rem}
a{color:var(--focus);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem .75rem;z-index:1}
h1{font-size:1.7rem;line-height:1.25;margin:.2rem 0 .3rem;overflow-wrap:anywhere;letter-spacing:-.01em}
h2{font-size:1.25rem;line-height:1.3;margin:2.75rem 0 .75rem;padding-top:.9rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .4rem}h3::first-letter,figcaption::first-letter{text-transform:uppercase}
section:target h2,section:focus-visible h2{border-top-color:var(--focus)}
p{margin:.4rem 0;max-width:46rem}.soft{color:var(--soft)}.mono,code{font-family:ui-monospace,SFMono-Regular,Menlo,
Consolas,"Noto Sans Mono",monospace;font-size:.9em;overflow-wrap:anywhere}p.mono{max-width:none}
section>ul:not([class]){margin:.6rem 0;padding-left:1.15rem;max-width:54rem}section>ul:not([class])>li{margin:.15rem 0;overflow-wrap:anywhere}
nav{border-bottom:1px solid var(--line);padding-bottom:.5rem}
nav ul{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;list-style:none;padding:0;margin:1rem 0 .2rem}
nav a{display:inline-block;padding:.15rem 0}nav+section h2{border-top:0;margin-top:.8rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.2rem,1fr));gap:.7rem;margin:1.1rem 0;padding:0;list-style:none}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .85rem}
.cards b{display:block;font-size:1.3rem;white-space:nowrap;line-height:1.3;font-variant-numeric:tabular-nums}.cards b.told{font-size:.95rem;line-height:1.45;white-space:normal;overflow-wrap:anywhere}.cards span{color:var(--soft);font-size:.87rem}
.table{overflow-x:auto;margin:.5rem 0;position:relative}
table{border-collapse:collapse;width:100%;font-size:.92rem}caption{position:absolute;width:1px;height:1px;
overflow:hidden;clip-path:inset(50%)}th,td{text-align:left;padding:.34rem 1rem .34rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}tbody tr:hover{background:var(--card)}
th{font-weight:600;font-size:.87rem;color:var(--soft);white-space:nowrap;border-bottom-color:var(--edge)}thead td{border-bottom-color:var(--edge)}.term{white-space:nowrap}
td:not(.n),th:not(.n){min-width:4.2em}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.system{color:var(--system)}.application{color:var(--application)}.unknown{color:var(--unknown)}
.fail,.critical,.high,.late{color:var(--bad);font-weight:600}.undecidable,.medium,.warn{color:var(--warn)}.pass,.good{color:var(--good)}
td .system,td .application,td .unknown,td .fail,td .pass,td .undecidable,td .superseded,td .not-applicable,td .late,td .high,td .critical{white-space:nowrap}
.f-system{background-color:var(--system)}.f-unknown{background-color:var(--unknown)}
.f-application{background-color:var(--application);background-image:repeating-linear-gradient(135deg,transparent 0 7px,var(--hatch) 7px 9px)}
.f-late{background-color:var(--late)}.f-soon{background-color:var(--soon)}.f-later{background-color:var(--later)}.f-waiting{background-color:var(--waiting)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:.2rem 0 .6rem;padding:0;color:var(--soft);font-size:.87rem}
.legend i{display:inline-block;width:.85rem;height:.85rem;margin-right:.4rem;vertical-align:-.1rem;border:1px solid var(--edge);border-radius:2px}
.cut{list-style:none;margin:.4rem 0 1rem;padding:0}
.band{color:var(--on);padding:.45rem .9rem;display:flex;flex-direction:column;justify-content:center;overflow-wrap:anywhere}
.band+.band{margin-top:2px}.cut>:first-child{border-radius:.4rem .4rem 0 0}.cut>:last-child{border-radius:0 0 .4rem .4rem}
.band span{font-size:.9rem}.band b,.band span{width:fit-content;background-color:inherit;padding:0 .3rem;margin-left:-.3rem}
.seam{display:flex;align-items:center;gap:.8rem;padding:.3rem 0;font-weight:600}
.seam::before,.seam::after{content:"";flex:1;border-top:3px dashed var(--ink)}
.map{position:relative;height:clamp(16rem,36vw,24rem);margin:.4rem 0 .6rem;overflow:hidden;border-radius:.4rem}
.tile{position:absolute;color:var(--on);border:1px solid var(--paper);padding:.15rem .3rem;overflow:hidden;font-size:.8rem;line-height:1.3;container-type:size}
.tile span{display:block;width:fit-content;max-width:100%;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;background-color:inherit}
@container (max-width:2.4rem) or (max-height:1rem){.tile span{display:none}}
.bars{display:grid;grid-template-columns:fit-content(15rem) minmax(6rem,1fr) fit-content(24rem);gap:.3rem 1rem;list-style:none;margin:.3rem 0 .9rem;padding:0;align-items:center}
.bars li{display:grid;grid-template-columns:subgrid;grid-column:1/-1;align-items:center}
.bars .words{color:var(--soft);font-size:.9rem;font-variant-numeric:tabular-nums}
.track{display:flex;height:1.1rem;background:linear-gradient(var(--line),var(--line)) 0 100%/100% 1px no-repeat}
.track i{height:100%;min-width:3px;border:1px solid var(--edge)}.track i+i{border-left:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1.2rem 2.5rem}figure{margin:0}
.figures .bars{grid-template-columns:1rem minmax(5rem,1fr) fit-content(18rem);margin-bottom:0}
figcaption{font-weight:600;margin:0 0 .15rem}
details{margin:.7rem 0}summary{cursor:pointer;color:var(--focus);width:fit-content;padding:.1rem .2rem}
pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;overflow-x:auto;white-space:pre-wrap;
overflow-wrap:anywhere;margin:.4rem 0}td ul{margin:0;padding-left:1rem}
.cmd span{display:inline-block;max-width:100%;vertical-align:top}.cmd{background:var(--card);border:1px solid var(--line);border-radius:.3rem;padding:.1rem .35rem;box-decoration-break:clone;-webkit-box-decoration-break:clone}
@media (max-width:44rem){.bars,.figures .bars{grid-template-columns:1fr auto}.bars .words{text-align:right}.track{grid-column:1/-1;grid-row:2;height:.8rem}
.bars li{row-gap:.1rem}h1{font-size:1.4rem}td:not(.n){min-width:7rem}td ul{min-width:14rem}}
@media (forced-colors:active){.band,.tile,.track i,.legend i{border:1px solid CanvasText;forced-color-adjust:none}}
@media print{:root{--ink:#000;--soft:#333;--paper:#fff;--card:#fff;--line:#999;--on:#fff;--system:#2f6f9f;--application:#a9531a;--unknown:#6a737d;
--bad:#b42318;--warn:#8a5d00;--good:#1a7f37;--hatch:rgba(0,0,0,.16);--late:#a61b12;--soon:#d99a1c;--later:#a9d3c4;--waiting:#e6eaee;--edge:#6e7781}
@page{margin:15mm 13mm}body{font-size:9.5pt}nav,.skip{display:none}
main{max-width:none;padding:0}h2,h3,caption,figcaption,.legend{break-after:avoid}tr,.map,.bars li,.band,.cards,figure,pre{break-inside:avoid}
thead{display:table-header-group}.cut,.map,.bars,.legend,.track{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.table,pre{overflow:visible}table{font-size:8.5pt}th,td{padding-right:.6rem}th{white-space:normal}td,td *,th{white-space:normal!important;overflow-wrap:break-word}td .mono,td code,td code *{overflow-wrap:anywhere}
td:not(.n),th:not(.n){min-width:0}.map{height:9cm}.figures{grid-template-columns:1fr 1fr}
summary{list-style:none;color:var(--ink)}details::details-content{content-visibility:visible;height:auto}}
"""
