"""What could not be read or decided, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from seamline.errors import Where
from seamline.model.evidence import Gap
from seamline.render.layout import clip, left, plain, wrapped
from seamline.render.words import say, word

if TYPE_CHECKING:  # what an inspection tells of its gaps needs nothing of findings
    from seamline.model.finding import ScanReport

_LABEL = 12
_MOST = 20
_LONGEST = 1000  # columns; names that strangers give may be of any length
_OF_DATABASE = (
    "only-starter-set",
    "advisories-too-old",
    "advisories-not-there",
    "release-without-advisories",
)


def gap_text(gap: Gap, language: str) -> str:
    """Where it is, and what is not known there."""
    told = say(gap.message, language)
    where = gap.where
    if where.layer is not None and "layer" in gap.message.args and where == Where(layer=where.layer):
        return told  # it names the layer itself
    place = _place(where, language)
    return f"{place}{word('colon', language)}{told}" if place else told


def _place(where: Where, language: str) -> str:
    """Where it is, its layer and offset in the reader's words."""
    spot = plain(str(msgspec.structs.replace(where, layer=None, offset=None)))
    if where.offset is not None:
        spot = word("gap-at-byte", language, place=spot, offset=where.offset).strip()
    if where.layer is not None:
        spot = word("gap-in-layer", language, place=spot, layer=where.layer).strip()
    return spot


def gap_texts(gaps: Sequence[Gap], language: str) -> list[str]:
    """What each tells, each once, and how many more JSON has; a word where there are none."""
    texts = list(dict.fromkeys(clip(gap_text(gap, language), _LONGEST) for gap in gaps))
    more = len(texts) - _MOST
    others = [word("and-others", language, number=more)] if more > 0 else []
    return [*texts[:_MOST], *others] or [word("nothing", language)]


def not_checked(gaps: Sequence[Gap], language: str, columns: int = 80) -> Iterator[str]:
    """The last lines of a report."""
    label = left(word("not-checked", language), _LABEL)
    for text in gap_texts(gaps, language):
        for line in wrapped(text.split(), columns - _LABEL - 1):
            yield f"{label} {line}"
            label = " " * _LABEL


def how_judged(reports: Sequence[ScanReport]) -> str:
    """What made the reports, and what its database lacked, in one line."""
    lacked = (
        say(gap.message, "en") for report in reports for gap in report.gaps if gap.message.id in _OF_DATABASE
    )
    made = (f"Seamline {report.seamline}".strip() for report in reports)
    return "; ".join(dict.fromkeys((*made, *lacked)))
