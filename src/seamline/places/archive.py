"""A tar on disk whose members are an image's parts: indexed once by its headers, then read in place."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from seamline.effects.disk import open_regular
from seamline.effects.files import FilePart, HeldFile, chunks_of
from seamline.effects.layers import spool
from seamline.errors import Bomb, NotFound
from seamline.formats.compression import compression_of, unpack
from seamline.formats.oci.documents import DOCUMENT_BYTES
from seamline.formats.tar import members
from seamline.model.entry import Kind
from seamline.model.limits import Limits

_MOST_LINKS = 8


class Archive:
    """The members of one tar by name. `reference` is how errors call it; the file becomes the archive's own."""

    def __init__(self, file: BinaryIO, reference: str) -> None:
        self._file = HeldFile(file)
        self._reference = reference
        self._parts, self._links = _index(self._file, reference)

    @property
    def names(self) -> frozenset[str]:
        """The regular files' names."""
        return frozenset(self._parts)

    def open(self, name: str) -> BinaryIO:
        """A member's bytes; links inside the archive are followed, as `docker save` wrote them.

        Raises:
            NotFound: there is none.
        """
        offset, size = self._parts[self._real(name)]
        return cast("BinaryIO", FilePart(self._file, offset, size))

    def open_whole(self) -> BinaryIO:
        """The tar itself, unpacked."""
        size = os.fstat(self._file.descriptor).st_size
        return cast("BinaryIO", FilePart(self._file, 0, size))

    def size_bytes(self, name: str) -> int:
        """How large a member is.

        Raises:
            NotFound: there is none.
        """
        return self._parts[self._real(name)][1]

    def read(self, name: str, most_bytes: int = DOCUMENT_BYTES) -> bytes:
        """A whole small member.

        Raises:
            NotFound: there is none.
            Bomb: it is larger than `most_bytes`.
        """
        size = self.size_bytes(name)
        if size > most_bytes:
            raise Bomb(
                f"{self._reference} {name}",
                expected=f"at most {most_bytes} bytes",
                got=f"{size}",
                hint="this is not an image's document",
            )
        with self.open(name) as part:
            return part.read()

    def _real(self, name: str) -> str:
        seen = name
        for _ in range(_MOST_LINKS):
            if seen in self._parts:
                return seen
            if seen not in self._links:
                break
            seen = posixpath.normpath(posixpath.join(posixpath.dirname(seen), self._links[seen]))
        raise NotFound(
            self._reference, expected=f"the member {name[:200]!r}", got="none", hint="is the archive whole?"
        )


def _index(file: HeldFile, reference: str) -> tuple[Mapping[str, tuple[int, int]], Mapping[str, str]]:
    """Offset and size of every regular file, and where every link points."""
    parts: dict[str, tuple[int, int]] = {}
    links: dict[str, str] = {}
    for member in members(file.chunks(), Limits(), reference, file.leap):
        entry = member.entry
        name = entry.path.decode("utf-8", "surrogateescape")
        if entry.kind == Kind.FILE:
            parts[name] = (member.offset, entry.size_bytes)
        elif entry.kind == Kind.SYMLINK:
            links[name] = entry.link_to.decode("utf-8", "surrogateescape")
        elif entry.kind == Kind.HARDLINK:
            target = entry.link_to.decode("utf-8", "surrogateescape")
            if target in parts:
                parts[name] = parts[target]
    return parts, links


def open_archive_file(path: Path, reference: str) -> BinaryIO:
    """The tar at `path`, seekable: a packed one is unpacked into one unlinked file first.

    Raises:
        NotFound, Unsupported: nothing readable is there.
        Malformed: it cannot be unpacked.
    """
    file = open_regular(path)
    start = file.read(4)
    file.seek(0)
    if compression_of(start) == "none":
        return file
    with file:
        return held(file, reference)


def held(stream: BinaryIO, reference: str) -> BinaryIO:
    """What passes through `stream`, unpacked, in one unlinked file that can be sought in.

    Raises:
        Malformed: it cannot be unpacked.
        Bomb: it is larger than the limits allow.
    """
    file = spool()
    try:
        _fill(file, unpack(chunks_of(stream), reference, fast=False), reference)
    except BaseException:
        file.close()
        raise
    return file


def _fill(file: BinaryIO, chunks: Iterable[bytes], reference: str) -> None:
    """Writes the chunks and goes back to the start."""
    most = Limits().spool_bytes * 8
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise Bomb(
                reference, expected=f"at most {most} bytes", got="more", hint="give the archive as a file"
            )
        file.write(chunk)
    file.flush()
    file.seek(0)
