"""Several images in an overview, one line each: in a terminal and in Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

from seamline.model.comparison import OverviewLine, OverviewReport
from seamline.render.gaps import gap_texts, not_checked
from seamline.render.layout import megabytes, plain, table, width, wrapped
from seamline.render.markdown import code, escaped
from seamline.render.markdown import table as markdown_table
from seamline.render.next_steps import next_steps
from seamline.render.words import say, word

COLUMNS = (
    "fixable-findings",
    "worst-findings",
    "privileged-files",
    "rules-cis-4",
    "behind-its-line",
    "support-ends",
    "least-privilege",
)
"""The indicators that an overview has room for; JSON has all of them."""
_MOST = (34, 8, 9, 9, 7, 7, 7, 13, 12, 11)


def overview_rows(
    report: OverviewReport, language: str, shown: Callable[[str], str] = str
) -> list[list[str]]:
    """The heads, then an image a row."""
    heads = [
        word("overview-column-image", language),
        word("column-kind", language),
        "MB",
        *(word(f"overview-{name}", language) for name in COLUMNS),
    ]
    return [heads, *(_row(each, language, shown) for each in report.images)]


def _row(line: OverviewLine, language: str, shown: Callable[[str], str]) -> list[str]:
    values = [line.indicators[name].shown for name in COLUMNS]
    return [
        shown(plain(line.image.image.reference)),
        word(f"short-kind-{line.image.kind}", language),
        megabytes(line.image.size_bytes),
        *(_short(say(each, language), each.id) for each in values),
    ]


def _short(text: str, identifier: str) -> str:
    """Reasons and second dates are for a comparison."""
    cut = (
        plain(text).partition(":")[0].partition("：")[0]
        if identifier.startswith(("privilege-", "support-"))
        else plain(text)
    )
    if identifier == "measured-support":
        return cut.partition(",")[0].partition("，")[0]
    if identifier == "measured-behind":
        return cut.partition(",")[0].partition("，")[0]
    return cut


def write_overview(report: OverviewReport, language: str, columns: int = 100) -> str:
    """The text, ending in a newline: heads of two lines where a word is wider than its column."""
    rows = overview_rows(report, language)
    widths = [max(width(row[at]) for row in rows[1:]) for at in range(len(rows[0]))]
    heads = [
        wrapped(
            head.split(),
            max(size, *(width(each) for each in head.split())) if head.isascii() else max(size, 9),
        )
        for head, size in zip(rows[0], widths, strict=True)
    ]
    tall = max(map(len, heads))
    top = [[each[at] if at < len(each) else "" for each in heads] for at in range(tall)]
    others = sum(max(size, *map(width, head)) for size, head in zip(widths[1:], heads[1:], strict=True))
    room = max(columns - others - 2 * (len(widths) - 1), 16)
    two = " ".join(shlex.quote(plain(each.image.image.reference)) for each in report.images[:2])
    lines = [
        *table([*top, *_names_last(rows[1:], room)], align="ll" + "r" * (len(widths) - 2), most=(room,)),
        "",
        *not_checked(report.gaps, language, columns),
        *next_steps((f"seamline compare {two}",), language, columns),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _names_last(rows: Sequence[Sequence[str]], room: int) -> Iterator[list[str]]:
    """The end of a name tells more than its beginning: the tag stands there."""
    for name, *others in rows:
        yield [name if width(name) <= room else "..." + name[-(room - 3) :], *others]


def write_overview_markdown(report: OverviewReport, language: str) -> str:
    """The table and what was not checked, ending in a newline."""
    heads, *rows = overview_rows(report, language)
    body = [[code(row[0]), *map(escaped, row[1:])] for row in rows]
    gaps = gap_texts(report.gaps, language)
    lines = [*markdown_table(heads, body, numbers=range(2, len(heads))), ""]
    lines.append(f"{word('not-checked', language)}{word('colon', language)}{'; '.join(map(escaped, gaps))}")
    return "\n".join(lines) + "\n"
