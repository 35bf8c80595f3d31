"""Running containers in a terminal: the old ones first, with what brings the newer image."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.model.running import RunningLine, RunningReport
from seamline.render.layout import clip_front, fronted, plain, table, wrapped
from seamline.render.words import word

_COLUMNS = 80
_MOST_WHERE = 24


def write_running(report: RunningReport, language: str) -> str:
    """The text, ending in a newline."""
    old = [line for line in report.containers if line.verdict == "old"]
    unknown = [line for line in report.containers if line.verdict == "unknown"]
    told = "running-summary" if old or unknown or not report.containers else "running-none-old"
    lines = [
        word(told, language, number=len(report.containers), old=len(old), unknown=len(unknown)),
        *_known_until(report, language),
        *_table([*old, *unknown], language),
    ]
    return "\n".join(lines) + "\n"


def _known_until(report: RunningReport, language: str) -> list[str]:
    """How far the known bases reach, where they alone were asked: what came out since is no image that they know."""
    if not report.known_until:
        return []
    return wrapped(word("running-known-until", language, day=report.known_until).split(" "), _COLUMNS)


def _table(lines: Sequence[RunningLine], language: str) -> list[str]:
    if not lines:
        return []
    rows = [[word(f"column-{name}", language) for name in ("where", "image", "verdict", "mend", "newest")]]
    rows += [
        [
            plain(line.where),
            plain(line.image),
            word(f"running-{line.verdict}", language)
            + (f" {word('days', language, days=line.behind_days)}" if line.behind_days else ""),
            word(f"brought-by-{line.mend}", language),
            line.newest_day or "-",
        ]
        for line in lines
    ]
    for row in rows[1:]:
        row[0] = clip_front(row[0], _MOST_WHERE)
    return ["", *table(fronted(rows, 1, _COLUMNS), align="lllll"), "", *_reasons(lines, language)]


def _reasons(lines: Sequence[RunningLine], language: str) -> list[str]:
    """What each act means and how the old ones are known to be old, each said once."""
    told: dict[str, None] = {}
    for line in lines:
        if line.verdict == "unknown":
            told[word(f"running-why-{line.because}", language)] = None
        elif line.because == "old-base":
            told[word("running-why-old-base", language, image=plain(line.image), base=plain(line.base))] = (
                None
            )
        else:
            told[
                f"{word(f'brought-by-{line.mend}', language)}{word('colon', language)}"
                f"{word(f'mend-{line.mend}', language)}"
            ] = None
        if line.because in ("tag-moved", "made-before"):
            told[word(f"running-why-{line.because}", language)] = None
    return [part for text in told for part in wrapped(text.split(" "), _COLUMNS)]
