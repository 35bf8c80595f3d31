"""Text that lines up: widths as a terminal shows them (CJK characters take two columns), cut and filled."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

MOST_COLUMNS = 100
"""A summary is never wider, so that its lines can be read."""
_WIDE = frozenset("WF")
_WIDE_COLUMNS = 2
_CLOSING = frozenset("，。、；：！？）》」』】”’\u00a0")
_OPENING = frozenset("（《「『【“‘\u00a0")

_LEAST_NAME = 12


def width(text: str) -> int:
    """How many columns a terminal gives to `text`. Source: Unicode UAX #11, East Asian Width."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def plain(text: str) -> str:
    """`text` with control characters shown as what they are: an image must not drive the terminal."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


def layers_word(origin: int | None, current: int | None) -> str:
    """The layer that brought a package; `0->2` where layer 2 put another version over that of layer 0; `-` where nobody tells."""
    if current is None:
        return "-"
    return str(current) if origin in (None, current) else f"{origin}->{current}"


def clip(text: str, columns: int) -> str:
    """`text` in at most `columns`; a cut one ends in `...`."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for char in text:
        used += _columns(char)
        if used > columns - 3:
            break
        kept.append(char)
    return "".join(kept) + "..."


def clip_front(text: str, columns: int) -> str:
    """The end of `text` in at most `columns`, where names differ at their end; a cut one begins with `...`."""
    if width(text) <= columns:
        return text
    kept, used = "", 3
    for char in reversed(text):
        used += _columns(char)
        if used > columns:
            break
        kept = char + kept
    return "..." + kept


def left(text: str, columns: int) -> str:
    """`text` at the left of exactly `columns`."""
    shown = clip(text, columns)
    return shown + " " * (columns - width(shown))


def right(text: str, columns: int) -> str:
    """`text` at the right of at least `columns`."""
    return " " * (columns - width(text)) + text


def table(rows: Sequence[Sequence[str]], *, align: str, most: Sequence[int] = ()) -> list[str]:
    """Rows as lines with two blanks between columns; `align` has `l` or `r` a column, `most` the widest each may be."""
    if not rows:
        return []
    limits = list(most) + [10_000] * (len(align) - len(most))
    widths = [min(max(width(row[at]) for row in rows), limits[at]) for at in range(len(align))]
    lines = []
    for row in rows:
        cells = [
            left(cell, w) if a == "l" else right(clip(cell, w), w)
            for cell, w, a in zip(row, widths, align, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def fronted(rows: Sequence[Sequence[str]], at: int, columns: int) -> list[list[str]]:
    """The rows with the cells of one column cut at their front, where a table of them would be wider than `columns`."""
    others = (max(width(row[each]) for row in rows) for each in range(len(rows[0])) if each != at)
    room = max(columns - sum(others) - 2 * (len(rows[0]) - 1), _LEAST_NAME)
    return [
        [clip_front(cell, room) if place == at else cell for place, cell in enumerate(row)] for row in rows
    ]


def wrapped(words: Sequence[str], columns: int) -> list[str]:
    """The words in as few lines of at most `columns` as they fit in; Chinese breaks between any two characters, a
    longer word goes on in the next line."""
    lines: list[str] = []
    for text in words:
        for at, unit in enumerate(_units(text)):
            gap = "" if at else " "
            if lines and width(lines[-1]) + len(gap) + width(unit) <= columns:
                lines[-1] += gap + unit
            else:
                lines += _pieces(unit, columns)
    return lines


def _pieces(text: str, columns: int) -> Iterator[str]:
    if width(text) <= columns:
        yield text
        return
    kept, used = "", 0
    for char in text:
        if used + _columns(char) > columns:
            yield kept
            kept, used = "", 0
        kept += char
        used += _columns(char)
    yield kept


def packed(parts: Sequence[str], between: str, columns: int) -> list[str]:
    """The parts side by side in as few lines of `columns` as they fit in; a longer part has a line of its own, whole."""
    lines: list[str] = []
    for part in parts:
        if lines and width(lines[-1]) + width(between) + width(part) <= columns:
            lines[-1] += between + part
        else:
            lines.append(part)
    return lines


def _units(text: str) -> list[str]:
    """What a line may not break: runs of narrow characters, and wide ones with the punctuation that closes them."""
    if text.isascii() or width(text) == len(text):
        return [text]
    units: list[str] = []
    for char in text:
        wide = _columns(char) == _WIDE_COLUMNS
        joins = char in _CLOSING or (bool(units) and units[-1][-1] in _OPENING)
        if units and (joins or not (wide or _columns(units[-1][-1]) == _WIDE_COLUMNS)):
            units[-1] += char
        else:
            units.append(char)
    return units


def megabytes(size_bytes: int) -> str:
    """`114.6`, in millions of bytes; `0.0` only for less than 50 kB."""
    return f"{size_bytes / 1_000_000:.1f}"


def count(number: int) -> str:
    """`1 684`: thousands apart by a blank."""
    return f"{number:,}".replace(",", " ")
