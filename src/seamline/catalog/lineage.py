"""Which layer brought a package, and which brought the version that is seen.

A package database is rewritten whole by every layer that installs anything, so who rewrote the file last says
nothing: the answer comes from comparing the records of one layer with those of the next.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from seamline.model.entry import OPAQUE, WHITEOUT
from seamline.tree.tree import Tree

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Span(msgspec.Struct, frozen=True):
    """`origin_layer` brought the package in any version, without a break since; `current_layer` this version."""

    origin_layer: int
    current_layer: int


def lineage(snapshots: Iterable[tuple[int, Mapping[K, V]]]) -> dict[K, Span]:
    """The span of every key of the last snapshot.

    `snapshots` are (layer, {key: version}) of each layer that rewrote the database, bottom layer first.
    A key that is missing in between starts anew: removed and reinstalled counts for the upper layer.
    """
    spans: dict[K, Span] = {}
    before: Mapping[K, V] = {}
    for layer, now in snapshots:
        spans = {
            key: _next_span(spans.get(key), layer, same=key in before and before[key] == version)
            for key, version in now.items()
        }
        before = now
    return spans


def _next_span(span: Span | None, layer: int, *, same: bool) -> Span:
    if span is None:
        return Span(layer, layer)
    return span if same else Span(span.origin_layer, layer)


def origin_of(tree: Tree, paths: Iterable[bytes]) -> int:
    """The layer since which at least one of these paths was always there: those of one package under several versions.

    A layer that removes one and brings another leaves no break.
    """
    present = sorted(interval for path in paths for interval in _presences(tree, path))
    origin = end = 0
    for at, (first, last) in enumerate(present):
        if not at or first > end:
            origin = first
        end = max(end, last)
    return origin


def _presences(tree: Tree, path: bytes) -> Iterator[tuple[int, int]]:
    """From which layer to which one removed it (past the last, where none did) a path was there."""
    first: int | None = None
    for entry in tree.history(path):
        if entry.kind not in (WHITEOUT, OPAQUE):
            first = entry.layer if first is None else first
        elif first is not None:
            yield first, entry.layer
            first = None
    if first is not None:
        yield first, tree.layers


def span_of_path(tree: Tree, path: bytes) -> Span:
    """The span of a package that one file proves, from the history of that file.

    The origin is the lowest layer since which the path was never removed; the current layer is the one
    that brought the content seen (a chmod or chown of it above does not count).
    """
    history = tree.history(path)
    start = 0
    for place, entry in enumerate(history):
        if entry.kind in (WHITEOUT, OPAQUE):
            start = place + 1
    present = history[start:] or history[-1:]
    if not present:
        return Span(0, 0)
    return Span(present[0].layer, present[-1].origin_layer)
