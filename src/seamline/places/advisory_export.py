"""What a source holds of one ecosystem: an archive of records, records one by one, or nothing new."""

from __future__ import annotations

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from os import fstat, pread
from pathlib import Path
from typing import BinaryIO

import msgspec

from seamline.effects.disk import read_regular
from seamline.effects.progress import Tell, silent
from seamline.errors import Bomb, Malformed, SeamlineError
from seamline.formats.osv import MOST_BYTES
from seamline.formats.zip_archive import unpack_entry, zip_entries

Record = tuple[str, bytes]
"""The name and bytes of a record; b"" where they are damaged, or larger than any record."""

_MOST_RECORDS = 4_000_000
_TOLD_RECORDS = 256


class Alongside(msgspec.Struct, frozen=True):
    """A file beside the advisories; without bytes where it `is_unchanged` since the `etag` that was told."""

    data: bytes
    etag: str
    is_unchanged: bool = False


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """`archive` or `files` hold all records; `changed` are those that were asked for one by one. `etag` says the next time
    whether anything is new. `newest` is the moment of the newest change that the source lists, `served` when the source was
    last current: a server's own clock, the time of a folder's newest file (RFC 3339 both; empty where it says nothing)."""

    source: str
    etag: str = ""
    archive: BinaryIO | None = None
    changed: tuple[Record, ...] = ()
    files: tuple[Path, ...] = ()
    is_unchanged: bool = False
    is_partial: bool = False
    newest: str = ""
    served: str = ""

    def records(self, tell: Tell = silent) -> Iterator[Record]:
        """Every record.

        Raises:
            Malformed, Bomb: the archive is damaged or no real one.
        """
        yield from self.changed
        for path in self.files:
            try:
                yield path.name, read_regular(path, MOST_BYTES)
            except SeamlineError:  # larger than any record, or gone meanwhile
                yield path.name, b""
        if self.archive is not None:
            yield from archive_records(self.archive, self.source, tell)


def archive_records(archive: BinaryIO, source: str, tell: Tell = silent) -> Iterator[Record]:
    """The JSON files of a zip or tar archive (packed by gzip, bzip2, xz or not at all); `tell` hears how many of its bytes were read.

    Raises:
        Malformed: it is neither, or cut.
        Bomb: more files or bytes than all advisories of the world.
    """
    archive.seek(0)
    head = archive.read(4)
    archive.seek(0)
    if head[:2] == b"PK":
        yield from _zip_records(archive, source, tell)
    else:
        yield from _tar_records(archive, source, tell)


def _zip_records(archive: BinaryIO, source: str, tell: Tell) -> Iterator[Record]:
    descriptor = archive.fileno()
    size = fstat(descriptor).st_size

    def read(at: int, count: int) -> bytes:
        return pread(descriptor, count, at)

    done = 0
    for number, entry in enumerate(zip_entries(read, size, source)):
        done += entry.packed_bytes
        if number % _TOLD_RECORDS == 0:
            tell(done, size)
        if entry.name.endswith(".json"):
            yield entry.name, unpack_entry(read, entry, MOST_BYTES) or b""


def _tar_records(archive: BinaryIO, source: str, tell: Tell) -> Iterator[Record]:
    size = fstat(archive.fileno()).st_size
    try:
        with tarfile.open(fileobj=archive, mode="r:*") as opened:
            for number, member in enumerate(opened):
                opened.members.clear()  # type: ignore[attr-defined]  # else all are remembered
                if number > _MOST_RECORDS:
                    raise Bomb(
                        source,
                        expected=f"at most {_MOST_RECORDS} files",
                        got="more",
                        hint="this is not what it is named",
                    )
                if number % _TOLD_RECORDS == 0:
                    tell(archive.tell(), size)
                if member.isreg() and member.name.endswith(".json"):
                    file = opened.extractfile(member) if member.size <= MOST_BYTES else None
                    yield member.name, file.read() if file is not None else b""
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as fault:
        is_none = isinstance(fault, tarfile.ReadError) and "\n" in str(
            fault
        )  # what every way of packing says of it
        raise Malformed(
            source,
            expected="a whole zip or tar archive of JSON records",
            got="neither" if is_none else str(fault)[:100],
            hint="download it again",
        ) from fault
