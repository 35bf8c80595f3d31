"""What the visible files of an image come to, place by place: counted, weighed by package, and what nothing needs.

A place is a layer of the image; of one whose layers hold the content of several parts, such a part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from seamline.customization.changes import Tally, tally
from seamline.customization.waste import Heap, WasteHeap
from seamline.customization.weights import Load, loads
from seamline.model.entry import Entry
from seamline.tree.tree import Tree


class Bulk(msgspec.Struct, frozen=True, array_like=True):
    """All of it."""

    tallies: tuple[Tally, ...]
    loads: tuple[Load, ...]
    heaps: tuple[Heap, ...]


def bulk_of(
    tree: Tree, places: Sequence[int], place_of: Callable[[Entry], int], suppliers: Mapping[bytes, str]
) -> Bulk:
    """The bulk of an image. `places` has the place of every row of the tree, `place_of` tells that of an entry, hidden ones
    too, and `suppliers` the package that installed each path."""
    heap = WasteHeap(tree, places)
    for folder, names in tree.folders():
        heap.add(folder, names)
    return Bulk(
        tallies=tuple(tally(tree, places)),
        loads=loads(tree, places, suppliers),
        heaps=heap.found(place_of),
    )
