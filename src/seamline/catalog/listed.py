"""Ecosystems in which one file lists many packages: which of them a layer brought with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seamline.catalog.lineage import Span, lineage, span_of_path
from seamline.catalog.reader import Sighting, View


def listed(
    view: View, versions: Callable[[Any], Mapping[str, str]]
) -> Iterator[tuple[Sighting, Mapping[str, Span]]]:
    """Each visible file and the span of everything that it lists; `versions` are a record's {name: version}.

    A layer that rewrites the file brings what it changed in it, and no more.
    """
    by_path: dict[bytes, list[Sighting]] = {}
    for sighting in view.sightings:
        by_path.setdefault(sighting.path, []).append(sighting)
    for path, sightings in by_path.items():
        entry = view.tree.at(path)
        if entry is None or entry.layer != sightings[-1].layer:
            continue
        first = span_of_path(view.tree, path).origin_layer
        snapshots = [(s.layer, versions(s.record)) for s in sightings if s.layer >= first]
        spans = lineage(snapshots)
        if len(snapshots) == 1:  # a copy-up with the same content keeps its origin
            spans = dict.fromkeys(spans, Span(entry.origin_layer, entry.origin_layer))
        yield sightings[-1], spans
