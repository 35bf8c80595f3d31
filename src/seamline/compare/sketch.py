"""What a comparison reads of one image: all else of its portrait need not be kept, nor go from one process to another."""

from __future__ import annotations

import msgspec

from seamline.compare.conclude import Said, said_of
from seamline.compare.customization import INDICATORS as CUSTOMIZATION
from seamline.compare.delta import Held, held_of
from seamline.compare.files import Files
from seamline.compare.indicator import Indicator, unread_of
from seamline.compare.security import INDICATORS as SECURITY
from seamline.compare.update import INDICATORS as UPDATE
from seamline.model.comparison import Head, OverviewLine
from seamline.model.evidence import Gap
from seamline.model.portrait import Portrait

DIMENSIONS: tuple[tuple[str, tuple[Indicator, ...]], ...] = (
    ("security", SECURITY),
    ("update", UPDATE),
    ("customization", CUSTOMIZATION),
)


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """One image as an overview shows it: its line, and what was not checked."""

    line: OverviewLine
    gaps: tuple[Gap, ...]
    as_of: str


class Sketch(Outline, frozen=True, kw_only=True):
    """One image as it stands beside another one: also the bases that it stands on, bottom up, its name where it is a known base
    itself, what is said of it alone, and what it holds that the other may not."""

    bases: tuple[str, ...]
    known_as: str
    said: Said
    held: Held


def outline(portrait: Portrait) -> Outline:
    """One of several images."""
    return Outline(line=_line(portrait), gaps=portrait.gaps, as_of=portrait.as_of)


def sketch(letter: str, portrait: Portrait, files: Files) -> Sketch:
    """One of two images, which stands as A or B."""
    strata = portrait.inspect.strata
    top = strata[-1].base if strata else None
    return Sketch(
        line=_line(portrait),
        gaps=portrait.gaps,
        as_of=portrait.as_of,
        bases=tuple(each.base.reference for each in strata[:-1] if each.base is not None),
        known_as=top.reference if top is not None else "",
        said=said_of(letter, portrait, unread_of(portrait)),
        held=held_of(portrait, files),
    )


def _line(portrait: Portrait) -> OverviewLine:
    unread = unread_of(portrait)
    indicators = {one.id: one.of(portrait, unread) for _, every in DIMENSIONS for one in every}
    return OverviewLine(image=_head(portrait), indicators=indicators)


def _head(portrait: Portrait) -> Head:
    inspected = portrait.inspect
    distribution = inspected.distribution
    sides = inspected.sides
    return Head(
        image=inspected.image,
        kind=inspected.kind,
        form=inspected.form,
        distribution=(distribution.pretty_name or distribution.id) if distribution is not None else "",
        size_bytes=sum(each.size_bytes for each in (sides.system, sides.application, sides.unknown)),
        packages=len(portrait.packages),
        created=inspected.image.config.created[:10],
    )
