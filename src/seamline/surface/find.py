"""Everything in the visible tree that an intruder could use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from seamline.model.audit import Danger, SurfaceLine
from seamline.model.entry import Entry, Kind
from seamline.model.seam import Stratum
from seamline.surface.program_table import TOOLS, Tool
from seamline.tree.tree import Tree

_FOLDERS = (b"bin", b"sbin", b"usr/bin", b"usr/sbin", b"usr/local/bin", b"usr/local/sbin")
_VERSION = re.compile(r"[-.]?\d+(\.\d+)*$")
_SETUID, _SETGID = 0o4000, 0o2000
_BY_NAME: dict[str, Tool] = {name: tool for tool in TOOLS for name in tool.names}


class Placed:
    """Who an entry belongs to: the part of the image, and the package that brought it."""

    def __init__(
        self, tree: Tree, stratum_of: Callable[[Entry], Stratum], suppliers: Mapping[bytes, str]
    ) -> None:
        self._tree = tree
        self._stratum_of = stratum_of
        self._suppliers = suppliers

    def line(self, entry: Entry, kind: str, allows: tuple[Danger, ...], name: str = "") -> SurfaceLine:
        """The line about one entry."""
        stratum = self._stratum_of(entry)
        path = entry.path.decode("utf-8", "backslashreplace")
        return SurfaceLine(
            danger=allows[0],
            kind=kind,
            name=name or path.rpartition("/")[2],
            path=path,
            side=stratum.side,
            stratum=stratum.name,
            layer=entry.origin_layer,
            allows=allows,
            supplier=self._suppliers.get(self._tree.canonical(entry.path), "").partition("@")[0],
        )


def find_surface(tree: Tree, placed: Placed) -> tuple[SurfaceLine, ...]:
    """The surface, by kind and path."""
    found = [*_programs(tree, placed), *_privileged(tree, placed)]
    return tuple(sorted(found, key=lambda line: (line.kind, line.path)))


def _programs(tree: Tree, placed: Placed) -> Iterator[SurfaceLine]:
    seen: set[bytes] = set()
    for folder in _FOLDERS:
        for name in tree.names(folder):
            path = tree.canonical(folder + b"/" + name)
            entry = tree.resolve(path)
            text = name.decode("utf-8", "replace")
            tool = _BY_NAME.get(text) or _BY_NAME.get(_VERSION.sub("", text))
            if tool is None or path in seen or entry is None or entry.kind == Kind.DIRECTORY:
                continue
            seen.add(path)
            shown = tree.at(path)
            if shown is not None:
                yield placed.line(shown, tool.kind, tool.allows)


def _privileged(tree: Tree, placed: Placed) -> Iterator[SurfaceLine]:
    for entry in tree.entries():
        if entry.kind not in (Kind.FILE, Kind.HARDLINK):
            continue
        if entry.mode & _SETUID:
            yield placed.line(entry, "setuid file", (Danger.ESCALATE,))
        elif entry.mode & _SETGID:
            yield placed.line(entry, "setgid file", (Danger.ESCALATE,))
        if "security.capability" in entry.xattrs:
            yield placed.line(entry, "file capability", (Danger.ESCALATE,))
