"""What variables of the image's environment have run or loaded beside what is started: preloaded libraries, folders of libraries,
files that shells and interpreters read first. Sources: ld.so(8), ENVIRONMENT; bash(1), BASH_ENV; POSIX.1-2024 XCU sh, ENV;
python(1), PYTHONSTARTUP.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seamline.expression import expression
from seamline.model.audit import Danger, RunsAs, SurfaceLine
from seamline.model.entry import DIRECTORY, FILE, HARDLINK, Entry, path_text
from seamline.model.seam import Stratum
from seamline.surface.placed import Placed
from seamline.surface.privileges import may_write
from seamline.tree.tree import Tree

_PRELOADS = frozenset(("LD_PRELOAD", "LD_AUDIT"))
_STARTS = frozenset(("BASH_ENV", "ENV", "PYTHONSTARTUP"))
_LIBRARIES = ("usr/local/lib", "lib", "usr/lib", "lib64", "usr/lib64")
_TRIPLET = expression(rb"[\w]+-linux-(?:gnu|musl)\w*")
_OTHERS_WRITE = 0o002


class Variable(NamedTuple):
    """One variable, and the part that set it: of unknown side where nobody can tell."""

    name: str
    value: str
    by: Stratum


def from_environment(
    placed: Placed, variables: Iterable[Variable], user: RunsAs, folder: str
) -> Iterator[SurfaceLine]:
    """What the variables bring, each thing the doing of who set its variable; `folder` is where processes start."""
    for each in variables:
        if each.name in _PRELOADS:
            for name in re.split(r"[ :]+", each.value):
                library = _library(placed.tree, name, folder)
                if library is not None:
                    allows = (Danger.PERSISTENCE, Danger.ESCALATE)
                    yield placed.line(library, "preloaded library", allows, name=each.name, of=each.by)
        elif each.name == "LD_LIBRARY_PATH":
            yield from _folders(placed, each, user, folder)
        elif each.name in _STARTS:
            file = _file(placed.tree, each.value) if each.value.startswith("/") else None
            if file is not None:
                allows = (Danger.PERSISTENCE, Danger.EXECUTE)
                yield placed.line(file, "startup file", allows, name=each.name, of=each.by)


def _folders(placed: Placed, variable: Variable, user: RunsAs, folder: str) -> Iterator[SurfaceLine]:
    """Folders of libraries that somebody besides root may write; an empty one is where the process stands."""
    for name in dict.fromkeys(re.split(r"[:;]", variable.value)):
        at = placed.tree.resolve(_absolute(name, folder))
        if at is None or at.kind != DIRECTORY:
            continue
        if at.mode & _OTHERS_WRITE or (user.uid and may_write(at, user)):
            allows = (Danger.PERSISTENCE, Danger.EXECUTE)
            shown = "/" + path_text(at.path)
            detail = variable.name
            yield placed.line(
                at, "writable library folder", allows, name=shown, detail=detail, of=variable.by
            )


def _library(tree: Tree, name: str, folder: str) -> Entry | None:
    """The file of a path, or of a name in the usual folders."""
    if not name:
        return None
    if "/" in name:
        return _file(tree, posixpath.join("/", folder, name))
    for place in _LIBRARIES:
        below = [each for each in tree.names(place.encode()) if _TRIPLET.fullmatch(each)]
        for inner in (b"", *sorted(below)):
            path = b"/".join(part for part in (place.encode(), inner, name.encode()) if part)
            entry = tree.resolve(path)
            if entry is not None and entry.kind in (FILE, HARDLINK):
                return entry
    return None


def _file(tree: Tree, path: str) -> Entry | None:
    entry = tree.resolve(_absolute(path, "/"))
    return entry if entry is not None and entry.kind in (FILE, HARDLINK) else None


def _absolute(path: str, folder: str) -> bytes:
    whole = posixpath.normpath(posixpath.join("/", folder or "/", path))
    return whole.strip("/").encode("utf-8", "surrogateescape")
