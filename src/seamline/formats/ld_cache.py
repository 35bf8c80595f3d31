"""The list of libraries that ldconfig makes: what glibc's loader looks in before its own folders.

Source: glibc's sysdeps/generic/dl-cache.h, the format `glibc-ld.so.cache1.1`, alone or behind the older one; its extension
`cache_extension_tag_glibc_hwcaps` names the subdirectories that are for newer processors alone.
"""

from __future__ import annotations

import struct

_MAGIC = b"glibc-ld.so.cache1.1"
_OLDER = b"ld.so-1.7.0\0"
_HEAD_BYTES, _ROW_BYTES = 48, 24
_MOST_ROWS = 1 << 17
_BIG = 3
_EXTENSION_MAGIC, _OF_HWCAPS = 0xEAA42174, 1
_MOST_SECTIONS, _MOST_LEVELS = 64, 64
_IS_LEVEL = 1 << 62
_OLDER_LEVEL = "hwcap"
"""What a row is for that is told by a bit of the processor's, as glibc before 2.37 did."""


def parse_ld_cache(data: bytes) -> tuple[tuple[str, str, str], ...]:
    """(name of a library, path of its file, what a processor must be for it: `x86-64-v3`, empty for any) in the order of the
    file; none where it is no such list."""
    start = 0
    if data.startswith(_OLDER):
        rows = int.from_bytes(data[12:16], "little")
        start = -(-(16 + rows * 12) // 8) * 8
    if data[start : start + len(_MAGIC)] != _MAGIC or len(data) < start + _HEAD_BYTES:
        return ()
    order = ">" if data[start + 28] & 3 == _BIG else "<"
    number, _ = struct.unpack_from(order + "II", data, start + 20)
    first = start + _HEAD_BYTES
    levels = _levels(data, start, order)
    table = data[first : first + min(number, _MOST_ROWS) * _ROW_BYTES]
    rows_of = struct.iter_unpack(order + "iIIIQ", table[: len(table) // _ROW_BYTES * _ROW_BYTES])
    found = (
        (_text(data, start + name), _text(data, start + path), _level(hwcap, levels))
        for _, name, path, _, hwcap in rows_of
    )
    return tuple(row for row in found if row[0] and row[1])


def _levels(data: bytes, start: int, order: str) -> tuple[str, ...]:
    """The names that rows are told apart by, in the order of the extension."""
    (at,) = struct.unpack_from(order + "I", data, start + 32)
    at += start
    if at == start or len(data) < at + 8:
        return ()
    magic, number = struct.unpack_from(order + "II", data, at)
    if magic != _EXTENSION_MAGIC:
        return ()
    sections = data[at + 8 : at + 8 + min(number, _MOST_SECTIONS) * 16]
    for tag, _, offset, size in struct.iter_unpack(order + "IIII", sections[: len(sections) // 16 * 16]):
        if tag == _OF_HWCAPS:
            names = data[start + offset : start + offset + min(size, _MOST_LEVELS * 4)]
            return tuple(
                _text(data, start + name)
                for (name,) in struct.iter_unpack(order + "I", names[: len(names) // 4 * 4])
            )
    return ()


def _level(hwcap: int, levels: tuple[str, ...]) -> str:
    if not hwcap:
        return ""
    index = hwcap & 0xFFFFFFFF
    return levels[index] if hwcap >> 32 == _IS_LEVEL >> 32 and index < len(levels) else _OLDER_LEVEL


def _text(data: bytes, at: int) -> str:
    return data[at : data.find(b"\0", at, at + 4096)].decode("utf-8", "backslashreplace")
