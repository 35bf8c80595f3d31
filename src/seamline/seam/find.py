"""Finding the seam of an image. Look-ups come in as `known`; nothing here touches the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from seamline.errors import Where
from seamline.model.evidence import Evidence, Message, Rung
from seamline.model.image import Image
from seamline.model.package import Install, Side
from seamline.model.seam import ContentSpan, LayerSpan, Seam, Stratum
from seamline.seam.authors import authors_of
from seamline.seam.claims import claims_of
from seamline.seam.classify import form_of, kind_of, stands_for_itself
from seamline.seam.containment import (
    FEW,
    SHARE_WHEN_NAMED,
    SHARE_WORTH_MEASURING,
    Contained,
    Contents,
    below,
    best,
    contents_of,
    measure,
)
from seamline.seam.copied import copied_from
from seamline.seam.cut import (
    Checked,
    Mark,
    check,
    contradicted,
    proved_marks,
    strata_of_marks,
    stratum_of_mark,
)
from seamline.seam.hints import strata_by_hints
from seamline.seam.history import Step, steps_in
from seamline.seam.known import KnownBases, LookUp
from seamline.seam.settings import settings_of
from seamline.tree.tree import Tree


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """The strata, and the ways from things to strata."""

    strata: tuple[Stratum, ...]
    by_layer: tuple[int, ...]
    by_content: dict[bytes, int] = {}
    by_package: dict[str, int] = {}


def find_seam(
    image: Image,
    tree: Tree,
    installs: Sequence[Install],
    *,
    known: KnownBases,
    suppliers: Mapping[bytes, str] | None = None,
    look_up: LookUp | None = None,
    place_keys: Callable[[], AbstractSet[bytes]] | None = None,
) -> Seam:
    """The seam with its evidence.

    `suppliers` maps canonical paths to the keys of the packages that installed them; `look_up` asks registries about
    bases that are claimed and not known; `place_keys` gives those of the tree where somebody keeps them.
    """
    steps = steps_in(image)
    checked = check(claims_of(image, steps), image, known, look_up)
    marks = proved_marks(image, checked, known)
    if marks:
        cut = _by_layers(strata_of_marks(image, marks, steps, checked), image)
    else:
        contents = None
        if known.studied():
            contents = contents_of(tree, installs, suppliers or {}, place_keys() if place_keys else None)
        cut = _unproved(image, tree, contents, steps, checked, known)
    cut = _with_contradictions(cut, checked)
    if known.studied():
        cut = _with_copies(cut, tree, steps, known)
    form = form_of(image, tree, installs)
    kind = kind_of(image, tree, cut.strata, steps, installs)
    if stands_for_itself(kind):
        cut = _all_system(cut, kind.reasons)
    authors = authors_of(image, cut.strata, cut.by_layer, steps, kind.value)
    return Seam(
        strata=cut.strata,
        by_layer=cut.by_layer,
        by_content=cut.by_content,
        by_package=cut.by_package,
        kind=kind,
        form=form,
        settings=settings_of(image, cut.strata, steps, authors),
        authors=authors,
    )


def _unproved(
    image: Image,
    tree: Tree,
    contents: Contents | None,
    steps: Sequence[Step],
    checked: Sequence[Checked],
    known: KnownBases,
) -> Cut:
    """By content where a base is contained, else by what the image hints."""
    found: list[Contained] = []
    if contents is not None:
        found = [measure(base, contents) for base in known.resembling(contents.keys, SHARE_WORTH_MEASURING)]
        names = {name for each in checked for name in each.claim.names}
        contained = best(found, names)
        if contained:
            return _by_content(image, contents, contained, found, names)
    strata = strata_by_hints(image, tree, steps, checked)
    return _by_layers([*_with_near_misses(strata, found)], image)


def _by_layers(strata: Sequence[Stratum], image: Image) -> Cut:
    by_layer = [0] * len(image.layers)
    for index, stratum in enumerate(strata):
        assert isinstance(stratum.extent, LayerSpan)  # noqa: S101 - for the type checker
        for position in range(stratum.extent.first, stratum.extent.last + 1):
            by_layer[position] = index
    return Cut(strata=tuple(strata), by_layer=tuple(by_layer))


def _by_content(
    image: Image,
    contents: Contents,
    top: tuple[Contained, ...],
    found: Sequence[Contained],
    names: set[str],
) -> Cut:
    """A stratum for each contained base, lowest first, and one for the rest, which the application brought."""
    groups = [*((lower,) for lower in below(top[0].base, found)), top]
    by_content: dict[bytes, int] = {}
    by_package: dict[str, int] = {}
    for index, group in enumerate(groups):
        inventory = group[0].base.inventory
        assert inventory is not None  # noqa: S101 - it was measured
        for key in inventory.keys() & contents.keys:
            by_content.setdefault(key, index)
        for label in contents.labels.keys() & set(inventory.packages):
            by_package.setdefault(label, index)
    extents = _extents(len(groups) + 1, contents, by_content, by_package)
    strata = [_contained(group, extents[index], names) for index, group in enumerate(groups)]
    reason = Evidence(message=Message("not-in-the-base", {"base": strata[-1].name}))
    strata.append(Stratum(name="application", extent=extents[-1], side=Side.APPLICATION, evidence=(reason,)))
    return Cut(
        strata=tuple(strata),
        by_layer=(len(groups),) * len(image.layers),
        by_content=by_content,
        by_package=by_package,
    )


def _extents(
    count: int, contents: Contents, by_content: dict[bytes, int], by_package: dict[str, int]
) -> list[ContentSpan]:
    files, packages = [0] * count, [0] * count
    folders = {folder for folder, _ in contents.tree.folders()}
    for key, path in contents.places.items():
        files[by_content.get(key, count - 1)] += path not in folders
    for label, number in contents.labels.items():
        packages[by_package.get(label, count - 1)] += number
    return [ContentSpan(packages=packages[index], files=files[index]) for index in range(count)]


def _contained(group: tuple[Contained, ...], extent: ContentSpan, names: set[str]) -> Stratum:
    """The stratum of a contained base; a claim in the image picks one of several candidates."""
    bases = tuple(each.base for each in group)
    evidence = [
        Evidence(
            rung=Rung.CONTENT,
            message=Message(
                "content-of-base",
                {
                    "base": each.base.reference,
                    "packages": each.packages,
                    "held": each.paths_held,
                    "paths": each.paths,
                },
            ),
        )
        for each in group
    ]
    picked = tuple(base for base in bases if names.intersection(base.names))
    if picked:
        evidence.append(
            Evidence(
                rung=Rung.CONTENT, message=Message("claim-and-content-agree", {"base": picked[0].reference})
            )
        )
    mark = Mark(depth=0, bases=bases, picked=picked, evidence=tuple(evidence))
    return msgspec.structs.replace(stratum_of_mark(mark, LayerSpan(0, 0)), extent=extent)


def _with_near_misses(strata: Sequence[Stratum], found: Iterable[Contained]) -> Iterable[Stratum]:
    """The strata; an unknown first one says which known base it comes nearest to, without believing it. One of which
    not even half is here is not near."""
    close = (each for each in found if each.share >= SHARE_WHEN_NAMED and each.paths >= FEW)
    near = max(close, key=lambda each: (each.share, each.base.names), default=None)
    for index, stratum in enumerate(strata):
        if index or near is None or stratum.side == Side.APPLICATION:
            yield stratum
            continue
        args: Mapping[str, str | int] = {
            "base": near.base.reference,
            "held": near.paths_held,
            "paths": near.paths,
            "packages_held": near.packages_held,
            "packages": near.packages,
        }
        reason = Evidence(message=Message("near-a-base", args), where=Where())
        yield msgspec.structs.replace(stratum, evidence=(*stratum.evidence, reason))


def _with_contradictions(cut: Cut, checked: Sequence[Checked]) -> Cut:
    """Says of a claimed base that it is not in here: neither its layers nor its content were found."""
    found = {name for stratum in cut.strata for base in stratum.candidates for name in base.names}
    reasons = tuple(
        Evidence(message=Message("claim-contradicted", {"name": claim.shown}), where=claim.where)
        for claim in contradicted(checked)
        if found.isdisjoint(claim.names)
    )
    if not reasons or not cut.strata:
        return cut
    first = msgspec.structs.replace(cut.strata[0], evidence=(*cut.strata[0].evidence, *reasons))
    return msgspec.structs.replace(cut, strata=(first, *cut.strata[1:]))


def _with_copies(cut: Cut, tree: Tree, steps: Sequence[Step], known: KnownBases) -> Cut:
    """Says of the application's layers which of them were copied out of a known base."""
    strata = list(cut.strata)
    for position, reason in copied_from(tree, steps, known):
        at = cut.by_layer[position]
        if strata[at].side == Side.APPLICATION:
            strata[at] = msgspec.structs.replace(strata[at], evidence=(*strata[at].evidence, reason))
    return msgspec.structs.replace(cut, strata=tuple(strata))


def _all_system(cut: Cut, reasons: tuple[Evidence, ...]) -> Cut:
    """A base image has no application side: what would be the application is the base itself."""
    strata = tuple(
        stratum
        if stratum.side == Side.SYSTEM
        else msgspec.structs.replace(
            stratum,
            name="this image" if stratum.name == "application" else stratum.name,
            side=Side.SYSTEM,
            confidence=Rung.HISTORY if stratum.confidence == Rung.NONE else stratum.confidence,
            evidence=(*reasons, *stratum.evidence),
        )
        for stratum in cut.strata
    )
    return msgspec.structs.replace(cut, strata=strata)
