"""One path in one layer. Paths are bytes, relative to the image root, without a leading slash."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import msgspec


class Kind(IntEnum):
    """What stands at a path; whiteouts are entries of a layer that hide what lies below."""

    FILE = 0
    DIRECTORY = 1
    SYMLINK = 2
    HARDLINK = 3
    CHARACTER_DEVICE = 4
    BLOCK_DEVICE = 5
    FIFO = 6
    WHITEOUT = 7
    OPAQUE = 8


# what goes over whole trees says FILE: in Python 3.11 a look-up in the class takes ten times as long
FILE, DIRECTORY, SYMLINK, HARDLINK = Kind.FILE, Kind.DIRECTORY, Kind.SYMLINK, Kind.HARDLINK
WHITEOUT, OPAQUE = Kind.WHITEOUT, Kind.OPAQUE


def path_text(path: bytes) -> str:
    """A path as people read it: bytes that are no UTF-8 become `\\xff`."""
    return path.decode("utf-8", "backslashreplace")


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A view of one path in one layer.

    `mode` holds the twelve permission bits. `link_to` is the target as written (symlink) or the path from the
    root (hardlink). `content_key` is the first 8 bytes of the SHA-256 of a regular file's content, else empty.
    `layer` is the layer's position from 0; `origin_layer` the one that first brought this very content to this
    path (a chmod, chown or copy above it moves `layer` alone).
    """

    path: bytes
    kind: Kind
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime_ns: int = 0
    size_bytes: int = 0
    link_to: bytes = b""
    device: tuple[int, int] | None = None
    xattrs: Mapping[str, bytes] = {}
    content_key: bytes = b""
    layer: int = 0
    origin_layer: int = 0
