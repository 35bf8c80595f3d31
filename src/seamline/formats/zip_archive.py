"""Zip archives of very many small files, read in the order of their directory without holding it.

Source: PKWARE APPNOTE 6.3.10, 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its ends).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from struct import Struct
from typing import NamedTuple, cast

from isal import isal_zlib

from seamline.errors import Bomb, Malformed

Read = Callable[[int, int], bytes]
"""The bytes from an offset on, so many as there are up to a count."""

_END, _ENTRY, _LOCAL = Struct("<4s4H2LH"), Struct("<4s6H3L5H2L"), Struct("<4s5H3L2H")
_LOCATOR, _END64 = Struct("<4sLQL"), Struct("<4sQ2H2L4Q")
_END_MARK, _ENTRY_MARK, _LOCAL_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_LOCATOR_MARK, _END64_MARK = b"PK\x06\x07", b"PK\x06\x06"
_MOST_TAIL_BYTES = _END.size + 0xFFFF + _LOCATOR.size
_MOST_DIRECTORY_BYTES = 1 << 29
_MOST_ENTRIES = 4_000_000
_MOST_TOTAL_BYTES = 64 << 30
_CHUNK_BYTES = 1 << 20
_STORED, _DEFLATED = 0, 8
_ERRORS = (cast("type[Exception]", isal_zlib.error), zlib.error)
_ENCRYPTED = 1
_LOCAL_EXTRA_BYTES = (
    64  # what a local header may have beside its name: read with the data, asked for again where it is more
)


class Entry(NamedTuple):
    """One file of the archive's directory."""

    name: str
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    at: int
    flags: int


class _Directory(NamedTuple):
    at: int
    size_bytes: int
    entries: int


def zip_entries(read: Read, archive_bytes: int, where: str) -> Iterator[Entry]:
    """Every entry of the directory, in its order.

    Raises:
        Malformed: it is no zip archive, or its directory is cut.
        Bomb: it speaks of more files or bytes than any real one has.
    """
    directory = _directory(read, archive_bytes, where)
    block, here, at, total = b"", 0, directory.at, 0
    end = directory.at + directory.size_bytes
    for _ in range(directory.entries):
        while len(block) - here < _ENTRY.size or len(block) - here < _entry_size(block, here):
            chunk = read(at, min(_CHUNK_BYTES, end - at)) if at < end else b""
            if not chunk:
                raise _no_zip(where, "its directory is cut")
            block, here = block[here:] + chunk, 0
            at += len(chunk)
        size = _entry_size(block, here)
        entry = _entry(block[here : here + size], where)
        here += size
        total += entry.size_bytes
        if total > _MOST_TOTAL_BYTES:
            raise _bomb(where, f"at most {_MOST_TOTAL_BYTES} bytes", "more")
        yield entry


def unpack_entry(read: Read, entry: Entry, most_bytes: int) -> bytes | None:
    """The bytes of an entry; None where they are damaged, encrypted, packed in another way, or more than `most_bytes`."""
    if entry.size_bytes > most_bytes or entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
        return None
    guess = _LOCAL.size + len(entry.name) + _LOCAL_EXTRA_BYTES + entry.packed_bytes
    block = read(entry.at, guess)
    if len(block) < _LOCAL.size or block[:4] != _LOCAL_MARK:
        return None
    *_, name_bytes, extra_bytes = _LOCAL.unpack_from(block)
    start = _LOCAL.size + name_bytes + extra_bytes
    if start + entry.packed_bytes > len(block):
        block = read(entry.at, start + entry.packed_bytes)
    packed = block[start : start + entry.packed_bytes]
    plain = packed if entry.method == _STORED else _inflated(packed, entry.size_bytes)
    if plain is None or len(plain) != entry.size_bytes or isal_zlib.crc32(plain) != entry.crc:
        return None
    return plain


def _inflated(packed: bytes, size_bytes: int) -> bytes | None:
    for library in (isal_zlib, zlib):  # what the fast one refuses the other decides
        inflater = library.decompressobj(-15)
        try:
            plain: bytes = inflater.decompress(packed, size_bytes + 1)
        except _ERRORS:
            continue
        return plain
    return None


def _directory(read: Read, archive_bytes: int, where: str) -> _Directory:
    tail_at = max(archive_bytes - _MOST_TAIL_BYTES, 0)
    tail = read(tail_at, _MOST_TAIL_BYTES)
    found = tail.rfind(_END_MARK)
    if found < 0 or found + _END.size > len(tail):
        raise _no_zip(where, "no end of a directory: it is cut, or something else")
    _, _, _, _, entries, size, at, _ = _END.unpack_from(tail, found)
    if entries == 0xFFFF or size == 0xFFFFFFFF or at == 0xFFFFFFFF:
        entries, size, at = _zip64(read, tail[max(found - _LOCATOR.size, 0) : found], where) or (
            entries,
            size,
            at,
        )
    if entries > _MOST_ENTRIES or size > _MOST_DIRECTORY_BYTES:
        raise _bomb(where, f"at most {_MOST_ENTRIES} files", f"{entries}")
    if at + size > archive_bytes or entries * _ENTRY.size > size:
        raise _no_zip(where, "its directory lies outside of it")
    return _Directory(at, size, entries)


def _zip64(read: Read, locator: bytes, where: str) -> tuple[int, int, int] | None:
    if len(locator) < _LOCATOR.size or locator[:4] != _LOCATOR_MARK:
        return None
    _, _, at, _ = _LOCATOR.unpack(locator)
    block = read(at, _END64.size)
    if len(block) < _END64.size or block[:4] != _END64_MARK:
        raise _no_zip(where, "no directory where its end says")
    *_, entries, size, start = _END64.unpack(block)
    return entries, size, start


def _entry_size(block: bytes, here: int) -> int:
    """The bytes of an entry: its header, name, extra fields and comment."""
    fields = _ENTRY.unpack_from(block, here)
    return _ENTRY.size + int(fields[10]) + int(fields[11]) + int(fields[12])


def _entry(block: bytes, where: str) -> Entry:
    fields = _ENTRY.unpack_from(block)
    if fields[0] != _ENTRY_MARK:
        raise _no_zip(where, "its directory is damaged")
    flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    name_bytes, extra_bytes, at = fields[10], fields[11], fields[16]
    name = block[_ENTRY.size : _ENTRY.size + name_bytes].decode("utf-8", "replace")
    extra = block[_ENTRY.size + name_bytes : _ENTRY.size + name_bytes + extra_bytes]
    size, packed, at = _wide(extra, size, packed, at)
    return Entry(name, method, crc, packed, size, at, flags)


def _wide(extra: bytes, *narrow: int) -> tuple[int, ...]:
    """Sizes and place, those that need 64 bits from the extra field. Source: APPNOTE 4.5.3."""
    if all(each != 0xFFFFFFFF for each in narrow):
        return narrow
    at = 0
    while at + 4 <= len(extra):
        kind, size = (
            int.from_bytes(extra[at : at + 2], "little"),
            int.from_bytes(extra[at + 2 : at + 4], "little"),
        )
        if kind == 1:
            numbers = iter(range(at + 4, at + 4 + size - size % 8, 8))
            return tuple(
                int.from_bytes(extra[place : place + 8], "little")
                if each == 0xFFFFFFFF and (place := next(numbers, -1)) >= 0
                else each
                for each in narrow
            )
        at += 4 + size
    return narrow


def _no_zip(where: str, why: str) -> Malformed:
    return Malformed(where, expected="a whole zip archive", got=why, hint="download it again")


def _bomb(where: str, expected: str, got: str) -> Bomb:
    return Bomb(where, expected=expected, got=got, hint="this is not what it is named")
