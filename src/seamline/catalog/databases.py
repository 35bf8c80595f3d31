"""What dpkg, apk and rpm databases have in common: a file that layers rewrite, empty, or delete.

A database that a higher layer emptied or deleted is never "0 packages": the packages of the last layer that still
had it are listed as recovered, and the report says so. Nor is one that tells of nothing, or that a link leads to.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from seamline.catalog.reader import Sighting
from seamline.errors import Where
from seamline.model.entry import FILE, HARDLINK, Entry, path_text
from seamline.model.evidence import Gap, Message
from seamline.tree.tree import Tree

_FILES = (FILE, HARDLINK)
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
    counted = tuple(states[: full[-1] + 1]) if full else ()
    packages = counted[-1].packages if counted else {}
    return Told(states=counted, packages=packages, gap=_hidden(tree, path, states, counted))


def _hidden(
    tree: Tree,
    path: bytes,
    states: Sequence[DatabaseState[K, P]],
    counted: Sequence[DatabaseState[K, P]],
) -> Gap | None:
    """Why the packages are not those of the file that the image shows, if so."""
    entry = tree.resolve(path)
    shown = entry is not None and entry.kind in _FILES
    if entry is not None and shown and entry.path != tree.canonical(path):
        return _behind_a_link(path, entry)
    if not counted:
        empty = Message("package-database-empty")
        return _gap(path, entry.layer, empty) if entry is not None and shown else None
    last = counted[-1]
    if shown and len(counted) == len(states):
        return None
    history = tree.history(path)
    message = Message(
        "package-database-emptied" if shown else "package-database-deleted",
        {"packages": len(last.packages), "layer": last.layer},
    )
    return _gap(path, history[-1].layer if history else None, message)


def behind_links(tree: Tree, places: Iterable[bytes], sightings: Iterable[Sighting]) -> Iterator[Gap]:
    """The image's own databases that only links lead to, so that no reader saw them."""
    seen = {tree.canonical(sighting.path) for sighting in sightings}
    for place in places:
        entry = tree.resolve(place)
        if entry is not None and entry.kind in _FILES and seen.isdisjoint((place, entry.path)):
            yield _behind_a_link(place, entry)


def _behind_a_link(path: bytes, entry: Entry) -> Gap:
    target = path_text(entry.path)
    return _gap(path, entry.layer, Message("package-database-elsewhere", {"path": target}))


def _gap(path: bytes, layer: int | None, message: Message) -> Gap:
    return Gap(where=Where(path=path_text(path), layer=layer), message=message)


def is_visible(tree: Tree, sighting: Sighting) -> bool:
    """Whether what was read is what the image shows at that path, a hardlink or an untouched copy included."""
    return tree.layer_of(sighting.path) == sighting.layer


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
