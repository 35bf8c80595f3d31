"""The visible files of an image, with the history of every path.

A tree keeps names by folder: `_folders` holds each real directory's visible names and their rows, so a removed
subtree, a listing and a directory link cost what they touch. What is no longer visible stands in `_hidden`.
Entries land where containerd would put them: the parent folder's links are followed inside the root, the last
name never is. Whiteouts hide lower layers only, wherever they stand in their own layer.
Source: OCI image-spec 1.1 layer.md "Whiteouts"; containerd archive.Apply.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import msgspec

from seamline.model.entry import DIRECTORY, FILE, HARDLINK, OPAQUE, SYMLINK, WHITEOUT, Entry
from seamline.tree.columns import Columns

_LINKS_FOLLOWED = 40  # what the kernel allows (MAXSYMLINKS)
_MOST_KEPT = 50_000  # entries; some 20 MB
_WHITEOUTS = (WHITEOUT, OPAQUE)
_FILES = (FILE, HARDLINK)


class Tree:
    """What is visible when all layers are folded; made by `fold` and not changed afterwards."""

    __slots__ = (
        "_folders",
        "_hidden",
        "_inodes",
        "_kept",
        "_layers",
        "_origins",
        "_resolved",
        "_rows",
        "_table",
        "_tables",
        "layers",
    )

    def __init__(self) -> None:
        self.layers = 0
        self._tables: list[Columns] = [Columns()]  # the first holds the rows that only folding makes
        self._table = array("H")  # by row: which of the tables
        self._rows = array("I")  # by row: the row inside that table
        self._layers = array("H")  # by row: the layer's position
        self._origins = array("H")  # by row: the layer that first brought this content here
        self._inodes: dict[int, int] = {}  # hardlink row -> row that holds the content
        self._folders: dict[bytes, dict[bytes, int]] = {b"": {}}
        self._hidden: dict[bytes, list[int]] = {}
        self._resolved: dict[bytes, bytes] = {}
        self._kept: tuple[Entry, ...] | None = None

    def __len__(self) -> int:
        return sum(len(names) for names in self._folders.values())

    def at(self, path: bytes) -> Entry | None:
        """The visible entry at `path`; links among its parents are followed, a link at its end is not."""
        row = self._row_at(self.canonical(path))
        return None if row is None else self._entry(row, path)

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
        return path if real is None else _join(real, name)

    def history(self, path: bytes) -> tuple[Entry, ...]:
        """Every layer's entry at `path`, bottom first; the last is visible unless it is a whiteout.

        A path that went with a folder above it ends in a whiteout too, in the layer that removed the folder.
        """
        real = self.canonical(path)
        rows = list(self._hidden.get(real, ()))
        visible = self._row_at(real)
        if visible is not None:
            rows.append(visible)
        return tuple(self._entry(row, path) for row in rows)

    def hidden(self) -> Iterator[tuple[bytes, tuple[Entry, ...]]]:
        """Each path that a higher layer replaced or removed, with what is hidden there, bottom first."""
        for path, rows in self._hidden.items():
            yield path, tuple(self._entry(row, path) for row in rows)

    def under(self, prefix: bytes) -> Iterator[Entry]:
        """The visible entries strictly below the folder `prefix` (b"" is the root), folder by folder."""
        start = self._real_folder(prefix) if prefix else b""
        if start is None or start not in self._folders:
            return
        pending = [start]
        while pending:
            folder = pending.pop()
            for name, row in sorted(self._folders[folder].items()):
                entry = self._entry(row, _join(folder, name))
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

    def inode(self, path: bytes) -> tuple[int, int]:
        """What tells contents apart: hardlinks of one another give the same pair."""
        row = self._row_at(self.canonical(path))
        if row is None:
            return (-1, -1)
        while row in self._inodes:
            row = self._inodes[row]
        return (self._table[row], self._rows[row])

    def contents(self) -> set[tuple[int, int]]:
        """The inodes of all visible regular files."""
        return {
            (self._table[row], self._rows[row])
            for names in self._folders.values()
            for row in names.values()
            if self._kind(row) == FILE
        }

    def content_key(self, path: bytes) -> bytes:
        """The content key of the visible regular file at `path`, a hardlink's too; empty for all else."""
        row = self._row_at(self.canonical(path))
        if row is None or self._kind(row) not in _FILES:
            return b""
        return self._tables[self._table[row]].key(self._rows[row])

    def layer_of(self, path: bytes) -> int | None:
        """The layer whose entry is visible at `path`; None where nothing is."""
        row = self._row_at(self.canonical(path))
        return None if row is None else self._layers[row]

    def _entry(self, row: int, path: bytes) -> Entry:
        columns = self._tables[self._table[row]]
        return columns.entry(
            self._rows[row], layer=self._layers[row], origin_layer=self._origins[row], path=path
        )

    def _row_at(self, real: bytes) -> int | None:
        folder, _, name = real.rpartition(b"/")
        names = self._folders.get(folder)
        return None if names is None else names.get(name)

    def _kind(self, row: int) -> int:
        return self._tables[self._table[row]].kinds[self._rows[row]]

    def _link(self, row: int) -> bytes:
        return self._tables[self._table[row]].links.get(self._rows[row], b"")

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
            if row is None or self._kind(row) != SYMLINK or not (pending or last):
                real.append(part)
                continue
            followed += 1
            if followed > _LINKS_FOLLOWED:
                return None
            target = self._link(row)
            if target.startswith(b"/"):
                real = []
            pending.extend(target.split(b"/")[::-1])
        return b"/".join(real)


def fold(layers: Sequence[Columns]) -> Tree:
    """The tree that the layers make, bottom first."""
    tree = _Folding()
    for columns in layers:
        tree.apply(columns)
    tree.finish()
    return tree


class _Folding(Tree):
    """A tree while layers are laid on it."""

    __slots__ = ()

    def apply(self, columns: Columns) -> None:
        first = self._number_all(columns)
        for row, kind in enumerate(columns.kinds):
            if kind in _WHITEOUTS:
                self._hide(columns.paths[row], first + row, kind)
        folders = self._folders
        for row, (path, kind) in enumerate(zip(columns.paths, columns.kinds, strict=True)):
            if kind == FILE:  # nearly all are files in a folder that has no such name yet
                folder, _, name = path.rpartition(b"/")
                names = folders.get(folder)
                if names is not None and name not in names:
                    names[name] = first + row
                    continue
            if kind not in _WHITEOUTS and path:  # the root itself brings nothing
                self._land(columns, row, path, kind, first + row)

    def _number_all(self, columns: Columns) -> int:
        """Numbers the rows of one more layer in their order; the number of its first row."""
        first, count = len(self._rows), len(columns)
        self._tables.append(columns)
        self.layers += 1
        layer = array("H", (self.layers - 1,)) * count
        self._table += array("H", (self.layers,)) * count
        self._rows += array("I", range(count))
        self._layers += layer
        self._origins += layer
        return first

    def finish(self) -> None:
        self._resolved = {}

    def _number_made(self, entry: Entry) -> int:
        """The number of a row that no layer has, but folding needs."""
        self._table.append(0)
        self._rows.append(self._tables[0].add(entry))
        self._layers.append(self.layers - 1)
        self._origins.append(self.layers - 1)
        return len(self._rows) - 1

    def _hide(self, path: bytes, number: int, kind: int) -> None:
        real = self.canonical(path)
        if kind == WHITEOUT:
            self._remove(real, number)
        elif real in self._folders:
            for name in list(self._folders[real]):
                inside = _join(real, name)
                self._remove(inside, number)
                self._hidden[inside].append(number)
        self._hidden.setdefault(real, []).append(number)

    def _remove(self, real: bytes, remover: int) -> None:
        """Takes a path and all below it out of view; what was below remembers who removed it."""
        folder, _, name = real.rpartition(b"/")
        row = self._folders.get(folder, {}).pop(name, None)
        if row is None:
            return
        self._hidden.setdefault(real, []).append(row)
        if self._kind(row) == SYMLINK:
            self._resolved = {}
        inner = self._folders.pop(real, None)
        if inner is not None:
            self._resolved = {}
            self._bury(real, inner, remover)

    def _bury(self, real: bytes, names: dict[bytes, int], remover: int) -> None:
        pending = [(real, names)]
        while pending:
            folder, inside = pending.pop()
            for name, row in inside.items():
                path = _join(folder, name)
                self._hidden.setdefault(path, []).extend((row, remover))
                deeper = self._folders.pop(path, None)
                if deeper is not None:
                    pending.append((path, deeper))

    def _land(self, columns: Columns, row: int, path: bytes, kind: int, number: int) -> None:
        folder, _, name = path.rpartition(b"/")
        names = self._folders.get(folder)
        if names is None:
            folder = self._make_folder(folder, columns.mtimes[row])
            path, names = _join(folder, name), self._folders[folder]
        if kind == HARDLINK:
            number = self._hardlink(columns, row, number)
        old = names.get(name)
        if old is not None:
            self._replace(path, old, number, kind)
        names[name] = number
        if kind == DIRECTORY:
            self._folders.setdefault(path, {})
        if kind in (DIRECTORY, SYMLINK) and self._resolved:
            self._resolved = {}

    def _replace(self, real: bytes, old: int, number: int, kind: int) -> None:
        if self._same_content(old, number):
            self._origins[number] = self._origins[old]
        if kind == DIRECTORY and real in self._folders:
            self._hidden.setdefault(real, []).append(old)
        else:
            remover = self._number_made(Entry(path=real, kind=WHITEOUT)) if real in self._folders else number
            self._remove(real, remover)

    def _same_content(self, old: int, new: int) -> bool:
        before, after = self._tables[self._table[old]], self._tables[self._table[new]]
        a, b = self._rows[old], self._rows[new]
        plain = (FILE, HARDLINK)
        if before.kinds[a] in plain and after.kinds[b] in plain:
            return before.sizes[a] == after.sizes[b] and before.key(a) == after.key(b)
        return before.kinds[a] == after.kinds[b] and before.links.get(a) == after.links.get(b)

    def _hardlink(self, columns: Columns, row: int, number: int) -> int:
        """A row that shows the size, mode and content of what the hardlink names."""
        target = self._row_at(self.canonical(columns.links.get(row, b"")))
        if target is None or self._kind(target) not in (FILE, HARDLINK):
            return number
        own, shown = columns.entry(row, layer=0), self._entry(target, columns.paths[row])
        entry = msgspec.structs.replace(shown, kind=HARDLINK, link_to=own.link_to)
        number = self._number_made(entry)
        self._inodes[number] = target
        return number

    def _make_folder(self, folder: bytes, mtime_ns: int) -> bytes:
        """The real folder that `folder` leads to, made 0755 for root where the layers never name it."""
        path = b""
        for part in folder.split(b"/"):
            step = _join(path, part)
            known = self._real_folder(step)
            if known is None:
                self._remove(step, self._number_made(Entry(path=step, kind=WHITEOUT)))
                made = Entry(path=step, kind=DIRECTORY, mode=0o755, mtime_ns=mtime_ns)
                self._folders[path][part] = self._number_made(made)
                self._folders[step] = {}
                self._resolved = {}
                known = step
            path = known
        return path


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name
