"""Layers packed: gzip members of 1 MiB each, by libdeflate, so that the result depends on nothing but the bytes.

The same bytes come out whatever the processor, the number of threads or the sizes of the pieces; another version of
the library may pack otherwise, the diff_id is the same always. Source: RFC 1952, 2.2 (many members).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import deflate

from seamline.formats.tar_stream import Piece

MEMBER_BYTES = 1 << 20
_LEVEL = 6
Map = Callable[[Callable[[bytes], bytes], Iterable[bytes]], Iterator[bytes]]
"""Like the built-in `map`; a thread pool's keeps the order and packs on every core."""


def pack_gzip(pieces: Iterable[Piece], run: Map = map) -> Iterator[bytes]:
    """The packed bytes, a member at a time."""
    return run(_pack, members_of(pieces))


def members_of(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """The bytes in parts of 1 MiB, the last one shorter; one empty part where there is nothing."""
    held = bytearray()
    empty = True
    for piece in pieces:
        held += piece
        while len(held) >= MEMBER_BYTES:
            yield bytes(held[:MEMBER_BYTES])
            del held[:MEMBER_BYTES]
            empty = False
    if held or empty:
        yield bytes(held)


def _pack(data: bytes) -> bytes:
    return bytes(deflate.gzip_compress(data, _LEVEL))
