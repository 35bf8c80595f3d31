"""Ecosystems in which one file lists many packages: which of them a layer brought with it, and what needs what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seamline.catalog.lineage import Span, lineage, span_of_path
from seamline.catalog.reader import Sighting, View
from seamline.model.package import Install, Package
from seamline.model.purl import install_key


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One package of a list. `key` names it there and in the `depends` of others."""

    key: str
    package: Package
    depends: tuple[str, ...] = ()


def listed_installs(
    view: View, found_by: str, listing: Callable[[Any], Iterable[Listed]]
) -> Iterator[Install]:
    """The packages of every visible file; `listing` takes a record apart.

    A layer that rewrites a file brings what it changed in the list, and no more.
    """
    by_path: dict[bytes, list[Sighting]] = {}
    for sighting in view.sightings:
        by_path.setdefault(sighting.path, []).append(sighting)
    for path, sightings in by_path.items():
        entry = view.tree.at(path)
        if entry is not None and entry.layer == sightings[-1].layer:
            states = [(each.layer, {one.key: one for one in listing(each.record)}) for each in sightings]
            yield from _installs(view, path, states, found_by)


def _installs(
    view: View, path: bytes, states: Sequence[tuple[int, Mapping[str, Listed]]], found_by: str
) -> Iterator[Install]:
    spans = _spans(view, path, states)
    installs = {
        key: Install(
            package=one.package,
            proofs=(path,),
            origin_layer=spans[key].origin_layer,
            current_layer=spans[key].current_layer,
            found_by=found_by,
        )
        for key, one in states[-1][1].items()
    }
    for key, one in states[-1][1].items():
        needs = (install_key(installs[name]) for name in one.depends if name in installs and name != key)
        yield msgspec.structs.replace(installs[key], depends=tuple(needs))


def _spans(view: View, path: bytes, states: Sequence[tuple[int, Mapping[str, Listed]]]) -> Mapping[str, Span]:
    first = span_of_path(view.tree, path).origin_layer
    snapshots = [
        (layer, {key: one.package.version for key, one in listed.items()})
        for layer, listed in states
        if layer >= first
    ]
    spans = lineage(snapshots)
    entry = view.tree.at(path)
    if len(snapshots) == 1 and entry is not None:  # a copy-up with the same content keeps its origin
        return dict.fromkeys(spans, Span(entry.origin_layer, entry.origin_layer))
    return spans
