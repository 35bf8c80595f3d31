"""Finding a base by what it holds, where layers no longer tell: squashed, flattened and re-packed images.

A base counts as contained when every one of its packages is there in exactly its version and nearly all of its
files and links stand unchanged at their places. A sibling of the true base (another point release, another variant)
fails on packages; a smaller sibling (slim beside full) is contained as well, so the largest contained base wins.
Bases that are equally well contained are all candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

import msgspec

from seamline.model.entry import Entry
from seamline.model.package import Install
from seamline.model.seam import Base, package_label, place_key
from seamline.seam.chain import is_prefix
from seamline.tree.tree import Tree

SHARE = 0.9
"""An application changes some 10 to 40 of a base's 3,000 paths (accounts, caches, logs, the package database), and a
point release of Debian some 5 to 40 %: benchmarks/seam measures both. Documentation that was deleted costs more."""
SHARE_WHEN_NAMED = 0.5
"""Enough where the image itself names this base as well."""
_FEW = 5  # so few paths are no evidence


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What is visible in an image, as inventories write it."""

    keys: Mapping[bytes, Entry]
    labels: Mapping[str, int]


class Contained(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a base an image holds: counts of paths and packages."""

    base: Base
    paths: int
    paths_held: int
    packages: int
    packages_held: int

    @property
    def share(self) -> float:
        return self.paths_held / self.paths if self.paths else 0.0

    def holds(self, *, named: bool) -> bool:
        """Whether this is enough to say that the base is in there."""
        needed = SHARE_WHEN_NAMED if named else SHARE
        return self.paths >= _FEW and self.packages_held == self.packages and self.share >= needed


def contents_of(tree: Tree, installs: Iterable[Install]) -> Contents:
    """The visible paths by place key, and the package labels with their number."""
    labels: dict[str, int] = {}
    for install in installs:
        label = package_label(install)
        labels[label] = labels.get(label, 0) + 1
    return Contents(keys={place_key(entry): entry for entry in tree.entries()}, labels=labels)


def measure(base: Base, contents: Contents) -> Contained:
    """How much of a base with an inventory is among `contents`."""
    assert base.inventory is not None  # noqa: S101 - resembling() gives no others
    keys = base.inventory.keys()
    return Contained(
        base=base,
        paths=len(keys),
        paths_held=len(keys & contents.keys.keys()),
        packages=len(base.inventory.packages),
        packages_held=sum(label in contents.labels for label in base.inventory.packages),
    )


def best(found: Iterable[Contained], named: AbstractSet[str]) -> tuple[Contained, ...]:
    """The largest contained base, with all that are equally large and equally well contained; empty for none."""
    held = [each for each in found if each.holds(named=not named.isdisjoint(each.base.names))]
    if not held:
        return ()
    top = max(held, key=_size)
    return tuple(each for each in held if _size(each) == _size(top))


def _size(each: Contained) -> tuple[int, int, float]:
    return each.paths_held, each.packages, each.share


def below(top: Base, found: Iterable[Contained]) -> tuple[Contained, ...]:
    """The contained bases that `top` itself stands on, lowest first: their layers are the first of its own."""
    lower = [
        each
        for each in found
        if len(each.base.diff_ids) < len(top.diff_ids) and is_prefix(each.base.diff_ids, top.diff_ids)
    ]
    return tuple(sorted(lower, key=lambda each: len(each.base.diff_ids)))
