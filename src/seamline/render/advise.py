"""Bases to stand on in a terminal: what each removes, keeps, adds, and what the application would miss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.advice import AdviseReport, Candidate
from seamline.model.evidence import first_names
from seamline.render.gaps import not_checked
from seamline.render.layout import count, fronted, plain, table, wrapped
from seamline.render.words import say, word

_HEADS = ("base", "kind", "created", "packages", "removes", "keeps", "adds", "missed")
_COLUMNS = 80
_MOST = 12
_MOST_DETAILED = 5


def _details(candidates: Sequence[Candidate], language: str) -> Iterator[str]:
    """The command for the first candidate; what each adds, and what the application would miss there."""
    best = candidates[0]
    yield f"FROM {plain(f'{best.reference}@{best.digest}' if best.digest else best.reference)}"
    for each in candidates[:_MOST_DETAILED]:
        for name, told in (("column-adds", each.adds), ("column-misses", each.misses)):
            if told:
                shown = plain(first_names(told, _MOST))
                text = f"{plain(each.reference)} - {word(name, language)}{word('colon', language)}{shown}"
                yield from wrapped(text.split(" "), _COLUMNS)


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
                plain(each.reference),
                word(f"advise-{each.kind}", language),
                each.created,
                *map(count, (each.packages, len(each.removes), len(each.keeps), len(each.adds))),
                count(len(each.misses)),
            ]
            for each in report.candidates
        ]
        lines += table(fronted(rows, 0, _COLUMNS), align="lllrrrrr")
        lines += ["", *_details(report.candidates, language)]
    else:
        lines.append(word("advise-none", language))
    if report.unstudied:
        text = word("advise-unstudied", language, names=plain(", ".join(report.unstudied)))
        lines += ["", *wrapped(text.split(" "), _COLUMNS)]
    for note, reason in zip(report.notes[::2], report.notes[1::2], strict=True):
        text = say(note, language) + word("colon", language) + say(reason, language)
        lines += ["", *wrapped(plain(text).split(" "), _COLUMNS)]
    lines += ["", *not_checked(report.gaps, language, _COLUMNS)]
    return "\n".join(lines) + "\n"
