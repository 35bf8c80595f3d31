"""Cutting the layers into strata: what is proved by a prefix first, then what is only claimed, then what history hints.

The ledger is a lower bound: layers above a known base are the application's unless something shows another
producer's boundary among them; up to that boundary they are a stratum of unknown side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from seamline.errors import Where
from seamline.model.evidence import Evidence, Message, Rung
from seamline.model.image import Digest, Image
from seamline.model.package import Side
from seamline.model.seam import Base, LayerSpan, Stratum, repository_of
from seamline.seam.chain import chain_ids, is_prefix
from seamline.seam.claims import Claim, patch_layer
from seamline.seam.history import Step, builds_end
from seamline.seam.known import KnownBases, LookUp

_MATERIALS = ("provenance", "signed-provenance")
"""Sources that name whatever a build used, be it the base or a stage that was copied from."""
_STRENGTH = {rung: place for place, rung in enumerate(Rung)}


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A base ends below layer `depth`. `picked` are the bases that more than their layers speaks for."""

    depth: int
    bases: tuple[Base, ...]
    picked: tuple[Base, ...]
    evidence: tuple[Evidence, ...]
    name: str = ""

    @property
    def rung(self) -> Rung:
        rungs = [reason.rung for reason in self.evidence if reason.rung is not None]
        return min(rungs, key=_STRENGTH.__getitem__, default=Rung.NONE)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A claim, and the bases it names as far as they are known: those whose layers are the image's first, and not."""

    claim: Claim
    standing: tuple[Base, ...]
    others: tuple[Base, ...]


def check(
    claims: Iterable[Claim], image: Image, known: KnownBases, look_up: LookUp | None
) -> tuple[Checked, ...]:
    """Each claim with the bases that it can mean; the world is asked only where nothing known stands under the image."""
    diff_ids = [layer.diff_id for layer in image.layers]
    depths = {len(base.diff_ids) for base in known.with_chains(chain_ids(diff_ids))}
    platform = str(image.platform)
    checked = []
    for claim in claims:
        bases = list(known.with_digest(claim.digest, platform)) if claim.digest else []
        if not bases:
            bases = [base for name in claim.names for base in known.with_name(name, platform)]
        if look_up is not None and claim.depth not in depths and not _standing(bases, diff_ids):
            bases += [base for reference in claim.references for base in look_up(reference)]
        standing = _standing(bases, diff_ids)
        others = tuple(base for base in bases if base not in standing)
        checked.append(Checked(claim=claim, standing=standing, others=others))
    return tuple(checked)


def _standing(bases: Iterable[Base], diff_ids: Sequence[Digest | None]) -> tuple[Base, ...]:
    return tuple(base for base in bases if is_prefix(base.diff_ids, diff_ids))


def proved_marks(image: Image, checked: Sequence[Checked], known: KnownBases) -> tuple[Mark, ...]:
    """Where bases end whose layers are found to be the image's own, lowest first."""
    marks: dict[int, Mark] = {}
    chains = chain_ids([layer.diff_id for layer in image.layers])
    for base in known.with_chains(chains):
        depth = len(base.diff_ids)
        _add(marks, Mark(depth=depth, bases=(base,), picked=(), evidence=(_layers_match(base),)))
    for each in checked:
        for base in _narrowest(each):
            reason = _claim_holds(each.claim, base)
            _add(marks, Mark(depth=len(base.diff_ids), bases=(base,), picked=(base,), evidence=(reason,)))
        if not each.standing and (mark := _top_layer(each.claim)):
            _add(marks, mark)
    return tuple(marks[depth] for depth in sorted(marks))


def _narrowest(each: Checked) -> tuple[Base, ...]:
    """The bases that a claim proves; where it says how deep the base goes, only bases of that depth."""
    if each.claim.depth is None:
        return each.standing
    return tuple(base for base in each.standing if len(base.diff_ids) == each.claim.depth)


def _top_layer(claim: Claim) -> Mark | None:
    """A run image of buildpacks that nobody knows: its label gives the diff_id of its last layer."""
    if claim.top_layer is None or claim.depth is None:
        return None
    args: Mapping[str, str | int] = {"name": claim.shown, "layer": claim.depth - 1}
    reason = Evidence(rung=claim.rung, message=Message("run-image-ends", args), where=claim.where)
    return Mark(depth=claim.depth, bases=(), picked=(), evidence=(reason,), name=claim.shown)


def _add(marks: dict[int, Mark], mark: Mark) -> None:
    old = marks.get(mark.depth)
    if old is None:
        marks[mark.depth] = mark
        return
    fresh = tuple(reason for reason in mark.evidence if reason not in old.evidence)
    marks[mark.depth] = Mark(
        depth=mark.depth,
        bases=old.bases + tuple(base for base in mark.bases if base not in old.bases),
        picked=old.picked + tuple(base for base in mark.picked if base not in old.picked),
        evidence=tuple(
            sorted((*old.evidence, *fresh), key=lambda reason: _STRENGTH[reason.rung or Rung.NONE])
        ),
        name=old.name or mark.name,
    )


def _layers_match(base: Base) -> Evidence:
    count = len(base.diff_ids)
    args: Mapping[str, str | int] = {"base": base.reference, "layers": count, "diff_id": base.diff_ids[-1]}
    return Evidence(rung=Rung.LEDGER, message=Message("layers-are-base", args), where=Where(layer=count - 1))


def _claim_holds(claim: Claim, base: Base) -> Evidence:
    args: dict[str, str | int] = {"base": base.reference, "layers": len(base.diff_ids)}
    if claim.signer:
        args["key"] = claim.signer
    return Evidence(rung=claim.rung, message=Message(f"{claim.source}-holds", args), where=claim.where)


def strata_of_marks(
    image: Image, marks: Sequence[Mark], steps: Sequence[Step], checked: Sequence[Checked]
) -> list[Stratum]:
    """The strata below, between and above proved marks, bottom up."""
    strata: list[Stratum] = []
    lower = 0
    for mark in marks:
        strata.append(stratum_of_mark(mark, LayerSpan(lower, mark.depth - 1)))
        lower = mark.depth
    return [*strata, *strata_above(image, strata, steps, checked)]


def stratum_of_mark(mark: Mark, extent: LayerSpan) -> Stratum:
    bases = mark.picked or mark.bases
    base = bases[0] if len(bases) == 1 else None
    return Stratum(
        name=" or ".join(each.reference for each in bases[:2]) or mark.name,
        extent=extent,
        side=Side.SYSTEM,
        base=base,
        candidates=mark.bases,
        confidence=mark.rung,
        evidence=mark.evidence,
        publisher=_common({each.repository for each in bases}),
        owner=_common({each.team for each in bases}),
    )


def _common(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else ""


def strata_above(
    image: Image, below: Sequence[Stratum], steps: Sequence[Step], checked: Sequence[Checked]
) -> list[Stratum]:
    """What lies above `below`: unnamed strata up to the last boundary seen, then the application."""
    lower = max((s.extent.last + 1 for s in below if isinstance(s.extent, LayerSpan)), default=0)
    top = len(image.layers)
    claims = _about_others(unverified(checked), below, lower)
    patch = patch_layer(image, steps)
    if patch is None or patch[0] < lower:
        return _above(lower, top, steps, claims)
    position = patch[0]
    if position == top - 1:
        return [*_above(lower, position, steps, claims), _patch(*patch)]
    patched = [unnamed(LayerSpan(lower, position - 1), ())] if lower < position else []
    return [*patched, _patch(*patch), *_above(position + 1, top, steps, claims)]


def _about_others(claims: Sequence[Claim], below: Sequence[Stratum], lower: int) -> tuple[Claim, ...]:
    """The claims that can be about layers from `lower` up: not those whose base ends lower or is found below already,
    be it under another tag, or under a name of a mirror that another claim tells the end of."""
    found = {base.repository for stratum in below for base in stratum.candidates}
    found |= {stratum.publisher for stratum in below}
    ended = [claim for claim in claims if claim.depth is not None and claim.depth <= lower]
    found |= {repository_of(name) for claim in ended for name in claim.names}
    return tuple(
        claim
        for claim in claims
        if (claim.depth is None or claim.depth > lower)
        and found.isdisjoint(repository_of(name) for name in claim.names)
    )


def _above(lower: int, top: int, steps: Sequence[Step], claims: Sequence[Claim]) -> list[Stratum]:
    strata = []
    depths = [depth for depth in builds_end(steps) if lower < depth < top]
    for depth in depths:
        # what an image says about its base is about the one it stands on directly
        told = claims if depth == depths[-1] else ()
        strata.append(unnamed(LayerSpan(lower, depth - 1), told))
        lower = depth
    if lower < top:
        strata.append(_rest(LayerSpan(lower, top - 1), () if strata else claims))
    return strata


def unnamed(extent: LayerSpan, claims: Sequence[Claim]) -> Stratum:
    """Layers of another producer whom nothing known names; a claim that nobody could check may."""
    reason = Message("build-ended", {"layer": extent.last})
    evidence = [Evidence(rung=Rung.HISTORY, message=reason, where=Where(layer=extent.last))]
    evidence += [claim_not_checked(claim) for claim in claims]
    return Stratum(
        name=claims[0].shown if claims else str(extent),
        extent=extent,
        side=Side.UNKNOWN,
        confidence=Rung.CLAIM if claims else Rung.HISTORY,
        evidence=tuple(evidence),
    )


def _rest(extent: LayerSpan, claims: Sequence[Claim]) -> Stratum:
    """The topmost layers: the application's, unless a base is claimed whose end nothing shows."""
    if claims:
        evidence = tuple(claim_not_checked(claim) for claim in claims)
        name = str(extent)
        return Stratum(name=name, extent=extent, side=Side.UNKNOWN, evidence=evidence)
    reason = Evidence(message=Message("above-all-bases"), where=Where(layer=extent.first))
    return Stratum(name="application", extent=extent, side=Side.APPLICATION, evidence=(reason,))


def _patch(position: int, patched: str) -> Stratum:
    reason = Message("patched-by-copa", {"image": patched, "layer": position})
    return Stratum(
        name=f"patch of {patched}",
        extent=LayerSpan(position, position),
        side=Side.SYSTEM,
        confidence=Rung.TOOL_LABEL,
        evidence=(Evidence(rung=Rung.TOOL_LABEL, message=reason, where=Where(layer=position)),),
        tool="copa",
    )


def unverified(checked: Sequence[Checked]) -> tuple[Claim, ...]:
    """The claims about bases that nobody knows, so that nothing speaks for or against them."""
    about_the_whole = ("annotation", "label", "buildah")
    return tuple(
        each.claim
        for each in checked
        if not each.standing and not each.others and each.claim.source in about_the_whole
    )


def contradicted(checked: Sequence[Checked]) -> tuple[Claim, ...]:
    """The claims of which every base is known and none has the image's first layers."""
    return tuple(
        each.claim
        for each in checked
        if each.others
        and not each.standing
        and each.claim.source not in _MATERIALS
        and all(any(name in base.names for base in each.others) for name in each.claim.names)
    )


def claim_not_checked(claim: Claim) -> Evidence:
    message = (
        Message("claim-not-checked", {"name": claim.shown})
        if claim.names
        else Message("claim-of-digest-not-checked", {"digest": claim.shown})
    )
    return Evidence(rung=Rung.CLAIM, message=message, where=claim.where)
