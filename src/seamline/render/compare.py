"""A comparison in a terminal: both images, a table a dimension, what differs, what it means."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from seamline.model.comparison import CompareReport, DimensionLine, Head, IndicatorLine, Measured
from seamline.render.compare_delta import delta_lines
from seamline.render.gaps import not_checked
from seamline.render.layout import clip, left, megabytes, plain, right, width, wrapped
from seamline.render.next_steps import next_steps
from seamline.render.words import say, word

_LEAST_COLUMNS = 80
_BETTER = 6
_MOST_NAMED = 2
_NAME = 16


def write_compare(report: CompareReport, language: str, columns: int = 100) -> str:
    """The text of a comparison, ending in a newline."""
    lines = [
        *_heads(report, language, columns),
        *(line for said in report.relation for line in _said(plain(say(said, language)), columns)),
        *(
            line
            for dimension in report.dimensions
            for line in ("", *_dimension(dimension, language, columns))
        ),
        "",
        *_delta(report, language, columns),
        "",
        *_words(report, language, columns),
        *not_checked(report.gaps, language, columns),
        *_next(report, language, columns),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _heads(report: CompareReport, language: str, columns: int) -> Iterator[str]:
    """Both images under each other, their columns as wide as they need to be, the name cut first."""
    rows = [_head(letter, head, language) for letter, head in (("A", report.a), ("B", report.b))]
    widths = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))]
    over = sum(widths) + 2 * (len(widths) - 1) + 1 - columns
    for at, least in ((3, 9), (1, 20)):
        cut = max(min(over, widths[at] - least), 0)
        widths[at] -= cut
        over -= cut
    for row in rows:
        cells = (
            right(text, size) if at >= len(row) - 2 else left(_short(text, size) if at == 1 else text, size)
            for at, (text, size) in enumerate(zip(row, widths, strict=True))
        )
        yield " " + "  ".join(cells)


def _short(name: str, columns: int) -> str:
    """The end of a name tells more than its beginning: the tag stands there."""
    if width(name) <= columns:
        return name
    kept = name
    while width(kept) > columns - 3:
        kept = kept[1:]
    return "..." + kept


def _head(letter: str, head: Head, language: str) -> Sequence[str]:
    return (
        letter,
        plain(head.image.reference),
        word(f"short-kind-{head.kind}", language),
        plain(head.distribution).replace(" GNU/Linux", "").partition(" (")[0]
        or word("no-distribution", language),
        f"{megabytes(head.size_bytes)} MB",
        word("packages-in", language, number=head.packages),
    )


def _said(text: str, columns: int) -> list[str]:
    return [f" {line}" for line in wrapped(text.split(), columns - 2)]


def _sizes(columns: int) -> tuple[int, int, int]:
    """The widths of the name, of a value, of the shares."""
    spare = columns - _LEAST_COLUMNS
    value = 13 + spare * 3 // 20
    name = 23 + spare * 5 // 20
    return name, value, columns - name - 2 * value - _BETTER - 4


def _dimension(dimension: DimensionLine, language: str, columns: int) -> Iterator[str]:
    name, value, share = _sizes(columns)
    sides = f"{word('side-system', language)} | {word('side-application', language)}"
    shares = f"B = {sides}" if width(sides) + 5 <= share else sides
    head = (
        f"{left(word(f'dimension-{dimension.name}', language), name)} {right('A', value)} {right('B', value)}"
    )
    yield f"{head}  {left(shares, share)}{word('better', language)}"
    neither = [
        each for each in dimension.indicators if not each.a.number and not each.b.number and _is_count(each)
    ]
    for each in dimension.indicators:
        if each not in neither:
            yield from _row(each, language, columns)
    if neither:
        yield from _neither([word(f"indicator-{each.id}", language) for each in neither], language, columns)


def _neither(names: Sequence[str], language: str, columns: int) -> Iterator[str]:
    label = word("neither-has", language)
    told = word("comma", language).join(names)
    for at, line in enumerate(wrapped(told.split(), columns - width(label) - 1)):
        yield f" {label if not at else ' ' * width(label)}{line}"


def _is_count(line: IndicatorLine) -> bool:
    """Whether both are a plain number of things, so that nothing is lost where both are none."""
    return line.a.shown.id == line.b.shown.id == "measured-number"


def _row(line: IndicatorLine, language: str, columns: int) -> Iterator[str]:
    """One indicator; what is too long for its column goes on below, and a value without shares takes their room too."""
    name, value, share = _sizes(columns)
    shares = shares_of(line.b, language)
    names = wrapped(word(f"indicator-{line.id}", language).split(), name - 1)
    a = wrapped(plain(say(line.a.shown, language)).split(), value)
    told = plain(say(line.b.shown, language))
    is_wide = not shares and width(told) > value
    b = wrapped(told.split(), value if not is_wide else value + 2 + share - 1)
    parts = wrapped(shares.split(), share - 1)
    better = line.better.upper() or "-"
    for at in range(max(len(names), len(a), len(b), len(parts), 1)):
        head, one, other, part = (each[at] if at < len(each) else "" for each in (names, a, b, parts))
        start = f" {left(head, name - 1)} {right(one, value)} "
        middle = left(other, value + 2 + share) if is_wide else f"{right(other, value)}  {left(part, share)}"
        yield f"{start}{middle}{better if not at else ''}"


def shares_of(measured: Measured, language: str) -> str:
    """`11 | 0`, with what is on no side and some names of what is not the base's."""
    if measured.system is None or measured.application is None:
        return ""
    text = f"{measured.system:g} | {measured.application:g}"
    if measured.unknown:
        text += f", {word('side-unknown', language)} {measured.unknown:g}"
    own = int(measured.application + (measured.unknown or 0)) if measured.named else 0
    if own:
        names = [each.rpartition("/")[2].rpartition(":")[2] for each in measured.named]
        shown = ", ".join(clip(plain(each), _NAME) for each in names[: min(own, _MOST_NAMED)])
        text += f" ({shown}{', ...' if own > _MOST_NAMED else ''})"
    return text


def _delta(report: CompareReport, language: str, columns: int) -> Iterator[str]:
    yield word("delta", language)
    found = list(delta_lines(report, language))
    label = max((width(head) for head, _ in found), default=0)
    for head, text in found:
        for at, line in enumerate(wrapped(plain(text).split(), columns - label - 4)):
            yield f" {left('' if at else head, label)}  {line}"
    if not found:
        yield f" {word('nothing', language)}"


def _words(report: CompareReport, language: str, columns: int) -> Iterator[str]:
    label = word("in-words", language)
    margin = width(label) + 3
    first = True
    for each in report.words:
        for line in wrapped(plain(say(each, language)).split(), columns - margin):
            yield f"{left(label if first else '', margin)}{line}"
            first = False


def _next(report: CompareReport, language: str, columns: int) -> Iterator[str]:
    a, b = (shlex.quote(plain(each.image.reference)) for each in (report.a, report.b))
    commands = (
        f"seamline audit {b}",
        f"seamline scan {b}",
        f"seamline compare {a} {b} -f html -o compare.html",
    )
    return next_steps(commands, language, columns)
