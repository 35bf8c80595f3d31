"""Where one's own part of an image begins, as the user says: `--mine 5` (a layer) or `--mine registry.example/base:1`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from seamline.errors import Usage, counted
from seamline.formats.untyped import whole
from seamline.model.evidence import Evidence, Message, Rung
from seamline.model.package import Install, Side
from seamline.model.seam import Base, LayerSpan, Stratum, full_name, repository_of
from seamline.verbs.stock import Stock

_DIGEST = "sha256:"
_SHORT = len(_DIGEST) + 12  # as `base list` shows them


class Own(msgspec.Struct, frozen=True):
    """A stock cut where one's own part begins, and the position of the first stratum of it."""

    stock: Stock
    first: int


def own_part(stock: Stock, text: str) -> Own:
    """The stock with a cut where `text` says: a layer's position, or a base of one's own in the chain.

    Raises:
        Usage: there is no such layer or base.
    """
    layer = whole(text)
    if layer is None:
        return _from_base(stock, text)
    spans = [each.extent for each in stock.strata if isinstance(each.extent, LayerSpan)]
    top = max((span.last for span in spans), default=-1)
    if len(spans) < len(stock.strata):
        raise _without_layers(text, stock)
    if not 0 <= layer <= top:
        raise Usage(
            f"--mine {text}",
            expected=f"a layer from 0 to {top}",
            got=text,
            hint="seamline inspect IMAGE shows the layers",
        )
    strata = tuple(part for stratum in stock.strata for part in _cut(stratum, layer))
    first = next(at for at, each in enumerate(strata) if _span(each).first >= layer)

    def index_of(install: Install) -> int:
        return next(at for at, each in enumerate(strata) if (install.current_layer or 0) <= _span(each).last)

    return Own(msgspec.structs.replace(stock, strata=strata, index_of=index_of), first)


def _without_layers(text: str, stock: Stock) -> Usage:
    """That an image's parts are not layers, and why."""
    if not stock.image.place.startswith("sbom-"):
        return Usage(
            f"--mine {text}",
            expected="an image whose parts are layers",
            got="one whose parts share layers, as squashing makes it",
            hint="name the base: --mine NAME; seamline inspect IMAGE shows it",
        )
    untold = sum(each.current_layer is None for each in stock.installs)
    return Usage(
        f"--mine {text}",
        expected="an SBOM that tells the layer of every package",
        got=f"{counted(untold, 'package')} without one" if untold else "parts that share layers",
        hint="write one with seamline sbom IMAGE -f json",
    )


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
        if stratum.base is not None or stratum.side == Side.SYSTEM:
            return (_as_base(stratum),)
        return (_told(stratum, Side.APPLICATION, span, reason),)
    lower, upper = LayerSpan(span.first, layer - 1), LayerSpan(layer, span.last)
    below = msgspec.structs.replace(stratum, name=str(lower), base=None, candidates=())
    above = msgspec.structs.replace(stratum, name="application", base=None, candidates=(), owner="")
    return (
        _told(below, Side.SYSTEM, lower, reason),
        _told(above, Side.APPLICATION, upper, reason),
    )


def _as_base(stratum: Stratum, platform: str = "") -> Stratum:
    """A stratum as the base that it is: an SBOM tells no more of one than its name, nor does what is only claimed."""
    if stratum.base is not None or stratum.candidates or ":" not in stratum.name:
        return stratum
    named = Base(names=(full_name(stratum.name),), diff_ids=(), platform=platform)
    return msgspec.structs.replace(stratum, base=named)


def _told(stratum: Stratum, side: Side, span: LayerSpan, reason: Evidence) -> Stratum:
    if stratum.side == side and stratum.extent == span:
        return stratum
    name = str(span) if stratum.name == "application" and side == Side.SYSTEM else stratum.name
    return msgspec.structs.replace(
        stratum, name=name, side=side, extent=span, evidence=(*stratum.evidence, reason)
    )


def _from_base(stock: Stock, text: str) -> Own:
    """The stock as one's own from a base up. A base that an image only claims is one where its keeper says so."""
    at = next((at for at, each in enumerate(stock.strata) if _is_called(each, text)), None)
    if at is not None:
        reason = Evidence(rung=Rung.CLAIM, message=Message("told-by-mine-base", {"base": text}))
        strata = [
            msgspec.structs.replace(each, side=Side.SYSTEM, evidence=(*each.evidence, reason))
            if position <= at and each.side == Side.UNKNOWN
            else each
            for position, each in enumerate(stock.strata)
        ]
        strata[at] = _as_base(_which(strata[at], text), stock.image.platform)
        return Own(msgspec.structs.replace(stock, strata=tuple(strata)), at)
    raise Usage(
        f"--mine {text}",
        expected="a layer's position, or a base in this image's chain",
        got=text,
        hint="seamline inspect IMAGE shows both",
    )


def _which(stratum: Stratum, text: str) -> Stratum:
    """A stratum that several bases are, as the one that a text names."""
    named = [
        each
        for each in stratum.candidates
        if _is_called(msgspec.structs.replace(stratum, name="", candidates=(each,)), text)
    ]
    if stratum.base is not None or len(named) != 1:
        return stratum
    return msgspec.structs.replace(stratum, base=named[0], name=named[0].reference)


def _is_called(stratum: Stratum, text: str) -> bool:
    """Whether a stratum is the base that a text names: by a name with or without its tag, or by a digest or how one begins."""
    bases = stratum.candidates or ((stratum.base,) if stratum.base is not None else ())
    name, _, digest = ("", "", text) if text.startswith(_DIGEST) else text.partition("@")
    if digest:
        told = (each for base in bases for each in (base.digest, base.index_digest) if each)
        return len(digest) >= _SHORT and any(each.startswith(digest) for each in told)
    names = {each for base in bases for each in base.names}
    if not bases and ":" in stratum.name:  # claimed, and known to nobody
        names.add(full_name(stratum.name))
    wanted = full_name(name)
    has_tag = ":" in name.rpartition("/")[2]
    return wanted in names or (not has_tag and repository_of(wanted) in map(repository_of, names))
