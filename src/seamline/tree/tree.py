"""The visible files of an image, with the history of every path.

A tree keeps names by folder: `_folders` holds each real directory's visible names and their rows, so a removed
subtree, a listing and a directory link cost what they touch. What is no longer visible stands in `_hidden`.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import TypeVar

from seamline.model.entry import DIRECTORY, FILE, HARDLINK, SYMLINK, Entry, Kind
from seamline.tree.columns import Columns

T = TypeVar("T")
_LINKS_FOLLOWED = 40  # what the kernel allows (MAXSYMLINKS)
_MOST_KEPT = 50_000  # entries; some 20 MB
_FILES = (FILE, HARDLINK)
_REGULAR = bytes(kind == FILE for kind in range(256))
_BUT_DIRECTORIES = bytes(kind != DIRECTORY for kind in range(256))


class Tree:
    """What is visible when all layers are folded; made by `fold` of seamline.tree.fold and not changed afterwards.

    What goes over all paths goes by row: `folders` gives each folder's names with their rows, and the columns `kinds`,
    `modes`, `sizes` and `origins` (the layer that first brought this content there) tell of a row what its entry would,
    at a twentieth of the time; `attributed` are the rows with extended attributes.
    """

    __slots__ = (
        "_folders",
        "_hidden",
        "_inodes",
        "_kept",
        "_layers",
        "_order",
        "_resolved",
        "_rows",
        "_shown",
        "_table",
        "_tables",
        "attributed",
        "kinds",
        "layers",
        "modes",
        "origins",
        "sizes",
    )

    def __init__(self) -> None:
        self.layers = 0
        self._tables: list[Columns] = [Columns()]  # the first holds the rows that only folding makes
        self._table = array("H")  # by row: which of the tables
        self._rows = array("I")  # by row: the row inside that table
        self._layers = array("H")  # by row: the layer's position
        self.kinds = bytearray()
        self.modes = array("H")
        self.sizes = array("Q")
        self.attributed: set[int] = set()
        self.origins = array("H")
        self._inodes: dict[int, int] = {}  # hardlink row -> row that holds the content
        self._folders: dict[bytes, dict[bytes, int]] = {b"": {}}
        self._hidden: dict[bytes, list[int]] = {}
        self._resolved: dict[bytes, bytes] = {}
        self._kept: tuple[Entry, ...] | None = None
        self._order: list[bytes] | None = None
        self._shown: bytes | None = None

    def __len__(self) -> int:
        return sum(len(names) for names in self._folders.values())

    def at(self, path: bytes) -> Entry | None:
        """The visible entry at `path`; links among its parents are followed, a link at its end is not."""
        row = self._row(path)
        return None if row is None else self.entry(row, path)

    def resolve(self, path: bytes) -> Entry | None:
        """The visible entry that `path` leads to when a link at its end is followed too."""
        real = self._follow(path, last=True)
        return None if real is None else self.at(real)

    def canonical(self, path: bytes) -> bytes:
        """`path` with the directory links among its parents resolved inside the root (bin/sh -> usr/bin/sh)."""
        folder, _, name = path.rpartition(b"/")
        if folder in self._folders:
            return path
        real = self._real_folder(folder)
        return path if real is None else join(real, name)

    def canonicals(self, paths: Iterable[bytes]) -> list[bytes]:
        """Each of the paths as `canonical` gives it: nearly all lie in a folder that is one."""
        folders = self._folders
        return [path if path.rpartition(b"/")[0] in folders else self.canonical(path) for path in paths]

    def history(self, path: bytes) -> tuple[Entry, ...]:
        """Every layer's entry at `path`, bottom first; the last is visible unless it is a whiteout.

        A path that went with a folder above it ends in a whiteout too, in the layer that removed the folder.
        """
        real = self.canonical(path)
        rows = list(self._hidden.get(real, ()))
        visible = self._row_at(real)
        if visible is not None:
            rows.append(visible)
        return tuple(self.entry(row, path) for row in rows)

    def hidden(self) -> Iterator[tuple[bytes, tuple[Entry, ...]]]:
        """Each path that a higher layer replaced or removed, with what is hidden there, bottom first."""
        for path, rows in self._hidden.items():
            yield path, tuple(self.entry(row, path) for row in rows)

    def under(self, prefix: bytes) -> Iterator[Entry]:
        """The visible entries strictly below the folder `prefix` (b"" is the root), folder by folder."""
        start = self._real_folder(prefix) if prefix else b""
        if start is None or start not in self._folders:
            return
        pending = [start]
        while pending:
            folder = pending.pop()
            for name, row in sorted(self._folders[folder].items()):
                entry = self.entry(row, join(folder, name))
                yield entry
                if entry.kind == DIRECTORY:
                    pending.append(entry.path)

    def names(self, folder: bytes) -> tuple[bytes, ...]:
        """The visible names in one folder, sorted; none where it is no folder."""
        real = self._real_folder(folder) if folder else b""
        return tuple(sorted(self._folders.get(real, ()))) if real is not None else ()

    def entries(self) -> Iterator[Entry]:
        """Every visible entry, folder by folder. A small tree keeps them: several rooms go through it in turn."""
        if self._kept is None and len(self) <= _MOST_KEPT:
            self._kept = tuple(self.under(b""))
        return self.under(b"") if self._kept is None else iter(self._kept)

    def shown(self) -> bytes:
        """By row: 1 where the row is visible, else 0."""
        if self._shown is None:
            found = bytearray(len(self.kinds))
            for names in self._folders.values():
                for row in names.values():
                    found[row] = 1
            self._shown = bytes(found)
        return self._shown

    def counts(self, places: Sequence[int]) -> dict[int, tuple[int, int]]:
        """By place: how many visible paths but directories there are, and the bytes of its regular files, hardlinks left out.
        `places` has the place of every row."""
        shown = int.from_bytes(self.shown(), "little")
        counted = _marked(shown, self.kinds, _BUT_DIRECTORIES)
        sizes = dict.fromkeys(sorted(set(places)), 0)
        files = Counter(compress(places, counted))
        regular = _marked(shown, self.kinds, _REGULAR)
        for place, size in zip(compress(places, regular), compress(self.sizes, regular), strict=True):
            sizes[place] += size
        return {place: (files[place], size) for place, size in sizes.items() if files[place]}

    def rows_of(self, kind: Kind) -> Iterator[int]:
        """The rows of a kind, hidden ones too. Few are anything but files and directories."""
        row = self.kinds.find(kind)
        while row >= 0:
            yield row
            row = self.kinds.find(kind, row + 1)

    def folders(self) -> Iterator[tuple[bytes, Mapping[bytes, int]]]:
        """Each visible folder with the row of every name in it, folder by folder as `entries` goes, names in no order."""
        if self._order is None:
            self._order = self._ordered()
        return ((folder, self._folders[folder]) for folder in self._order)

    def contents(self, origins: Container[int]) -> Iterator[tuple[int, bytes, int, bytes]]:
        """Every visible path whose content came with one of these layers, folder by folder: that layer, the path, its kind and
        what is there, which is the content key of a file, a hardlink's too, the target of a link, else nothing."""
        tables, table, rows, kinds, origin = self._tables, self._table, self._rows, self.kinds, self.origins
        for folder, names in self.folders():
            head = folder + b"/" if folder else b""
            for name, row in names.items():
                if origin[row] in origins:
                    kind, columns, at = kinds[row], tables[table[row]], rows[row]
                    what = columns.key(at) if kind in _FILES else columns.links.get(at, b"")
                    yield origin[row], head + name, kind, what

    def _ordered(self) -> list[bytes]:
        inner: dict[bytes, list[bytes]] = {}
        for folder in self._folders:
            inner.setdefault(folder.rpartition(b"/")[0], []).append(folder)
        inner[b""].remove(b"")
        pending, found = [b""], []
        while pending:
            folder = pending.pop()
            found.append(folder)
            if folder in inner:
                pending += sorted(inner[folder])
        return found

    def entry(self, row: int, path: bytes) -> Entry:
        """The entry of a row, which is visible at `path`."""
        columns = self._tables[self._table[row]]
        return columns.entry(
            self._rows[row], layer=self._layers[row], origin_layer=self.origins[row], path=path
        )

    def key(self, row: int) -> bytes:
        """The content key of a row; empty where it has none."""
        return self._tables[self._table[row]].key(self._rows[row])

    def column(self, rows: Iterable[int], of: Callable[[Columns], Sequence[T]]) -> list[T]:
        """Of each row what a column of its layer tells, which `of` picks."""
        columns = [of(each) for each in self._tables]
        table, places = self._table, self._rows
        return [columns[table[row]][places[row]] for row in rows]

    def link(self, row: int) -> bytes:
        """What a row links to; empty where it is no link."""
        return self._tables[self._table[row]].links.get(self._rows[row], b"")

    def inode(self, path: bytes) -> int:
        """What tells contents apart: the row whose content a path shows, which hardlinks of one another share; -1 for none."""
        row = self._row(path)
        return -1 if row is None else self.content_row(row)

    def content_row(self, row: int) -> int:
        """The row that holds the content which a row shows: itself but for hardlinks."""
        while row in self._inodes:
            row = self._inodes[row]
        return row

    def content_key(self, path: bytes) -> bytes:
        """The content key of the visible regular file at `path`, a hardlink's too; empty for all else."""
        row = self._row(path)
        if row is None or self.kinds[row] not in _FILES:
            return b""
        return self.key(row)

    def layer_of(self, path: bytes) -> int | None:
        """The layer whose entry is visible at `path`; None where nothing is."""
        row = self._row(path)
        return None if row is None else self._layers[row]

    def _row(self, path: bytes) -> int | None:
        """The row that is visible at `path`, links among its parents followed."""
        folder, _, name = path.rpartition(b"/")
        names = self._folders.get(folder)
        if names is None:
            real = self._real_folder(folder)
            names = None if real is None else self._folders[real]
        return None if names is None else names.get(name)

    def _row_at(self, real: bytes) -> int | None:
        folder, _, name = real.rpartition(b"/")
        names = self._folders.get(folder)
        return None if names is None else names.get(name)

    def _real_folder(self, folder: bytes) -> bytes | None:
        """The real path of a folder that may stand behind links; None where it is no folder at all."""
        if folder in self._folders:
            return folder
        if folder not in self._resolved:
            real = self._follow(folder, last=True)
            self._resolved[folder] = real if real is not None and real in self._folders else b"\0"
        real = self._resolved[folder]
        return None if real == b"\0" else real

    def _follow(self, path: bytes, *, last: bool) -> bytes | None:
        """`path` with links followed inside the root; None on a loop. `..` never leaves the root."""
        pending = path.split(b"/")[::-1]
        real: list[bytes] = []
        followed = 0
        while pending:
            part = pending.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                del real[-1:]
                continue
            here = b"/".join([*real, part])
            row = self._row_at(here)
            if row is None or self.kinds[row] != SYMLINK or not (pending or last):
                real.append(part)
                continue
            followed += 1
            if followed > _LINKS_FOLLOWED:
                return None
            target = self.link(row)
            if target.startswith(b"/"):
                real = []
            pending.extend(target.split(b"/")[::-1])
        return b"/".join(real)


def _marked(shown: int, kinds: bytearray, of: bytes) -> bytes:
    """By row: 1 where the row is visible and of those kinds that `of` has a 1 for."""
    found = int.from_bytes(kinds.translate(of), "little") & shown
    return found.to_bytes(len(kinds), "little")


def join(folder: bytes, name: bytes) -> bytes:
    """The path of a name in a folder; b"" is the root."""
    return folder + b"/" + name if folder else name
