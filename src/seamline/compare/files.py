"""What differs between the files of two images."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seamline.model.entry import DIRECTORY, Entry
from seamline.model.package import Side
from seamline.tree.tree import Tree

SideOf = Callable[[Entry], Side]
Files = Mapping[str, tuple[Side, object]]


def files_of(tree: Tree, side_of: SideOf) -> Files:
    """Every visible path but folders, with its side and what tells two contents apart: a copy with another date is the same."""
    return {
        "/" + entry.path.decode("utf-8", "backslashreplace"): (
            side_of(entry),
            (entry.content_key or entry.link_to, entry.mode, entry.uid, entry.gid),
        )
        for entry in tree.entries()
        if entry.kind != DIRECTORY
    }
