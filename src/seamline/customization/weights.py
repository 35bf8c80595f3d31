"""How many bytes each package takes, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from seamline.model.customization import Weighed
from seamline.model.entry import FILE
from seamline.model.package import Side
from seamline.model.seam import Stratum
from seamline.tree.tree import Tree


def weights(
    tree: Tree, parts: Sequence[Stratum], places: Sequence[int], suppliers: Mapping[bytes, str]
) -> tuple[Weighed, ...]:
    """The visible files by the package that installed them, the heaviest first; a hardlink weighs nothing. `places` has the
    place in `parts` of every row of the tree."""
    sides: dict[str, Side] = {}
    by_name: dict[tuple[str, str], int] = {}
    for place, supplier, size in _by_supplier(tree, places, suppliers):
        part = parts[place]
        sides[part.name] = part.side
        key = (part.name, unquote(supplier.partition("@")[0].rpartition("/")[2]))
        by_name[key] = by_name.get(key, 0) + size
    lines = [
        Weighed(stratum=part, side=sides[part], package=name, size_bytes=size)
        for (part, name), size in by_name.items()
    ]
    return tuple(sorted(lines, key=lambda each: (-each.size_bytes, each.stratum, each.package)))


def _by_supplier(
    tree: Tree, places: Sequence[int], suppliers: Mapping[bytes, str]
) -> Iterator[tuple[int, str, int]]:
    """Each part with each package that has files there, and their bytes."""
    found: dict[int, dict[str, int]] = {place: {} for place in set(places)}
    kinds, sizes = tree.kinds, tree.sizes
    for folder, names in tree.folders():
        prefix = folder + b"/" if folder else b""
        for name, row in names.items():
            size = sizes[row]
            if size and kinds[row] == FILE:
                weighed, supplier = found[places[row]], suppliers.get(prefix + name, "")
                weighed[supplier] = weighed.get(supplier, 0) + size
    for place, weighed in found.items():
        yield from ((place, supplier, size) for supplier, size in weighed.items())
