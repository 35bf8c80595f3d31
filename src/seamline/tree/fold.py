"""Layers laid on one another.

Entries land where containerd would put them: the parent folder's links are followed inside the root, the last
name never is. Whiteouts hide lower layers only, wherever they stand in their own layer.
Source: OCI image-spec 1.1 layer.md "Whiteouts"; containerd archive.Apply.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import count

import msgspec

from seamline.model.entry import DIRECTORY, FILE, HARDLINK, OPAQUE, SYMLINK, WHITEOUT, Entry
from seamline.tree.columns import Columns
from seamline.tree.tree import Tree, join

_WHITEOUTS = (WHITEOUT, OPAQUE)
_FILES = (FILE, HARDLINK)


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
        if any(kind in columns.kinds for kind in _WHITEOUTS):
            for row, kind in enumerate(columns.kinds):
                if kind in _WHITEOUTS:
                    self._hide(columns.paths[row], first + row, kind)
        folders = self._folders
        for number, path, kind in zip(count(first), columns.paths, columns.kinds):
            if kind <= DIRECTORY:  # nearly all are files and folders in a folder that has no such name yet
                folder, _, name = path.rpartition(b"/")
                names = folders.get(folder)
                if names is not None and name and names.setdefault(name, number) is number:
                    if kind == DIRECTORY:
                        folders.setdefault(path, {})
                        self._resolved = {}
                    continue
            if kind not in _WHITEOUTS and path:  # the root itself brings nothing
                self._land(columns, number - first, path, kind, number)

    def _number_all(self, columns: Columns) -> int:
        """Numbers the rows of one more layer in their order; the number of its first row."""
        first, count = len(self._rows), len(columns)
        self._tables.append(columns)
        self.layers += 1
        layer = array("H", (self.layers - 1,)) * count
        self._table += array("H", (self.layers,)) * count
        self._rows += array("I", range(count))
        self._layers += layer
        self.origins += layer
        self.kinds += columns.kinds
        self.modes += columns.modes
        self.sizes += columns.sizes
        self.attributed.update(first + row for row in columns.xattrs)
        return first

    def finish(self) -> None:
        self._resolved = {}

    def _number_made(self, entry: Entry) -> int:
        """The number of a row that no layer has, but folding needs."""
        self._table.append(0)
        self._rows.append(self._tables[0].add(entry))
        self._layers.append(self.layers - 1)
        self.origins.append(self.layers - 1)
        self.kinds.append(entry.kind)
        self.modes.append(entry.mode)
        self.sizes.append(entry.size_bytes)
        if entry.xattrs:
            self.attributed.add(len(self._rows) - 1)
        return len(self._rows) - 1

    def _hide(self, path: bytes, number: int, kind: int) -> None:
        real = self.canonical(path)
        if kind == WHITEOUT:
            self._remove(real, number)
        elif real in self._folders:
            for name in list(self._folders[real]):
                inside = join(real, name)
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
        if self.kinds[row] == SYMLINK:
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
                path = join(folder, name)
                self._hidden.setdefault(path, []).extend((row, remover))
                deeper = self._folders.pop(path, None)
                if deeper is not None:
                    pending.append((path, deeper))

    def _land(self, columns: Columns, row: int, path: bytes, kind: int, number: int) -> None:
        folder, _, name = path.rpartition(b"/")
        names = self._folders.get(folder)
        if names is None:
            folder = self._make_folder(folder, columns.mtimes[row])
            path, names = join(folder, name), self._folders[folder]
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
            self.origins[number] = self.origins[old]
        if kind == DIRECTORY and real in self._folders:
            self._hidden.setdefault(real, []).append(old)
        else:
            remover = self._number_made(Entry(path=real, kind=WHITEOUT)) if real in self._folders else number
            self._remove(real, remover)

    def _same_content(self, old: int, new: int) -> bool:
        if self.kinds[old] in _FILES and self.kinds[new] in _FILES:
            return self.sizes[old] == self.sizes[new] and self.key(old) == self.key(new)
        return self.kinds[old] == self.kinds[new] and self.link(old) == self.link(new)

    def _hardlink(self, columns: Columns, row: int, number: int) -> int:
        """A row that shows the size, mode and content of what the hardlink names."""
        target = self._row_at(self.canonical(columns.links.get(row, b"")))
        if target is None or self.kinds[target] not in (FILE, HARDLINK):
            return number
        own, shown = columns.entry(row, layer=0), self.entry(target, columns.paths[row])
        entry = msgspec.structs.replace(shown, kind=HARDLINK, link_to=own.link_to)
        number = self._number_made(entry)
        self._inodes[number] = target
        return number

    def _make_folder(self, folder: bytes, mtime_ns: int) -> bytes:
        """The real folder that `folder` leads to, made 0755 for root where the layers never name it."""
        path = b""
        for part in folder.split(b"/"):
            step = join(path, part)
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
