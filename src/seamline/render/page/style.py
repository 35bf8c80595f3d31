"""How the page looks: light and dark by the reader's own choice, on paper too; fonts for Chinese; no colour tells alone."""

STYLE = """
:root{--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;--card:#f6f8fa;--system:#2f6f9f;--application:#b35c1e;
--unknown:#6e7781;--bad:#b42318;--warn:#9a6700;--good:#1a7f37;--focus:#0550ae}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9ba7b4;--line:#3d444d;--paper:#0d1117;--card:#161b22;
--system:#6cb6e8;--application:#e79a63;--unknown:#9198a1;--bad:#ff8177;--warn:#e3b341;--good:#57c66a;--focus:#79c0ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans",Ubuntu,sans-serif,"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei"}
main{max-width:68rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
a{color:var(--focus)}a:focus-visible,summary:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
h1{font-size:1.6rem;margin:.2rem 0;overflow-wrap:anywhere}h2{font-size:1.2rem;margin:2.4rem 0 .6rem;padding-top:.6rem;
border-top:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .4rem}
p{margin:.4rem 0;max-width:60rem}.soft{color:var(--soft)}.mono,code{font-family:ui-monospace,SFMono-Regular,Menlo,
Consolas,"Noto Sans Mono",monospace;font-size:.9em;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0;margin:.8rem 0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem;margin:1rem 0;padding:0;list-style:none}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.cards b{display:block;font-size:1.35rem;line-height:1.3}.cards span{color:var(--soft);font-size:.85rem}
.table{overflow-x:auto;margin:.4rem 0}table{border-collapse:collapse;width:100%;font-size:.92rem}caption{position:absolute;width:1px;height:1px;
overflow:hidden;clip-path:inset(50%)}th,td{text-align:left;padding:.28rem .6rem .28rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;white-space:nowrap}td:not(.n),th:not(.n){min-width:4.8em}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.system{color:var(--system)}.application{color:var(--application)}.unknown{color:var(--unknown)}
.fail,.critical,.high,.late{color:var(--bad);font-weight:600}.undecidable,.medium,.warn{color:var(--warn)}.pass,.good{color:var(--good)}
td .system,td .application,td .unknown,td .fail,td .pass,td .undecidable,td .superseded,td .not-applicable,td .late,td .high{white-space:nowrap}
svg{width:100%;height:auto;display:block}svg text{fill:var(--ink);font-size:12px}svg .on{fill:#fff;font-weight:600}
svg .f-system{fill:var(--system)}svg .f-application{fill:var(--application)}svg .f-unknown{fill:var(--unknown)}
svg .f-bad{fill:var(--bad)}svg .f-warn{fill:var(--warn)}svg .f-good{fill:var(--good)}svg .f-soft{fill:var(--line)}
svg .seam{stroke:var(--ink);stroke-width:2.5;stroke-dasharray:7 4}svg .edge{stroke:var(--paper);stroke-width:1.5}
@media (prefers-color-scheme:dark){svg .on{fill:#0d1117}}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(26rem,1fr));gap:1rem 1.5rem}figure{margin:0}
figcaption{font-size:.92rem;color:var(--soft);margin:0 0 .2rem}
details{margin:.6rem 0}summary{cursor:pointer;color:var(--focus)}
pre{background:var(--card);border:1px solid var(--line);border-radius:.3rem;padding:.5rem .7rem;overflow-x:auto;white-space:pre-wrap;
margin:.3rem 0}.table:focus-visible{outline:3px solid var(--focus);outline-offset:2px}td ul{margin:0;padding-left:1rem}
.cmd{background:var(--card);border:1px solid var(--line);border-radius:.3rem;padding:.1rem .35rem}
@media print{:root{--ink:#000;--paper:#fff;--card:#fff;--line:#999}body{font-size:10pt}nav,.skip{display:none}
main{max-width:none;padding:0}h2,h3,caption{break-after:avoid}tr,svg{break-inside:avoid}thead{display:table-header-group}
.table,pre{overflow:visible}td{white-space:normal;overflow-wrap:break-word}.figures{grid-template-columns:1fr 1fr}summary{list-style:none;color:var(--ink)}
details::details-content{content-visibility:visible;height:auto}}
"""
