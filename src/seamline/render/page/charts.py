"""The pictures of a page, drawn by the browser's own layout, so that their text grows with the reader's and wraps where it
must: the strata as a cut, a treemap, bars. What a picture shows is also there in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seamline.render.page.html import Markup, join, tag

_WIDE, _HIGH = 960.0, 320.0
_BAND_LEAST, _BAND_MOST, _BANDS_HIGH = 2.9, 12.0, 24.0
"""In the reader's own unit, so that the two lines of a band fit."""


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
    parts: list[Markup] = []
    for band in bands:
        high = min(max(_BANDS_HIGH * band.weight / total, _BAND_LEAST), _BAND_MOST)
        text = (tag("b", band.name), tag("span", band.note))
        parts.append(tag("li", text, class_=f"band f-{band.side}", style=f"min-height:{high:.2f}rem"))
        if band.is_seam:
            parts.append(tag("li", tag("span", seam), class_="seam"))
    return tag("ol", join(parts), class_="cut", aria_label=told)


def treemap(tiles: Sequence[Tile], told: str) -> Markup:
    """The tiles as a squarified treemap, one picture. Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000)."""
    found = sorted((tile for tile in tiles if tile.weight > 0), key=lambda tile: -tile.weight)
    total = sum(tile.weight for tile in found)
    if not total:
        return Markup("")
    scale = _WIDE * _HIGH / total
    areas = [tile.weight * scale for tile in found]
    parts = (
        _tile(tile, *place)
        for tile, place in zip(found, _squarified(areas, (0, 0, _WIDE, _HIGH)), strict=True)
    )
    return tag("div", join(parts), class_="map", role="img", aria_label=told)


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
    """In hundredths of the picture, whose own shape is the page's to choose."""
    place = ";".join(
        f"{name}:{100 * value / of:.3f}%"
        for name, value, of in (
            ("left", x, _WIDE),
            ("top", y, _HIGH),
            ("width", wide, _WIDE),
            ("height", high, _HIGH),
        )
    )
    return tag("div", tag("span", tile.name), class_=f"tile f-{tile.side}", style=place, title=tile.title)


def bars(rows: Sequence[Bar], told: str) -> Markup:
    """Horizontal bars, one row a label, the pieces of a row end to end; the words of all pieces stand behind."""
    most = max((sum(size for _, size, _ in row.pieces) for row in rows), default=0) or 1
    return tag("ul", (_row(row, most) for row in rows), class_="bars", aria_label=told)


def _row(row: Bar, most: float) -> Markup:
    pieces = [(name, size, words) for name, size, words in row.pieces if size > 0]
    track = (
        tag("i", class_=name, style=f"width:{100 * size / most:.2f}%", title=f"{row.label}: {words}")
        for name, size, words in pieces
    )
    return tag(
        "li",
        tag("span", row.label, class_="label"),
        tag("span", track, class_="track", aria_hidden="true"),
        tag("span", ", ".join(words for *_, words in pieces) or "0", class_="words"),
    )


def legend(keys: Iterable[tuple[str, str]]) -> Markup:
    """What each colour stands for: (class, words), beside the picture."""
    marks = (tag("li", tag("i", class_=name, aria_hidden="true"), words) for name, words in keys)
    return tag("ul", marks, class_="legend")
