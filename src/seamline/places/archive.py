"""A tar on disk whose members are an image's parts: indexed once by its headers, then read in place."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from seamline.effects.disk import open_regular
from seamline.effects.files import FilePart, HeldFile, chunks_of
from seamline.effects.given import is_piped, passing, shown_as
from seamline.effects.layers import spool
from seamline.errors import Bomb, Malformed, NotFound
from seamline.formats.compression import compression_of, unpack
from seamline.formats.oci.documents import DOCUMENT_BYTES
from seamline.formats.tar import Member, members
from seamline.model.entry import Kind
from seamline.model.limits import Limits

_USTAR = slice(257, 262)
_MOST_LINKS = 8
_MOST_MEMBERS = 1 << 16
_LONGEST_NAME = 512
_LIMITS = Limits()


class Archive:
    """The members of one tar by name. `reference` is how errors call it; the file becomes the archive's own.

    Raises:
        Malformed: there is nothing in the file, or no tar.
    """

    def __init__(self, file: BinaryIO, reference: str) -> None:
        self._file = HeldFile(file)
        self._reference = reference
        if os.fstat(self._file.descriptor).st_size == 0:
            raise nothing_in(reference)
        refuse_stranger(self._file.descriptor, reference)
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


def nothing_in(reference: str) -> Malformed:
    """What is wrong with an empty file."""
    hint = "did the command that writes it fail?" if reference == "stdin" else "is the archive whole?"
    return Malformed(reference, expected="an image", got="nothing at all", hint=hint)


def refuse_stranger(descriptor: int, reference: str) -> None:
    """Says what a file is that is no tar at all; what only looks like a damaged one is left to its reader.

    Raises:
        Malformed: it is something else.
    """
    if os.pread(descriptor, 512, 0)[_USTAR] == b"ustar":
        return
    from seamline.formats.stranger import MOST_BYTES, stranger  # noqa: PLC0415 - only what is no tar needs it

    name = "-" if reference == "stdin" else reference.partition(":")[2] or reference
    told = stranger(os.pread(descriptor, MOST_BYTES, 0), name)
    if told is not None:
        raise Malformed(reference, expected="an image", got=told.kind, hint=told.hint)


def _index(file: HeldFile, reference: str) -> tuple[Mapping[str, tuple[int, int]], Mapping[str, str]]:
    """Offset and size of every regular file, and where every link points.

    A root filesystem may have millions of members; the parts of an image are few and have short names.
    """
    parts: dict[str, tuple[int, int]] = {}
    links: dict[str, str] = {}
    for member in islice(_members(file, reference), _MOST_MEMBERS):
        entry = member.entry
        if max(len(entry.path), len(entry.link_to)) > _LONGEST_NAME:
            continue
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


def _members(file: HeldFile, reference: str) -> Iterator[Member]:
    """The members; where not even the first has a header, there is no tar.

    Raises:
        Malformed: as it says.
    """
    found = members(file.chunks(), _LIMITS, reference, file.leap)
    try:
        first = next(found, None)
    except Malformed as fault:
        raise Malformed(
            reference,
            expected="an image",
            got="neither a tar nor anything else that is known",
            hint="is the archive whole?",
        ) from fault
    if first is not None:
        yield first
        yield from found


def open_archive_file(path: Path, reference: str) -> BinaryIO:
    """The tar at `path`, seekable: one that is packed or piped in is unpacked into one unlinked file first.

    Raises:
        NotFound, Unsupported: nothing readable is there.
        Malformed: it cannot be unpacked.
    """
    if is_piped(str(path)):
        return held(passing(str(path)), reference)
    file = open_regular(path)
    start = file.read(4)
    file.seek(0)
    if compression_of(start) == "none":
        return file
    with file:
        return held(file, reference)


def open_given(name: str) -> BinaryIO:
    """A file as it is; what is piped in (`-`, a pipe) in one unlinked file that can be sought in, unpacked.

    Raises:
        NotFound, Unsupported: nothing readable is there.
        Malformed, Bomb: as `held`.
    """
    if is_piped(name):
        return held(passing(name), shown_as(name))
    return open_regular(Path(name))


def held(stream: BinaryIO, reference: str, limits: Limits = _LIMITS) -> BinaryIO:
    """What passes through `stream`, unpacked, in one unlinked file that can be sought in.

    Raises:
        Malformed: it cannot be unpacked.
        Bomb: it is larger than the limits allow.
    """
    packed = size = 0

    def passing() -> Iterator[bytes]:
        nonlocal packed
        for chunk in chunks_of(stream):
            packed += len(chunk)
            yield chunk

    file = spool()
    try:
        for chunk in unpack(passing(), reference, fast=False):
            size += len(chunk)
            if size > limits.layer_bytes or size > max(limits.ratio_floor_bytes, limits.ratio * packed):
                raise Bomb(
                    reference,
                    expected=f"at most {limits.ratio} times its packed size past {limits.ratio_floor_bytes} bytes",
                    got=f"{size} bytes out of {packed}",
                    hint="this archive is made to exhaust its reader",
                )
            file.write(chunk)
        file.flush()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
