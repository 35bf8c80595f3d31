"""Running containers in a terminal: the old ones first, with what brings the newer image."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.model.running import RunningLine, RunningReport
from seamline.render.layout import plain, table
from seamline.render.words import word


def write_running(report: RunningReport, language: str) -> str:
    """The text, ending in a newline."""
    old = [line for line in report.containers if line.verdict == "old"]
    unknown = [line for line in report.containers if line.verdict == "unknown"]
    lines = [
        word("running-summary", language, number=len(report.containers), old=len(old), unknown=len(unknown)),
        *_table([*old, *unknown], language),
    ]
    return "\n".join(lines) + "\n"


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
            word(f"mend-{line.mend}", language),
            f"{line.newest_day} {line.newest[:19]}".strip(),
        ]
        for line in lines
    ]
    return ["", *table(rows, align="lllll", most=(44, 50, 20, 40, 32))]
