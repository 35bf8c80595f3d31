"""How many bytes each package takes, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

import msgspec

from seamline.model.customization import Weighed
from seamline.model.entry import FILE
from seamline.model.package import Side
from seamline.model.seam import Stratum
from seamline.tree.tree import Tree


class Load(msgspec.Struct, frozen=True, array_like=True):
    """The bytes of the visible files that one package, or none (an empty key), has at one place."""

    place: int
    supplier: str
    size_bytes: int


def loads(tree: Tree, places: Sequence[int], suppliers: Mapping[bytes, str]) -> tuple[Load, ...]:
    """What each package has at each place; a hardlink weighs nothing. `places` has the place of every row of the tree."""
    found: dict[int, dict[str, int]] = {place: {} for place in sorted(set(places))}
    kinds, sizes = tree.kinds, tree.sizes
    for folder, names in tree.folders():
        prefix = folder + b"/" if folder else b""
        for name, row in names.items():
            size = sizes[row]
            if size and kinds[row] == FILE:
                weighed, supplier = found[places[row]], suppliers.get(prefix + name, "")
                weighed[supplier] = weighed.get(supplier, 0) + size
    return tuple(
        Load(place, supplier, size) for place, weighed in found.items() for supplier, size in weighed.items()
    )


def weights(found: Iterable[Load], parts: Sequence[Stratum], part_of: Sequence[int]) -> tuple[Weighed, ...]:
    """The packages of each part, the heaviest first. `part_of` has the place in `parts` of what each load's place is of."""
    sides: dict[str, Side] = {}
    by_name: dict[tuple[str, str], int] = {}
    for load in found:
        part = parts[part_of[load.place]]
        sides[part.name] = part.side
        key = (part.name, unquote(load.supplier.partition("@")[0].rpartition("/")[2]))
        by_name[key] = by_name.get(key, 0) + load.size_bytes
    lines = [
        Weighed(stratum=part, side=sides[part], package=name, size_bytes=size)
        for (part, name), size in by_name.items()
    ]
    return tuple(sorted(lines, key=lambda each: (-each.size_bytes, each.stratum, each.package)))
