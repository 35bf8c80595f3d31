"""A root filesystem, in a folder or as one tar: an image of one layer, without configuration."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from seamline.effects.disk import open_regular
from seamline.effects.files import ChunkStream, chunks_of
from seamline.errors import NotFound, Where
from seamline.formats.oci.media import OCI_LAYER
from seamline.formats.tar_writer import write_tar
from seamline.model.entry import Entry, Kind, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.image import Config, Image, Layer, Platform
from seamline.places.archive import Archive, nothing_in, refuse_stranger

_KINDS = {
    stat.S_IFREG: Kind.FILE,
    stat.S_IFDIR: Kind.DIRECTORY,
    stat.S_IFLNK: Kind.SYMLINK,
    stat.S_IFCHR: Kind.CHARACTER_DEVICE,
    stat.S_IFBLK: Kind.BLOCK_DEVICE,
    stat.S_IFIFO: Kind.FIFO,
}


def open_folder(folder: Path, reference: str, machine: Platform) -> Image:
    """The root filesystem in a folder, streamed as one tar made on the way; links are never followed.

    What may not be read is a gap.

    Raises:
        NotFound: there is no such folder.
    """
    if not folder.is_dir():
        raise NotFound(
            reference, expected="a folder", got="none", hint="dir:PATH names the root of a filesystem"
        )
    entries, gaps = _listed(folder)
    layer = Layer(
        position=0,
        digest=None,
        diff_id=None,
        media_type=OCI_LAYER,
        size_bytes=None,
        open=lambda: cast("BinaryIO", ChunkStream(write_tar(_with_content(folder, entries)))),
    )
    return Image(
        reference=reference,
        place="rootfs",
        platform=machine,
        config=Config(),
        layers=(layer,),
        gaps=tuple(gaps),
    )


def open_tar(path: Path, reference: str, machine: Platform) -> Image:
    """The root filesystem in a tar, packed or not.

    Raises:
        NotFound, Unsupported: nothing readable is there.
        Malformed: the file is empty.
    """
    size_bytes = path.stat().st_size
    with open_regular(path) as file:
        if not size_bytes:
            raise nothing_in(reference)
        refuse_stranger(file.fileno(), reference)
    return _archived(partial(open_regular, path), size_bytes, reference, machine)


def open_archived(archive: Archive, reference: str, machine: Platform) -> Image:
    """The root filesystem that a tar, held already, turned out to be."""
    return _archived(archive.open_whole, None, reference, machine)


def _archived(
    open_tar: Callable[[], BinaryIO], size_bytes: int | None, reference: str, machine: Platform
) -> Image:
    layer = Layer(
        position=0,
        digest=None,
        diff_id=None,
        media_type=OCI_LAYER,
        size_bytes=size_bytes,
        open=open_tar,
    )
    return Image(
        reference=reference, place="rootfs-archive", platform=machine, config=Config(), layers=(layer,)
    )


def _listed(folder: Path) -> tuple[list[Entry], list[Gap]]:
    """Every entry below the folder in the order of their paths, and what could not be looked at."""
    found: list[tuple[Entry, os.stat_result]] = []
    gaps: list[Gap] = []
    pending = [os.fsencode(folder)]
    root = len(pending[0].rstrip(b"/")) + 1
    device = folder.stat().st_dev
    while pending:
        here = pending.pop()
        try:
            names = os.listdir(here)  # noqa: PTH208 - names are bytes
        except OSError as fault:
            gaps.append(_gap(here[root:], _why(fault)))
            continue
        for name in names:
            path = here.rstrip(b"/") + b"/" + name
            seen = _entry(path, path[root:])
            if seen is None:
                continue
            entry, status = seen
            if entry.kind == Kind.FILE and not os.access(path, os.R_OK):
                gaps.append(_gap(path[root:], os.strerror(errno.EACCES)))
                continue
            found.append(seen)
            if entry.kind == Kind.DIRECTORY and status.st_dev == device:
                pending.append(path)
            elif entry.kind == Kind.DIRECTORY:  # /proc of a running system, or somebody's disk
                gaps.append(_gap(path[root:], "another filesystem is mounted there"))
    found.sort(key=lambda each: each[0].path)
    return _linked(found), gaps


def _linked(found: list[tuple[Entry, os.stat_result]]) -> list[Entry]:
    """The entries, where further names of one file are links to its first, so that it weighs once."""
    first: dict[tuple[int, int], bytes] = {}
    entries = []
    for entry, status in found:
        is_shared = entry.kind == Kind.FILE and status.st_nlink > 1
        known = first.setdefault((status.st_dev, status.st_ino), entry.path) if is_shared else entry.path
        if known == entry.path:
            entries.append(entry)
        else:
            link = msgspec.structs.replace(entry, kind=Kind.HARDLINK, link_to=known, size_bytes=0)
            entries.append(link)
    return entries


def _entry(path: bytes, shown: bytes) -> tuple[Entry, os.stat_result] | None:
    """One entry and its status; None for sockets, which no layer holds, and for what went away meanwhile."""
    try:
        found = os.lstat(path)
        kind = _KINDS.get(stat.S_IFMT(found.st_mode))
        link = os.readlink(path) if kind == Kind.SYMLINK else b""  # noqa: PTH115 - paths are bytes
    except OSError:
        return None
    if kind is None:
        return None
    device = (os.major(found.st_rdev), os.minor(found.st_rdev))
    entry = Entry(
        path=shown,
        kind=kind,
        mode=stat.S_IMODE(found.st_mode),
        uid=found.st_uid,
        gid=found.st_gid,
        mtime_ns=found.st_mtime_ns,
        size_bytes=found.st_size if kind == Kind.FILE else 0,
        link_to=link,
        device=device if kind in (Kind.CHARACTER_DEVICE, Kind.BLOCK_DEVICE) else None,
        xattrs=_xattrs(path) if kind == Kind.FILE else {},
    )
    return entry, found


def _xattrs(path: bytes) -> dict[str, bytes]:
    try:
        names = [
            name
            for name in os.listxattr(path, follow_symlinks=False)
            if name.startswith(("security.cap", "user."))
        ]
        return {name: os.getxattr(path, name, follow_symlinks=False) for name in sorted(names)}
    except OSError:
        return {}


def _with_content(folder: Path, entries: list[Entry]) -> Iterator[tuple[Entry, Iterator[bytes]]]:
    root = os.fsencode(folder)
    for entry in entries:
        yield entry, _content(root + b"/" + entry.path) if entry.kind == Kind.FILE else iter(())


def _content(path: bytes) -> Iterator[bytes]:
    with open_regular(Path(os.fsdecode(path)), follow=False) as file:
        yield from chunks_of(file)


def _why(fault: OSError) -> str:
    return os.strerror(fault.errno or 0)


def _gap(path: bytes, why: str) -> Gap:
    where = Where(path=path_text(path) or "/")
    return Gap(where=where, message=Message("not-readable", {"why": why}))
