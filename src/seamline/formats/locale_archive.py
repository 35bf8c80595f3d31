"""glibc's locale-archive: which locales are compiled into it. Source: glibc locale/locarchive.h, struct locarhead."""

from __future__ import annotations

import struct

_MAGIC = 0xDE020109
_HEAD = struct.Struct("<14I")
_MOST_NAMES_BYTES = 4 << 20


def parse_locale_names(data: bytes) -> tuple[str, ...]:
    """The names, as glibc spells them (`zh_CN.utf8`); nothing where the bytes are no archive."""
    if len(data) < _HEAD.size:
        return ()
    magic, _, _, _, _, offset, used, *_ = _HEAD.unpack_from(data)
    if magic != _MAGIC or used > _MOST_NAMES_BYTES or offset + used > len(data):
        return ()
    names = data[offset : offset + used].split(b"\0")
    return tuple(sorted(name.decode("ascii", "replace") for name in names if name))
