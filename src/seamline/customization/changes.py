"""What an image changed over the parts of its system side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seamline.model.customization import Changes
from seamline.model.entry import Entry, Kind
from seamline.model.package import Side
from seamline.tree.tree import Tree

_MOST = 8
_NO_CONTENT = (Kind.DIRECTORY, Kind.WHITEOUT, Kind.OPAQUE)


def file_changes(tree: Tree, side_of: Callable[[Entry], Side]) -> Changes:
    """The files that stand on no system part, those of them that took a system file's place, and those that are gone."""
    added = [
        entry for entry in tree.entries() if entry.kind != Kind.DIRECTORY and side_of(entry) != Side.SYSTEM
    ]
    replaced, removed = _over_base(tree, side_of)
    return Changes(
        kind="file",
        added=len(added) - len(replaced),
        replaced=len(replaced),
        removed=len(removed),
        added_bytes=sum(entry.size_bytes for entry in added if entry.kind == Kind.FILE),
        examples=tuple(_shown(path) for path in (*replaced, *removed)[:_MOST]),
    )


def _over_base(tree: Tree, side_of: Callable[[Entry], Side]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    replaced, removed = [], []
    for path, hidden in sorted(tree.hidden()):
        below = [each for each in hidden if each.kind not in _NO_CONTENT]
        if not below or side_of(below[-1]) != Side.SYSTEM:
            continue
        visible = tree.at(path)
        if visible is None:
            removed.append(path)
        elif visible.kind != Kind.DIRECTORY and side_of(visible) != Side.SYSTEM:
            replaced.append(path)
    return replaced, removed


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
