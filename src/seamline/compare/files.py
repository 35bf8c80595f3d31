"""What differs between the files of two images. Images hold tens of thousands: they are kept by column, and a name is made
into text where it is shown or sorted alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from seamline.model.entry import DIRECTORY, Entry
from seamline.model.package import Side
from seamline.tree.tree import Tree

SideOf = Callable[[Entry], Side]
Names = list[tuple[Side, str]]
"""Names of things, each with its side."""
_UID_BIT, _GID_BIT = 12, 44
"""Where the owner and the group of a file stand above its twelve permission bits."""


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """Every visible path but folders, a row each: paths with NUL between them, sides, and what tells two contents apart. A
    copy with another date is the same."""

    paths: bytes = b""
    sides: tuple[Side, ...] = ()
    contents: tuple[bytes, ...] = ()
    rights: tuple[int, ...] = ()

    def rows(self) -> Mapping[str, int]:
        """The row of each path, as it is shown."""
        if not self.sides:
            return {}
        names = self.paths.decode("utf-8", "backslashreplace").split("\0")
        return {name: row for row, name in enumerate(names)}


def files_of(tree: Tree, side_of: SideOf) -> Files:
    """The files of an image."""
    entries = [entry for entry in tree.entries() if entry.kind != DIRECTORY]
    return Files(
        paths=b"\0".join([entry.path for entry in entries]),
        sides=tuple(map(side_of, entries)),
        contents=tuple([entry.content_key or entry.link_to for entry in entries]),
        rights=tuple([entry.mode | entry.uid << _UID_BIT | entry.gid << _GID_BIT for entry in entries]),
    )


def apart_in(a: Files, b: Files) -> tuple[Names, Names, Names]:
    """The files that only B has, those that only A has, and those that differ; a file in both is on the side that it has in B."""
    before, after = a.rows(), b.rows()
    added = [(b.sides[row], name) for name, row in after.items() if name not in before]
    removed = [(a.sides[row], name) for name, row in before.items() if name not in after]
    return added, removed, list(_changed(a, b, before, after))


def _changed(
    a: Files, b: Files, before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[tuple[Side, str]]:
    for name, row in before.items():
        now = after.get(name)
        if now is not None and (a.contents[row] != b.contents[now] or a.rights[row] != b.rights[now]):
            yield b.sides[now], name
