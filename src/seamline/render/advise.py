"""Bases to stand on in a terminal: what each removes, keeps, adds, and what the application would miss."""

from __future__ import annotations

from seamline.model.advice import AdviseReport
from seamline.render.layout import count, plain, table
from seamline.render.words import word

_HEADS = ("base", "created", "packages", "removes", "keeps", "adds", "misses")


def write_advise(report: AdviseReport, language: str) -> str:
    """The text, ending in a newline."""
    lines = [
        word(
            "advise-now",
            language,
            base=plain(report.base),
            packages=count(report.packages),
            flaws=len(report.flaws),
        ),
        "",
    ]
    if report.candidates:
        rows = [[word(f"column-{name}", language) for name in _HEADS]]
        rows += [
            [
                plain(each.reference) + (f" {each.digest[:19]}" if each.digest else ""),
                each.created,
                count(each.packages),
                str(len(each.removes)),
                str(len(each.keeps)),
                str(len(each.adds)),
                plain(", ".join(each.misses[:4])) or "-",
            ]
            for each in report.candidates
        ]
        lines += table(rows, align="llrrrrl", most=(56, 10, 8, 8, 8, 8, 40))
    else:
        lines.append(word("advise-none", language))
    if report.unstudied:
        lines += ["", word("advise-unstudied", language, names=plain(", ".join(report.unstudied)))]
    return "\n".join(lines) + "\n"
