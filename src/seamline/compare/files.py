"""What differs between the files of two images. Images hold tens of thousands: they are kept by column, and a name is made
into text where it is shown or sorted alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from seamline.model.entry import DIRECTORY, path_text
from seamline.model.package import Side
from seamline.tree.columns import Columns
from seamline.tree.tree import Tree

SIDES = (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN)
Names = Mapping[Side, list[str]]
"""Names of things by side."""
_ROOT = (0, 0)
_MOST_PLACES = 256
_Rows = tuple[list[str], list[str], list[str]]


class Files(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Every visible path but folders, a row each: paths with NUL between them and the place of each, a byte; then what tells two
    contents apart, for a copy with another date is the same: content keys (numbers of eight bytes, 0 for none), modes (of
    two), and by row what links name and who owns what root does not. Places are those in SIDES where two are compared."""

    paths: bytes
    places: bytes
    keys: bytes
    modes: bytes
    links: Mapping[int, bytes]
    owners: Mapping[int, tuple[int, int]]

    def moved(self, places: bytes) -> Files:
        """The same files, each at the place that stands here at its own."""
        return msgspec.structs.replace(self, places=self.places.translate(places.ljust(_MOST_PLACES, b"\0")))

    def rows(self) -> Iterable[tuple[str, int]]:
        """Each path as it is shown, once, with its row."""
        if not self.places:
            return ()
        rows = range(len(self.places))
        try:
            return zip(self.paths.decode().split("\0"), rows, strict=True)
        except UnicodeDecodeError:  # two of such names may be shown alike: the last is meant
            paths = sorted(zip(self.paths.split(b"\0"), rows, strict=True))
            return {path_text(path): row for path, row in paths}.items()


def files_of(tree: Tree, places: Sequence[int]) -> Files:
    """The files of an image. `places` gives by row of the tree the place of each; those are below 256."""
    paths, rows, kinds, modes = [], [], tree.kinds, tree.modes
    for folder, names in tree.folders():
        head = folder + b"/" if folder else b""
        for name, row in names.items():
            if kinds[row] != DIRECTORY:
                paths.append(head + name)
                rows.append(row)
    keys = array("Q", tree.column(rows, _keys))
    return Files(
        paths=b"\0".join(paths),
        places=bytes([places[row] for row in rows]),
        keys=keys.tobytes(),
        modes=array("H", [modes[row] for row in rows]).tobytes(),
        links={at: tree.link(rows[at]) for at, key in enumerate(keys) if not key},
        owners={at: owner for at, owner in enumerate(tree.column(rows, _owners)) if owner != _ROOT},
    )


def _keys(columns: Columns) -> Sequence[int]:
    """The content keys as numbers."""
    return memoryview(columns.keys).cast("Q").tolist()


def _owners(columns: Columns) -> Sequence[tuple[int, int]]:
    return list(zip(columns.uids, columns.gids, strict=True))


def apart_in(a: Files, b: Files) -> tuple[Names, Names, Names]:
    """The files that only B has, those that only A has, and those that differ; a file in both is on the side that it has in B."""
    before = dict(a.rows())
    keys_a, keys_b = (memoryview(each.keys).cast("Q") for each in (a, b))
    modes_a, modes_b = (memoryview(each.modes).cast("H") for each in (a, b))
    added: _Rows = ([], [], [])
    removed: _Rows = ([], [], [])
    changed: _Rows = ([], [], [])
    for name, now in b.rows():
        was = before.pop(name, None)
        if was is None:
            added[b.places[now]].append(name)
        elif (
            keys_a[was] != keys_b[now]
            or modes_a[was] != modes_b[now]
            or a.links.get(was) != b.links.get(now)
            or a.owners.get(was) != b.owners.get(now)
        ):
            changed[b.places[now]].append(name)
    for name, was in before.items():
        removed[a.places[was]].append(name)
    return _named(added), _named(removed), _named(changed)


def _named(by_side: _Rows) -> Names:
    return dict(zip(SIDES, by_side, strict=True))
