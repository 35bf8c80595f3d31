"""What lets a process become more than it is: setuid, setgid, file capabilities; paths that anyone may write."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.formats.capabilities import parse_capabilities
from seamline.model.audit import Danger, RunsAs, SurfaceLine
from seamline.model.entry import DIRECTORY, FILE, HARDLINK, SYMLINK, Entry, path_text
from seamline.model.seam import Stratum
from seamline.surface.placed import Placed
from seamline.surface.programs import folders_of
from seamline.tree.tree import Tree

_SETUID, _SETGID, _STICKY, _EXECUTABLE = 0o4000, 0o2000, 0o1000, 0o111
_OTHERS_WRITE, _GROUP_WRITE, _OWNER_WRITE = 0o002, 0o020, 0o200
_TELLING = _SETUID | _SETGID | _OTHERS_WRITE
_FILES = (FILE, HARDLINK)


class PathSetter(msgspec.Struct, frozen=True):
    """Who set PATH, where that is known, and the folders that were on it below already."""

    stratum: Stratum | None = None
    below: frozenset[bytes] = frozenset()


_RUNTIME = (b"dev/", b"proc/", b"sys/")
_SECRET_FILES = (b"etc/shadow", b"etc/gshadow", b"etc/sudoers")


def telling_rows(tree: Tree) -> set[int]:
    """The rows of a tree that may let somebody do something: an entry that has none of these bits and no extended attribute
    does not, and the mode of a symlink says nothing."""
    telling = {row for row, mode in enumerate(tree.modes) if mode & _TELLING}
    return (telling | tree.attributed).difference(tree.rows_of(SYMLINK))


def of_entry(placed: Placed, entry: Entry) -> Iterator[SurfaceLine]:
    """What one visible path lets somebody do: a setuid or setgid program, one with capabilities, one that anyone may write.

    Each belongs to who made it so, not to who brought the content."""
    if entry.kind in _FILES:
        if _is_setuid(entry):
            at = placed.since(entry, _is_setuid)
            yield placed.line(at, "setuid file", (Danger.ESCALATE,), detail=f"uid {entry.uid}")
        if _is_setgid(entry):
            at = placed.since(entry, _is_setgid)
            yield placed.line(at, "setgid file", (Danger.ESCALATE,), detail=f"gid {entry.gid}")
        if held := _capabilities(entry):
            at = placed.since(entry, lambda each: bool(_capabilities(each)))
            yield placed.line(at, "file capability", (Danger.ESCALATE,), detail=", ".join(held))
    if _is_open(entry) and not entry.path.startswith(_RUNTIME):
        name = "/" + path_text(entry.path)
        if entry.kind in _FILES:
            at = placed.since(entry, _is_open)
            yield placed.line(at, "world-writable file", (Danger.PERSISTENCE,), name=name)
        elif entry.kind == DIRECTORY and not entry.mode & _STICKY:
            at = placed.since(entry, lambda each: _is_open(each) and not each.mode & _STICKY)
            yield placed.line(at, "world-writable folder", (Danger.PERSISTENCE,), name=name)


def _is_setuid(entry: Entry) -> bool:
    return bool(entry.mode & _SETUID)


def _is_setgid(entry: Entry) -> bool:
    return bool(entry.mode & _SETGID and entry.mode & _EXECUTABLE)


def _is_open(entry: Entry) -> bool:
    return bool(entry.mode & _OTHERS_WRITE)


def _capabilities(entry: Entry) -> tuple[str, ...]:
    return tuple(parse_capabilities(entry.xattrs.get("security.capability", b""))) if entry.xattrs else ()


def writable(placed: Placed, path: str, user: RunsAs, by: PathSetter) -> Iterator[SurfaceLine]:
    """The folders of PATH that the image's own user may write, unless that is root, who may write everything. One that was
    put on PATH above the part that made it is the doing of who put it there: nobody minds a /tmp that nobody runs."""
    for folder in folders_of(path):
        at = placed.tree.resolve(folder)
        if at is not None and user.uid != 0 and may_write(at, user):
            yield placed.line(
                placed.since(at, lambda each: may_write(each, user)),
                "writable folder on PATH",
                (Danger.PERSISTENCE, Danger.EXECUTE),
                name="/" + path_text(folder),
                of=by.stratum if folder not in by.below else None,
            )


def readable(placed: Placed) -> Iterator[SurfaceLine]:
    """Account files that everyone may read though their content is for root alone."""
    for path in _SECRET_FILES:
        entry = placed.tree.at(path)
        if entry is not None and entry.kind in _FILES and entry.mode & 0o004:
            at = placed.since(entry, lambda each: bool(each.mode & 0o004))
            yield placed.line(at, "readable account file", (Danger.READ,), name="/" + path_text(path))


def may_write(entry: Entry, user: RunsAs) -> bool:
    """Whether a user that is not root may write an entry, by its owner, group and mode."""
    if user.uid == 0:
        return True
    if entry.uid == user.uid:
        return bool(entry.mode & _OWNER_WRITE)
    if entry.gid == user.gid:
        return bool(entry.mode & _GROUP_WRITE)
    return bool(entry.mode & _OTHERS_WRITE)
