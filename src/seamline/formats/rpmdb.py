"""The three forms of rpm's database -> the header of every package: sqlite with its write-ahead log, ndb, Berkeley DB.

sqlite opens a copy in memory and is asked one question; damage in it is its error, never ours.
Source: SQLite file format 1.3 and 4 (write-ahead log); rpm's ndb (rpmpkg.c); Berkeley DB hash access method, pages.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator

from seamline.errors import Malformed

SQLITE_MAGIC = b"SQLite format 3\0"
NDB_MAGIC = b"RpmP"
_BDB_HASH = 0x00061561
_MOST_BLOB = 64 << 20


def parse_rpmdb(data: bytes, log: bytes = b"") -> Iterator[bytes]:
    """The header blobs of a database in whichever form; `log` is the write-ahead log beside it.

    Raises:
        Malformed: it is in no known form, or damaged.
    """
    if data.startswith(SQLITE_MAGIC):
        return _sqlite(apply_log(data, log))
    if data.startswith(NDB_MAGIC):
        return _ndb(data)
    for order in "<>":
        if len(data) >= 512 and struct.unpack_from(f"{order}I", data, 12)[0] == _BDB_HASH:
            return _bdb(data, order)
    if not data.strip(b"\0"):
        return iter(())
    raise Malformed(
        "rpm database",
        expected="sqlite, ndb or Berkeley DB hash",
        got=repr(data[:16]),
        hint="is this really rpm's?",
    )


def _sqlite(data: bytes) -> Iterator[bytes]:
    # bytes 18 and 19 say that a log belongs to the file; it was applied, so they say otherwise now
    plain = data[:18] + b"\x01\x01" + data[20:]
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(plain)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        rows = connection.execute("SELECT blob FROM Packages").fetchall()
    except (sqlite3.Error, ValueError, OverflowError, MemoryError) as fault:
        raise Malformed(
            "rpm database",
            expected="a sound sqlite database",
            got=str(fault),
            hint="the layer's database is damaged",
        ) from fault
    finally:
        connection.close()
    return (blob for (blob,) in rows if isinstance(blob, bytes))


def apply_log(data: bytes, log: bytes) -> bytes:
    """The database with the committed frames of its write-ahead log laid over it.

    Frames count up to the last commit whose salts and checksums hold, as SQLite itself decides after a crash.
    """
    if len(log) < 32 or log[:3] != b"\x37\x7f\x06" or log[3] not in (0x82, 0x83):
        return data
    order = ">" if log[3] == 0x83 else "<"
    page_size = struct.unpack_from(">I", log, 8)[0]
    salts = log[16:24]
    if page_size < 512 or page_size > 65536 or page_size & (page_size - 1):
        return data
    sums = _checksum(log[:24], (0, 0), order)
    if sums != struct.unpack_from(">II", log, 24):
        return data
    pending: dict[int, bytes] = {}
    committed: dict[int, bytes] = {}
    pages = len(data) // page_size
    for at in range(32, len(log) - 24 - page_size + 1, 24 + page_size):
        number, size = struct.unpack_from(">II", log, at)
        page = log[at + 24 : at + 24 + page_size]
        sums = _checksum(page, _checksum(log[at : at + 8], sums, order), order)
        if log[at + 8 : at + 16] != salts or sums != struct.unpack_from(">II", log, at + 16) or not number:
            break
        pending[number] = page
        if size:
            committed |= pending
            pending, pages = {}, size
    if not committed or pages * page_size > len(data) + len(log):
        return data
    image = bytearray(data[: pages * page_size].ljust(pages * page_size, b"\0"))
    for number, page in committed.items():
        if number <= pages:
            image[(number - 1) * page_size : number * page_size] = page
    return bytes(image)


def _checksum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = sums
    for one, two in struct.iter_unpack(f"{order}II", data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second


def _ndb(data: bytes) -> Iterator[bytes]:
    if len(data) < 32:
        raise _broken("ndb", "a cut header")
    pages = struct.unpack_from("<I", data, 12)[0]
    end = min(pages * 4096, len(data) - 15)
    for at in range(32, end, 16):
        magic, index, block, _ = struct.unpack_from("<4sIII", data, at)
        if magic != b"Slot":
            raise _broken("ndb", "a slot without its mark")
        if not index:
            continue
        start = block * 16
        if start + 16 > len(data):
            raise _broken("ndb", f"a blob at {start}")
        mark, owner, _, size = struct.unpack_from("<4sIII", data, start)
        if mark != b"BlbS" or owner != index or start + 16 + size > len(data):
            raise _broken("ndb", f"a blob of {size} bytes at {start}")
        yield data[start + 16 : start + 16 + size]


def _bdb(data: bytes, order: str) -> Iterator[bytes]:
    page_size, last = (
        struct.unpack_from(f"{order}I", data, 20)[0],
        struct.unpack_from(f"{order}I", data, 32)[0],
    )
    if page_size < 512 or page_size > 65536 or page_size & (page_size - 1):
        raise _broken("Berkeley DB", f"pages of {page_size} bytes")
    for number in range(min(last, len(data) // page_size - 1) + 1):
        start = number * page_size
        if data[start + 25] not in (2, 13):
            continue
        count = struct.unpack_from(f"{order}H", data, start + 20)[0]
        if 26 + 2 * count > page_size:
            raise _broken("Berkeley DB", f"{count} entries on a page")
        offsets = struct.unpack_from(f"{order}{count}H", data, start + 26)
        for offset in offsets[1::2]:  # keys and values take turns
            if offset + 12 <= page_size and data[start + offset] == 3:
                first, size = struct.unpack_from(f"{order}II", data, start + offset + 4)
                yield _overflow(data, order, page_size, first, size)


def _overflow(data: bytes, order: str, page_size: int, number: int, size: int) -> bytes:
    """A value that fills pages of its own."""
    if size > min(_MOST_BLOB, len(data)):
        raise _broken("Berkeley DB", f"a value of {size} bytes")
    parts: list[bytes] = []
    missing = size
    while number and missing > 0:
        start = number * page_size
        if start + page_size > len(data) or data[start + 25] != 7 or len(parts) * page_size > len(data):
            raise _broken("Berkeley DB", f"page {number} in a value")
        used = struct.unpack_from(f"{order}H", data, start + 22)[0]
        if 26 + used > page_size or not used:
            raise _broken("Berkeley DB", f"{used} bytes on page {number}")
        parts.append(data[start + 26 : start + 26 + used])
        missing -= used
        number = struct.unpack_from(f"{order}I", data, start + 16)[0]
    if missing > 0:
        raise _broken("Berkeley DB", "a value that is cut off")
    return b"".join(parts)[:size]


def _broken(form: str, got: str) -> Malformed:
    return Malformed(
        "rpm database", expected=f"a sound {form} database", got=got, hint="the layer's database is damaged"
    )
