"""Two images side by side: indicators by dimension, what differs by side, and what that means in words."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Gap, Message
from seamline.model.package import Side
from seamline.model.report import ImageLine


class Measured(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One image's value of an indicator. `number` orders it, None where it has no order or is not known; `shown` are its
    words. `system` and `application` are the shares of the sides, None where it has none; `unknown` is what no side is told for.
    `named` are some of what counts, the application side's first."""

    shown: Message
    number: float | None = None
    system: float | None = None
    application: float | None = None
    unknown: float | None = None
    named: tuple[str, ...] = ()


class IndicatorLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One indicator of both images. `better` is a, b or empty where they are equal, not known or no matter of better;
    `why` says which way is better."""

    id: str
    a: Measured
    b: Measured
    better: str = ""
    why: Message | None = None


class DimensionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three dimensions: security, update or customization."""

    name: str
    indicators: tuple[IndicatorLine, ...]


class PackageChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One package that is in one image only (the other's version is empty), or in two versions. `source` is what it was built
    from, where that has another name."""

    name: str
    ecosystem: str
    a: str
    b: str
    side: Side
    source: str = ""


class MajorChange(msgspec.Struct, frozen=True, kw_only=True):
    """One of the parts that much else stands on (the C library, OpenSSL, a runtime), in two releases."""

    name: str
    a: str
    b: str
    side: Side


class SizeChange(msgspec.Struct, frozen=True, kw_only=True):
    """How many bytes of files one side takes in each image."""

    side: Side
    a: int
    b: int


class DeltaLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What differs from A to B of one kind: finding, surface, setting or file; `added`, `removed` and `changed` are
    names; `more` counts those that are left out, `counts` are all of them (added, removed, changed)."""

    kind: str
    side: Side
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    more: int = 0
    counts: tuple[int, int, int] = (0, 0, 0)


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs from A to B."""

    packages: tuple[PackageChange, ...]
    others: tuple[DeltaLine, ...]
    major: tuple[MajorChange, ...] = ()
    sizes: tuple[SizeChange, ...] = ()


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One of the images in a line."""

    image: ImageLine
    kind: str
    form: str
    distribution: str
    size_bytes: int
    packages: int
    created: str = ""


class CompareReport(msgspec.Struct, frozen=True, kw_only=True):
    """Two images on all three dimensions. Schema `seamline.compare/1`. `relation` says whether one stands on the other."""

    a: Head
    b: Head
    relation: tuple[Message, ...]
    dimensions: tuple[DimensionLine, ...]
    delta: Delta
    words: tuple[Message, ...]
    gaps: tuple[Gap, ...]
    as_of: str
    schema: str = "seamline.compare/1"
    seamline: str = ""


class OverviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One image of an overview: what it is, and the indicators of all dimensions by id."""

    image: Head
    indicators: dict[str, Measured]


class OverviewReport(msgspec.Struct, frozen=True, kw_only=True):
    """Several images, one line each, in the order in which they were named. Schema `seamline.compare-overview/1`."""

    images: tuple[OverviewLine, ...]
    gaps: tuple[Gap, ...]
    as_of: str
    schema: str = "seamline.compare-overview/1"
    seamline: str = ""
