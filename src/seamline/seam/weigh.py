"""What each stratum and side weighs. Every visible path and every install counts for exactly one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.model.entry import DIRECTORY, FILE, HARDLINK
from seamline.model.package import Install, Side
from seamline.model.seam import Seam, Weight
from seamline.tree.tree import Tree


def weigh(seam: Seam, tree: Tree, installs: Iterable[Install]) -> tuple[Weight, ...]:
    """The weight of each stratum, in the order of `seam.strata`."""
    count = len(seam.strata)
    files, sizes, packages = [0] * count, [0] * count, [0] * count
    links = []
    for entry in tree.entries():
        at = seam.index_of(entry)
        files[at] += entry.kind != DIRECTORY
        if entry.kind == FILE:
            sizes[at] += entry.size_bytes
        elif entry.kind == HARDLINK:
            links.append(entry)
    counted = tree.contents() if links else set()
    for entry in links:  # content whose own path is gone weighs with the first link that still shows it
        inode = tree.inode(entry.path)
        if inode not in counted:
            counted.add(inode)
            sizes[seam.index_of(entry)] += entry.size_bytes
    for install in installs:
        packages[seam.index_of_install(install)] += 1
    return tuple(
        Weight(packages=packages[index], files=files[index], size_bytes=sizes[index])
        for index in range(count)
    )


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
