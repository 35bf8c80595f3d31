"""Two images on three dimensions: indicators side by side, what differs, what it means."""

from __future__ import annotations

from seamline import __version__
from seamline.compare import customization, security, update
from seamline.compare.conclude import conclude
from seamline.compare.delta import delta
from seamline.compare.indicator import compared
from seamline.compare.relation import relation
from seamline.model.comparison import CompareReport, DimensionLine, Head
from seamline.model.portrait import Portrait

DIMENSIONS = (
    ("security", security.INDICATORS),
    ("update", update.INDICATORS),
    ("customization", customization.INDICATORS),
)


def compare_report(a: Portrait, b: Portrait) -> CompareReport:
    """The comparison of A with B."""
    return CompareReport(
        a=_head(a),
        b=_head(b),
        relation=tuple(relation(a.inspect, b.inspect)),
        dimensions=tuple(
            DimensionLine(name=name, indicators=tuple(compared(indicators, a, b)))
            for name, indicators in DIMENSIONS
        ),
        delta=delta(a, b),
        words=tuple(conclude(a, b)),
        gaps=(*a.scan.gaps, *b.scan.gaps),
        as_of=a.as_of,
        seamline=__version__,
    )


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
    )
