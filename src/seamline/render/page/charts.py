"""The pictures of a page, as SVG that scales: the strata as a cut, a treemap, bars. Each says in words what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from seamline.render.layout import clip, width
from seamline.render.page.html import Markup, join, tag

_WIDE = 960
_BAND_LEAST, _BAND_MOST = 34, 190
_CHAR = 7.2


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """One stratum of a cut: its name, its side, how much it weighs, and a second line. `is_seam` draws the seam below it."""

    name: str
    side: str
    weight: float
    note: str
    is_seam: bool = False


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """One tile of a treemap; `title` is what a reader is told of it."""

    name: str
    side: str
    weight: float
    title: str


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One row of bars: its label, and pieces of (class, size, words)."""

    label: str
    pieces: tuple[tuple[str, float, str], ...]


def cut(bands: Sequence[Band], seam: str, told: str) -> Markup:
    """The strata, the topmost first, each as high as it weighs; the seam drawn where the sides meet."""
    total = sum(band.weight for band in bands) or 1
    heights = [min(max(360 * band.weight / total, _BAND_LEAST), _BAND_MOST) for band in bands]
    parts: list[Markup] = []
    y = 0.0
    for band, height in zip(bands, heights, strict=True):
        parts.append(_rect(0, y, _WIDE, height, f"f-{band.side} edge"))
        parts.append(_label(14, y + height / 2 - 2, clip(band.name, 70), "on"))
        parts.append(_label(14, y + height / 2 + 13, clip(band.note, 100), "on"))
        y += height
        if band.is_seam:
            parts += [_line(y + 11), _label(_WIDE / 2 - width(seam) * _CHAR / 2, y + 27, seam, "")]
            y += 36
    return _svg(parts, y, told)


def treemap(tiles: Sequence[Tile], told: str, height: float = 320) -> Markup:
    """The tiles as a squarified treemap. Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000)."""
    found = sorted((tile for tile in tiles if tile.weight > 0), key=lambda tile: -tile.weight)
    total = sum(tile.weight for tile in found)
    if not total:
        return Markup("")
    scale = _WIDE * height / total
    parts = [
        _tile(tile, *place)
        for tile, place in zip(
            found, _squarified([tile.weight * scale for tile in found], (0, 0, _WIDE, height)), strict=True
        )
    ]
    return _svg(parts, height, told)


_Box = tuple[float, float, float, float]


def _squarified(areas: Sequence[float], box: _Box) -> Iterator[_Box]:
    x, y, wide, high = box
    at = 0
    while at < len(areas):
        side = min(wide, high)
        row = [areas[at]]
        while at + len(row) < len(areas) and _worst([*row, areas[at + len(row)]], side) <= _worst(row, side):
            row.append(areas[at + len(row)])
        thick = sum(row) / side if side else 0
        along = 0.0
        for area in row:
            length = area / thick if thick else 0
            yield (x + along, y, length, thick) if wide < high else (x, y + along, thick, length)
            along += length
        x, y, wide, high = (
            (x, y + thick, wide, high - thick) if wide < high else (x + thick, y, wide - thick, high)
        )
        at += len(row)


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    if not side or not min(row):
        return float("inf")
    return max(side * side * max(row) / (total * total), total * total / (side * side * min(row)))


def _tile(tile: Tile, x: float, y: float, wide: float, high: float) -> Markup:
    fits = int((wide - 8) / _CHAR)
    label = clip(tile.name, fits) if high > 16 and fits > 4 else ""
    return tag(
        "g",
        tag("title", tile.title),
        _rect(x, y, wide, high, f"f-{tile.side} edge"),
        _label(x + 5, y + 15, label, "on") if label else None,
    )


def bars(rows: Sequence[Bar], told: str, label_room: int = 220, wide: int = _WIDE) -> Markup:
    """Horizontal bars, one row a label, the pieces of a row end to end; the words of all pieces stand behind."""
    most = max((sum(size for _, size, _ in row.pieces) for row in rows), default=0) or 1
    words_room = max((width(_words(row)) for row in rows), default=0) * _CHAR + 12
    room = max(wide - label_room - words_room, 120)
    parts: list[Markup] = []
    for at, row in enumerate(rows):
        y, x = at * 26.0, float(label_room)
        parts.append(_label(0, y + 16, clip(row.label, 30), ""))
        for name, size, words in row.pieces:
            long = room * size / most
            if long > 0:
                shape = _rect(x, y + 3, max(long, 2), 18, f"{name} edge")
                parts.append(tag("g", tag("title", f"{row.label}: {words}"), shape))
                x += long
        parts.append(_label(x + 6, y + 16, _words(row), ""))
    return _svg(parts, len(rows) * 26.0 + 2, told, wide)


def _words(row: Bar) -> str:
    return ", ".join(words for _, size, words in row.pieces if size > 0)


def _svg(parts: Sequence[Markup], height: float, told: str, wide: int = _WIDE) -> Markup:
    return tag(
        "svg",
        tag("title", told),
        join(parts),
        viewBox=f"0 0 {wide} {height:.0f}",
        role="img",
        aria_label=told,
        xmlns="http://www.w3.org/2000/svg",
    )


def _rect(x: float, y: float, wide: float, high: float, name: str) -> Markup:
    return tag("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{wide:.1f}", height=f"{high:.1f}", class_=name)


def _line(y: float) -> Markup:
    return tag("line", x1="0", x2=str(_WIDE), y1=f"{y:.1f}", y2=f"{y:.1f}", class_="seam")


def _label(x: float, y: float, text: str, name: str) -> Markup:
    return tag("text", text, x=f"{x:.1f}", y=f"{y:.1f}", class_=name or None)
