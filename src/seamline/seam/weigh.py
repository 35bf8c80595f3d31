"""What each stratum and side weighs. Every visible path and every install counts for exactly one of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

from seamline.model.entry import FILE, HARDLINK
from seamline.model.package import Install, Side
from seamline.model.seam import Seam, Weight
from seamline.tree.tree import Tree


def strata_by_row(seam: Seam, tree: Tree) -> Sequence[int]:
    """For each visible row of the tree the place in `seam.strata` of what brought it, as `index_of` tells of its entry."""
    found = array("H", map(seam.by_layer.__getitem__, tree.origins))
    if seam.by_content:
        for folder, names in tree.folders():
            for name, row in names.items():
                found[row] = seam.index_of(tree.entry(row, folder + b"/" + name if folder else name))
    return found


def weigh(seam: Seam, tree: Tree, installs: Iterable[Install]) -> tuple[Weight, ...]:
    """The weight of each stratum, in the order of `seam.strata`."""
    count = len(seam.strata)
    files, sizes, packages = [0] * count, [0] * count, [0] * count
    places = strata_by_row(seam, tree) if seam.by_content else tree.origins
    strata = range(count) if seam.by_content else seam.by_layer
    for place, (number, size) in tree.counts(places).items():
        files[strata[place]] += number
        sizes[strata[place]] += size
    for row in _left_links(tree):
        sizes[strata[places[row]]] += tree.sizes[row]
    for install in installs:
        packages[seam.index_of_install(install)] += 1
    return tuple(
        Weight(packages=packages[index], files=files[index], size_bytes=sizes[index])
        for index in range(count)
    )


def _left_links(tree: Tree) -> Iterator[int]:
    """Content whose own path is gone weighs with the first link that still shows it: the rows of such links."""
    shown = tree.shown()
    contents = {row: tree.content_row(row) for row in tree.rows_of(HARDLINK) if shown[row]}
    left = {row for row, at in contents.items() if not (shown[at] and tree.kinds[at] == FILE)}
    counted: set[int] = set()
    for _, names in tree.folders() if left else ():
        for name in sorted(name for name, row in names.items() if row in left):
            if contents[names[name]] not in counted:
                counted.add(contents[names[name]])
                yield names[name]


def weigh_sides(seam: Seam, weights: Sequence[Weight]) -> dict[Side, Weight]:
    """The weights of the strata added up by side; a side without strata weighs nothing."""
    sides = {}
    for side in Side:
        own = [weight for stratum, weight in zip(seam.strata, weights, strict=True) if stratum.side == side]
        sides[side] = Weight(
            packages=sum(weight.packages for weight in own),
            files=sum(weight.files for weight in own),
            size_bytes=sum(weight.size_bytes for weight in own),
        )
    return sides
