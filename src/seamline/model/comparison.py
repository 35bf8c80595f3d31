"""Two images side by side: indicators by dimension, what differs by side, and what that means in words."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Gap, Message
from seamline.model.package import Side
from seamline.model.report import ImageLine


class Measured(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One image's value of an indicator. `number` orders it, None where it has no order or is not known; `shown` are its
    words. `system` and `application` are the shares of the sides, None where it has none."""

    shown: Message
    number: float | None = None
    system: float | None = None
    application: float | None = None


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


class PackageChange(msgspec.Struct, frozen=True, kw_only=True):
    """One package that is in one image only (the other's version is empty), or in two versions."""

    name: str
    ecosystem: str
    a: str
    b: str
    side: Side


class DeltaLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What differs from A to B of one kind: findings, surface, settings or files; `added`, `removed` and `changed` are
    names; `more` counts those that are left out."""

    kind: str
    side: Side
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    more: int = 0


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs from A to B."""

    packages: tuple[PackageChange, ...]
    others: tuple[DeltaLine, ...]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One of the images in a line."""

    image: ImageLine
    kind: str
    form: str
    distribution: str
    size_bytes: int
    packages: int


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
