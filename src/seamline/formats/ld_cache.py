"""The list of libraries that ldconfig makes: what glibc's loader looks in before its own folders.

Source: glibc's sysdeps/generic/dl-cache.h, the format `glibc-ld.so.cache1.1`, alone or behind the older one.
"""

from __future__ import annotations

import struct

_MAGIC = b"glibc-ld.so.cache1.1"
_OLDER = b"ld.so-1.7.0\0"
_HEAD_BYTES, _ROW_BYTES = 48, 24
_MOST_ROWS = 1 << 17
_BIG = 3


def parse_ld_cache(data: bytes) -> tuple[tuple[str, str], ...]:
    """(name of a library, path of its file) in the order of the file; none where it is no such list."""
    start = 0
    if data.startswith(_OLDER):
        rows = int.from_bytes(data[12:16], "little")
        start = -(-(16 + rows * 12) // 8) * 8
    if data[start : start + len(_MAGIC)] != _MAGIC or len(data) < start + _HEAD_BYTES:
        return ()
    order = ">" if data[start + 28] & 3 == _BIG else "<"
    number, _ = struct.unpack_from(order + "II", data, start + 20)
    first = start + _HEAD_BYTES
    table = data[first : first + min(number, _MOST_ROWS) * _ROW_BYTES]
    rows_of = struct.iter_unpack(order + "iIIIQ", table[: len(table) // _ROW_BYTES * _ROW_BYTES])
    pairs = ((_text(data, start + name), _text(data, start + path)) for _, name, path, _, _ in rows_of)
    return tuple(pair for pair in pairs if all(pair))


def _text(data: bytes, at: int) -> str:
    return data[at : data.find(b"\0", at, at + 4096)].decode("utf-8", "backslashreplace")
