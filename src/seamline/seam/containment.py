"""Finding a base by what it holds, where layers no longer tell: squashed, flattened and re-packed images.

A base counts as contained when every one of its packages is there in exactly its version, none of its files and links
is missing (caches apart), nearly all of them are unchanged, and its packages have hardly a file here that the base does
not have. A sibling of the true base of another point release fails on packages, a fuller variant and a base built on the
true one on files, a slimmer one on the files too many. Of nested bases the largest wins; bases that are equally well contained are all candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

import msgspec

from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.model.seam import Base, Inventory, key_of_path, key_of_place, package_label
from seamline.seam.chain import is_prefix
from seamline.tree.tree import Tree

SHARE = 0.9
"""An application rewrites few of a base's paths: accounts, caches, logs, the package database. benchmarks/seam prints
the shares of true bases and of siblings; deleted documentation costs more than this allows, and is left undecided."""
SHARE_WORTH_MEASURING = 0.35
"""What a base must seem to have here before it is measured."""
SHARE_WHEN_NAMED = 0.5
"""Enough where the image itself names this base as well."""
FEW = 5
"""Fewer paths are no evidence."""


class Contents(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What is visible in an image, as inventories write it.

    `keys` are place keys, `labels` package labels with their number, `label_of` the label of each package by its key,
    `suppliers` the key of the package that installed a canonical path. What a base is measured by is made when the first
    one is: most images resemble none that they do not stand on.
    """

    tree: Tree
    keys: AbstractSet[bytes]
    labels: Mapping[str, int]
    label_of: Mapping[str, str]
    suppliers: Mapping[bytes, str]

    @cached_property
    def places(self) -> Mapping[bytes, bytes]:
        """The path of each place key."""
        return {key_of_place(path, kind, what): path for _, path, kind, what in _all_of(self.tree)}

    @cached_property
    def paths(self) -> AbstractSet[bytes]:
        """Path keys."""
        return {key_of_path(path) for _, path, *_ in _all_of(self.tree)}

    @cached_property
    def supplied(self) -> Mapping[bytes, str]:
        """The label of the package that installed the path of a place key."""
        return {
            key: self.label_of[supplier]
            for key, path in self.places.items()
            if (supplier := self.suppliers.get(path, "")) in self.label_of
        }


class Contained(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """How much of a base with an inventory an image holds: counts of paths and packages. What only a base that is nearly all
    there is asked is counted when it is."""

    base: Base
    contents: Contents
    paths: int
    paths_held: int
    packages: int
    packages_held: int

    @cached_property
    def paths_missing(self) -> int:
        """Lasting paths that are gone altogether."""
        return len(_inventory(self.base).path_keys() - self.contents.paths)

    @cached_property
    def paths_extra(self) -> int:
        """Paths that the base's packages have in the image and not in the base."""
        keys, packages = _inventory(self.base).keys(), frozenset(_inventory(self.base).packages)
        return sum(label in packages and key not in keys for key, label in self.contents.supplied.items())

    @property
    def share(self) -> float:
        return self.paths_held / self.paths if self.paths else 0.0

    def holds(self, *, named: bool) -> bool:
        """Whether this is enough to say that the base is in there."""
        return (
            self.paths >= FEW
            and self.packages_held == self.packages
            and (
                (named and self.share >= SHARE_WHEN_NAMED) or (self.share >= SHARE and not self.paths_missing)
            )
            and self.paths_extra <= (1 - SHARE) * self.paths
        )


def place_keys_of(tree: Tree) -> frozenset[bytes]:
    """What stands where: the place keys of all visible paths."""
    return frozenset(key_of_place(path, kind, what) for _, path, kind, what in _all_of(tree))


def _all_of(tree: Tree) -> Iterator[tuple[int, bytes, int, bytes]]:
    return tree.contents(range(tree.layers))


def contents_of(
    tree: Tree,
    installs: Iterable[Install],
    suppliers: Mapping[bytes, str],
    keys: AbstractSet[bytes] | None = None,
) -> Contents:
    """The contents of an image; `suppliers` maps canonical paths to the keys of the packages that installed them, `keys` are
    the place keys where they are known."""
    labels: dict[str, int] = {}
    label_of: dict[str, str] = {}
    for install in installs:
        label = package_label(install)
        labels[label] = labels.get(label, 0) + 1
        label_of[install_key(install)] = label
    keys = place_keys_of(tree) if keys is None else keys
    return Contents(tree=tree, keys=keys, labels=labels, label_of=label_of, suppliers=suppliers)


def measure(base: Base, contents: Contents) -> Contained:
    """How much of a base with an inventory is among `contents`."""
    keys, packages = _inventory(base).keys(), frozenset(_inventory(base).packages)
    return Contained(
        base=base,
        contents=contents,
        paths=len(keys),
        paths_held=len(keys & contents.keys),
        packages=len(packages),
        packages_held=len(packages & contents.labels.keys()),
    )


def _inventory(base: Base) -> Inventory:
    assert base.inventory is not None  # noqa: S101 - resembling() gives no others
    return base.inventory


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
