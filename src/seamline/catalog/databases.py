"""What dpkg, apk and rpm databases have in common: a file that layers rewrite, empty, or delete.

A database that a higher layer emptied or deleted is never "0 packages": the packages of the last layer that still
had it are listed as recovered, and the report says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from seamline.catalog.reader import Sighting
from seamline.errors import Where
from seamline.model.entry import Kind
from seamline.model.evidence import Gap, Message
from seamline.tree.tree import Tree

K = TypeVar("K", bound=Hashable)
P = TypeVar("P")


class DatabaseState(msgspec.Struct, Generic[K, P], frozen=True, kw_only=True):
    """The packages that the database of one layer tells of, by key."""

    layer: int
    packages: Mapping[K, P]


class Told(msgspec.Struct, Generic[K, P], frozen=True, kw_only=True):
    """The states that count, bottom first, and the packages of the last; `gap` where higher layers hid it."""

    states: tuple[DatabaseState[K, P], ...]
    packages: Mapping[K, P]
    gap: Gap | None = None


def last_told(tree: Tree, path: bytes, states: Sequence[DatabaseState[K, P]]) -> Told[K, P]:
    """What the database at `path` tells of the image made of all layers."""
    full = [at for at, state in enumerate(states) if state.packages]
    if not full:
        return Told(states=(), packages={})
    counted = tuple(states[: full[-1] + 1])
    last = counted[-1]
    entry = tree.resolve(path)
    deleted = entry is None or entry.kind not in (Kind.FILE, Kind.HARDLINK)
    if not deleted and full[-1] == len(states) - 1:
        return Told(states=counted, packages=last.packages)
    message = Message(
        "package-database-deleted" if deleted else "package-database-emptied",
        {"packages": len(last.packages), "layer": last.layer},
    )
    remover = tree.history(path)[-1].layer if tree.history(path) else None
    where = Where(path=path.decode("utf-8", "backslashreplace"), layer=remover)
    return Told(states=counted, packages=last.packages, gap=Gap(where=where, message=message))


def is_visible(tree: Tree, sighting: Sighting) -> bool:
    """Whether what was read is what the image shows at that path, a hardlink or an untouched copy included."""
    entry = tree.at(sighting.path)
    return entry is not None and entry.layer == sighting.layer


def by_root(sightings: Iterable[Sighting], places: Sequence[bytes]) -> dict[bytes, list[Sighting]]:
    """The sightings of each root filesystem, by its prefix (b"" or `chroot/`), in their order."""
    roots: dict[bytes, list[Sighting]] = {}
    for sighting in sightings:
        root = _root_of(sighting.path, places)
        if root is not None:
            roots.setdefault(root, []).append(sighting)
    return roots


def _root_of(path: bytes, places: Sequence[bytes]) -> bytes | None:
    for place in places:
        at = path.find(place)
        if at == 0 or (at > 0 and path[at - 1 : at] == b"/"):
            return path[:at]
    return None
