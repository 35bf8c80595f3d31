"""Sparse members: which parts of a file are stored, in GNU's old form and the three PAX forms.

Source: GNU tar manual, "Storing Sparse Files".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from seamline.formats.tar_stream import BLOCK, Piece, TarStream

Extent = tuple[int, int]
"""Offset and length in the real file, both in bytes."""

_ZEROS = bytes(256 * 1024)
_MOST_EXTENTS = 1_000_000


def read_gnu_map(
    stream: TarStream, header: bytes, number: Callable[[bytes, TarStream], int]
) -> tuple[tuple[Extent, ...], int]:
    """The stored extents and the real size of an old GNU sparse member, with its extension blocks.

    Raises:
        Malformed: the map is out of order, too long or cut off.
    """
    fields = _pairs(header[386:482], stream, number)
    extended = header[482]
    while extended:
        block = stream.take(BLOCK)
        if len(block) < BLOCK or len(fields) > _MOST_EXTENTS:
            raise stream.fault("a sparse map that ends", f"{len(fields)} extents")
        fields += _pairs(block[:504], stream, number)
        extended = block[504]
    return _ordered(fields, stream), number(header[483:495], stream)


def _pairs(data: bytes, stream: TarStream, number: Callable[[bytes, TarStream], int]) -> list[Extent]:
    found = []
    for at in range(0, len(data) - 23, 24):
        if not data[at]:
            break
        found.append((number(data[at : at + 12], stream), number(data[at + 12 : at + 24], stream)))
    return found


def parse_pax_map(pax: Mapping[bytes, bytes], stream: TarStream) -> tuple[Extent, ...]:
    """The extents of PAX forms 0.0 and 0.1: `offset,length,offset,length...`.

    Raises:
        Malformed: not pairs of decimal numbers, or out of order.
    """
    numbers = _decimals(pax.get(b"GNU.sparse.map", b"").split(b","), stream)
    return _ordered(list(zip(numbers[::2], numbers[1::2], strict=True)), stream)


def parse_pax_map_block(stream: TarStream, size: int) -> tuple[Extent, ...]:
    """The extents of PAX form 1.0: decimal lines at the start of the payload, filled up to whole blocks.

    Raises:
        Malformed: the map is longer than the payload, or out of order.
    """
    end = stream.offset + size
    text = b""
    count: int | None = None
    while True:
        if count is None and b"\n" in text:
            count = _decimals([text.partition(b"\n")[0]], stream, even=False)[0]
        if count is not None and text.count(b"\n") >= 2 * count + 1:
            lines = text.split(b"\n")[1 : 2 * count + 1]
            numbers = _decimals(lines, stream)
            return _ordered(list(zip(numbers[::2], numbers[1::2], strict=True)), stream)
        if stream.offset + BLOCK > end or (count or 0) > _MOST_EXTENTS:
            raise stream.fault("a sparse map inside its member", f"{len(text)} bytes of it")
        text += stream.take(BLOCK)


def _decimals(texts: list[bytes], stream: TarStream, *, even: bool = True) -> list[int]:
    if (even and len(texts) % 2) or not all(text.isdigit() and len(text) < 20 for text in texts):
        raise stream.fault("decimal numbers in a sparse map", repr(texts[:4]))
    return [int(text) for text in texts]


def _ordered(extents: list[Extent], stream: TarStream) -> tuple[Extent, ...]:
    end = 0
    for offset, length in extents:
        if offset < end:
            raise stream.fault("sparse extents in order", f"one at {offset} after {end}")
        end = offset + length
    return tuple(extents)


def spread(stored: Iterator[Piece], extents: tuple[Extent, ...], size_bytes: int) -> Iterator[Piece]:
    """The real file: stored pieces at their extents, zeros between and up to `size_bytes`."""
    at = 0
    rest: Piece = b""
    for offset, length in extents:
        yield from _zeros(offset - at)
        at = offset
        while at < offset + length:
            if not rest:
                following = next(stored, None)
                if following is None:
                    return
                rest = following
            piece, rest = rest[: offset + length - at], rest[offset + length - at :]
            at += len(piece)
            yield piece
    yield from _zeros(size_bytes - at)


def _zeros(size: int) -> Iterator[Piece]:
    while size > 0:
        yield _ZEROS[:size]
        size -= len(_ZEROS)
