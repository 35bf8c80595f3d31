"""Where one's own part of an image begins, as the user says: `--mine 5` (a layer) or `--mine registry.example/base:1`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from seamline.errors import Usage
from seamline.model.evidence import Evidence, Message, Rung
from seamline.model.package import Install, Side
from seamline.model.seam import LayerSpan, Stratum, full_name
from seamline.verbs.stock import Stock


class Own(msgspec.Struct, frozen=True):
    """A stock cut where one's own part begins, and the position of the first stratum of it."""

    stock: Stock
    first: int


def own_part(stock: Stock, text: str) -> Own:
    """The stock with a cut where `text` says: a layer's position, or a base of one's own in the chain.

    Raises:
        Usage: there is no such layer or base.
    """
    if not text.isdecimal():
        return Own(stock, _position_of_base(stock, text))
    layer, spans = int(text), [each.extent for each in stock.strata if isinstance(each.extent, LayerSpan)]
    top = max((span.last for span in spans), default=-1)
    if len(spans) < len(stock.strata) or not 0 <= layer <= top:
        raise Usage(
            f"--mine {text}",
            expected=f"a layer from 0 to {top}" if top >= 0 else "an image whose parts are layers",
            got=text,
            hint="seamline inspect IMAGE shows the layers",
        )
    strata = tuple(part for stratum in stock.strata for part in _cut(stratum, layer))
    first = next(at for at, each in enumerate(strata) if _span(each).first >= layer)

    def index_of(install: Install) -> int:
        return next(at for at, each in enumerate(strata) if install.current_layer <= _span(each).last)

    return Own(msgspec.structs.replace(stock, strata=strata, index_of=index_of), first)


def _span(stratum: Stratum) -> LayerSpan:
    assert isinstance(stratum.extent, LayerSpan)  # noqa: S101 - for the type checker
    return stratum.extent


def _cut(stratum: Stratum, layer: int) -> Sequence[Stratum]:
    """A stratum, in two where one's own part begins inside it. What lies below is what one builds on: the system side."""
    span = _span(stratum)
    reason = Evidence(rung=Rung.CLAIM, message=Message("told-by-mine", {"layer": layer}))
    if span.last < layer:
        return (_told(stratum, Side.SYSTEM, span, reason),)
    if span.first >= layer:
        return (stratum if stratum.base is not None else _told(stratum, Side.APPLICATION, span, reason),)
    lower, upper = LayerSpan(span.first, layer - 1), LayerSpan(layer, span.last)
    below = msgspec.structs.replace(stratum, name=str(lower), base=None, candidates=())
    above = msgspec.structs.replace(stratum, name="application", base=None, candidates=(), owner="")
    return (
        _told(below, Side.SYSTEM, lower, reason),
        _told(above, Side.APPLICATION, upper, reason),
    )


def _told(stratum: Stratum, side: Side, span: LayerSpan, reason: Evidence) -> Stratum:
    if stratum.side == side and stratum.extent == span:
        return stratum
    name = str(span) if stratum.name == "application" and side == Side.SYSTEM else stratum.name
    return msgspec.structs.replace(
        stratum, name=name, side=side, extent=span, evidence=(*stratum.evidence, reason)
    )


def _position_of_base(stock: Stock, text: str) -> int:
    names = {text, full_name(text)}
    for at, stratum in enumerate(stock.strata):
        base = stratum.base
        if base is not None and names & {*base.names, base.digest or "", base.reference}:
            return at
    raise Usage(
        f"--mine {text}",
        expected="a layer's position, or a base in this image's chain",
        got=text,
        hint="seamline inspect IMAGE shows both",
    )
