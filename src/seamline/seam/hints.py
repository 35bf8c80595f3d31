"""Strata where nothing is proved: a base that history names, build boundaries, what the lowest layers hold."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.errors import Where
from seamline.model.entry import Kind
from seamline.model.evidence import Evidence, Message, Rung
from seamline.model.image import Image
from seamline.model.package import Side
from seamline.model.seam import LayerSpan, Stratum, repository_of
from seamline.seam.claims import Claim
from seamline.seam.cut import Checked, claim_not_checked, contradicted, strata_above, unverified
from seamline.seam.history import Step, builds_end, named_in_history
from seamline.tree.tree import Tree

_SIGNS_OF_A_SYSTEM = (
    b"etc/os-release",
    b"usr/lib/os-release",
    b"var/lib/dpkg/status",
    b"var/lib/dpkg/status.d",
    b"lib/apk/db/installed",
    b"usr/lib/apk/db/installed",
    b"var/lib/rpm",
    b"usr/lib/sysimage/rpm",
    b"bin/sh",
)


def system_sign(tree: Tree, below: int) -> bytes | None:
    """A path by which the layers under `below` show that they hold an operating system; None for no sign."""
    for path in _SIGNS_OF_A_SYSTEM:
        if any(entry.layer < below and entry.kind != Kind.WHITEOUT for entry in tree.history(path)):
            return path
    return None


def strata_by_hints(
    image: Image, tree: Tree, steps: Sequence[Step], checked: Sequence[Checked]
) -> list[Stratum]:
    """The strata as far as unproved evidence goes; one unknown stratum where there is none."""
    layers = len(image.layers)
    if not layers:
        return []
    if stratum := _named(steps, checked):
        return [stratum, *strata_above(image, (stratum,), steps, checked)]
    ends = builds_end(steps)
    if ends and (sign := system_sign(tree, ends[0])):
        claims = [claim for claim in unverified(checked) if claim.depth == ends[0]]
        first = _first_build(ends[0], sign, claims)
        return [first, *strata_above(image, (first,), steps, checked)]
    if ends and not unverified(checked):
        return strata_above(image, (), steps, checked)
    return [_whole(image, tree, checked)]


def _named(steps: Sequence[Step], checked: Sequence[Checked]) -> Stratum | None:
    named = named_in_history(steps)
    if named is None or any(claim.source == "history" for claim in contradicted(checked)):
        return None
    args = {"name": named.name, "line": named.line}
    reason = Evidence(
        rung=Rung.CLAIM, message=Message("history-names-base", args), where=Where(source="history", layer=0)
    )
    return Stratum(
        name=named.name,
        extent=LayerSpan(0, 0),
        side=Side.SYSTEM,
        confidence=Rung.CLAIM,
        evidence=(reason,),
        publisher=repository_of(named.references[0]),
    )


def _first_build(depth: int, sign: bytes, claims: Sequence[Claim]) -> Stratum:
    """The layers under the first boundary, which hold an operating system; a claim may name what ends there."""
    where = Where(layer=depth - 1)
    return Stratum(
        name=claims[0].shown if claims else str(LayerSpan(0, depth - 1)),
        extent=LayerSpan(0, depth - 1),
        side=Side.SYSTEM,
        confidence=Rung.CLAIM if claims else Rung.HISTORY,
        evidence=(
            *(claim_not_checked(claim) for claim in claims),
            Evidence(rung=Rung.HISTORY, message=Message("build-ended", {"layer": depth - 1}), where=where),
            Evidence(message=Message("holds-a-system", {"path": sign.decode()}), where=where),
        ),
    )


def _whole(image: Image, tree: Tree, checked: Sequence[Checked]) -> Stratum:
    """All layers as one: the application's where nothing of a system is there at all, else of unknown side."""
    extent = LayerSpan(0, len(image.layers) - 1)
    claims = unverified(checked)
    unread = any(layer.problem for layer in image.layers)
    if not claims and not unread and system_sign(tree, len(image.layers)) is None:
        reason = Evidence(message=Message("nothing-of-a-system"))
        return Stratum(name="application", extent=extent, side=Side.APPLICATION, evidence=(reason,))
    return Stratum(
        name="whole image",
        extent=extent,
        side=Side.UNKNOWN,
        confidence=Rung.CLAIM if claims else Rung.NONE,
        evidence=tuple(claim_not_checked(claim) for claim in claims)
        or (Evidence(message=Message("nothing-shows-the-base")),),
    )
