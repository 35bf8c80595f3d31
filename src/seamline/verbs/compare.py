"""Two images on three dimensions: indicators side by side, what differs, what it means. Several in an overview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from seamline import __version__
from seamline.compare import customization, security, update
from seamline.compare.conclude import conclude
from seamline.compare.delta import delta
from seamline.compare.files import files_of
from seamline.compare.indicator import Indicator, compared
from seamline.compare.relation import relation, stands_on
from seamline.model.comparison import (
    CompareReport,
    DimensionLine,
    Head,
    OverviewLine,
    OverviewReport,
)
from seamline.model.evidence import Gap
from seamline.model.portrait import Portrait
from seamline.model.seam import Base
from seamline.seam.learn import base_of, inventory_of
from seamline.stores.ledger import Bases
from seamline.stores.shelf import Shelf, Stack
from seamline.verbs.base import names_of
from seamline.verbs.inspect import Seen, see

DIMENSIONS = (
    ("security", security.INDICATORS),
    ("update", update.INDICATORS),
    ("customization", customization.INDICATORS),
)
Paint = Callable[[Seen, Bases], Portrait]
"""Makes the portrait of an image among known bases."""


class Viewed(msgspec.Struct, frozen=True, kw_only=True):
    """One of the images: seen, with its portrait."""

    seen: Seen
    portrait: Portrait


def viewed(a: Seen, b: Seen, known: Bases, paint: Paint) -> tuple[Viewed, Viewed]:
    """Both images with their portraits. Where one stands on the other, that other is taken as a known base, so that what
    came from it is on the system side."""
    both = {"a": a, "b": b}
    for upper, lower in (("a", "b"), ("b", "a")):
        if stands_on(_diff_ids(both[upper]), _diff_ids(both[lower])):
            known = Stack((known, Shelf([_as_base(both[lower])])))
            both[upper] = see(both[upper].looked, known)
    return (
        Viewed(seen=both["a"], portrait=paint(both["a"], known)),
        Viewed(seen=both["b"], portrait=paint(both["b"], known)),
    )


def _diff_ids(seen: Seen) -> Sequence[str | None]:
    return tuple(reading.diff_id for reading in seen.looked.layers)


def _as_base(seen: Seen) -> Base:
    looked = seen.looked
    told = [reading.diff_id for reading in looked.layers if reading.diff_id is not None]
    inventory = inventory_of(looked.tree, looked.catalog.installs)
    return base_of(looked.image, told, names=names_of(looked.image), team="", day="", inventory=inventory)


def compare_report(one: Viewed, other: Viewed) -> CompareReport:
    """The comparison of A with B."""
    a, b = one.portrait, other.portrait
    files = [files_of(each.seen.looked.tree, each.seen.side_of) for each in (one, other)]
    difference = delta(a, b, (files[0], files[1]))
    return CompareReport(
        a=_head(a),
        b=_head(b),
        relation=tuple(relation(a.inspect, b.inspect)),
        dimensions=tuple(
            DimensionLine(name=name, indicators=tuple(compared(indicators, a, b)))
            for name, indicators in DIMENSIONS
        ),
        delta=difference,
        words=tuple(conclude(a, b, difference)),
        gaps=_once((*a.gaps, *b.gaps)),
        as_of=a.as_of,
        seamline=__version__,
    )


def overview_report(portraits: Sequence[Portrait]) -> OverviewReport:
    """Several images, one line each."""
    every: list[Indicator] = [each for _, indicators in DIMENSIONS for each in indicators]
    return OverviewReport(
        images=tuple(
            OverviewLine(image=_head(each), indicators={one.id: one.of(each) for one in every})
            for each in portraits
        ),
        gaps=_once(gap for each in portraits for gap in each.gaps),
        as_of=portraits[0].as_of if portraits else "",
        seamline=__version__,
    )


def _once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    told = {(str(gap.where), gap.message.id, *map(str, gap.message.args.values())): gap for gap in gaps}
    return tuple(told.values())


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
