"""Packed bytes -> unpacked bytes, streaming: gzip (many members too), zstd (many frames), xz and bzip2 (many streams), or none.

zstd:chunked and eStargz are ordinary zstd and gzip streams with an index behind or inside; skippable frames and
empty members carry it, so nothing special is needed. Source: RFC 1952, RFC 8878, the .xz file format 1.2, bzip2(1).
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Protocol, cast

from isal import igzip_lib

from seamline.errors import Malformed, Where
from seamline.expression import expression

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_XZ_MAGIC = b"\xfd7zX"
_BZIP2 = expression(rb"BZh[1-9]")
_XZ_MEMORY_BYTES = 256 << 20
"""As much a stream may ask for to be unpacked; four times what `xz -9` needs."""
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # after one byte 0x50..0x5f
_GZIP = igzip_lib.DECOMP_GZIP  # the header is read, and the trailer's checksum and length are checked
_OUTPUT_BYTES = 1 << 20


class FastInflateFailed(Exception):
    """The fast inflate gave up; the slow one decides whether the bytes are at fault."""


class _Codec(Protocol):
    """One gzip member, zstd frame, xz or bzip2 stream being unpacked."""

    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def compression_of(start: bytes) -> str:
    """`gzip`, `zstd`, `xz`, `bzip2` or `none`, from the first four bytes."""
    if start.startswith(GZIP_MAGIC):
        return "gzip"
    if start.startswith(ZSTD_MAGIC) or (start[1:4] == _ZSTD_SKIPPABLE and 0x50 <= start[0] <= 0x5F):
        return "zstd"
    if start.startswith(_XZ_MAGIC):
        return "xz"
    return "bzip2" if _BZIP2.match(start) else "none"


def unpack(chunks: Iterable[bytes], where: Where | str, *, fast: bool = True) -> Iterator[bytes]:
    """The unpacked bytes of a stream whose first bytes tell how it is packed.

    Raises:
        FastInflateFailed: only with `fast`; start again from the first byte without it.
        Malformed: the stream is damaged or cut off.
    """
    source = iter(chunks)
    start = b""
    for chunk in source:
        start += chunk
        if len(start) >= 4:
            break
    form = compression_of(start)
    following = chain((start,) if start else (), source)
    if form == "none":
        return following
    if form == "zstd":
        return _frames(following, ZstdDecompressor, ZstdError, where, "zstd")
    if form == "xz":
        return unpack_xz(following, where)
    if form == "bzip2":
        return _bunzip2(following, where)
    if fast:
        return _fast(following, where)
    return _frames(following, lambda: _Inflate(zlib.decompressobj(31)), zlib.error, where, "gzip")


def unpack_xz(chunks: Iterator[bytes], where: Where | str) -> Iterator[bytes]:
    """The unpacked bytes of an xz stream, or of its elder, lzma, which no magic number tells.

    Raises:
        Malformed: it is damaged, cut off, or asks for more memory than it may.
    """
    import lzma  # noqa: PLC0415 - few streams are packed so

    return _frames(
        chunks, lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES), lzma.LZMAError, where, "xz"
    )


def _bunzip2(chunks: Iterator[bytes], where: Where | str) -> Iterator[bytes]:
    import bz2  # noqa: PLC0415 - few streams are packed so

    return _frames(chunks, bz2.BZ2Decompressor, OSError, where, "bzip2")


def _fast(chunks: Iterator[bytes], where: Where | str) -> Iterator[bytes]:
    try:
        error = cast("type[Exception]", igzip_lib.error)
        yield from _frames(chunks, lambda: igzip_lib.IgzipDecompressor(_GZIP), error, where, "gzip")
    except Malformed as fault:
        raise FastInflateFailed from fault


class _Inflate:
    """A zlib-like decompressor behind the shape of the zstd one: input that did not fit waits inside."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        waiting = self._inner.unconsumed_tail
        return bytes(self._inner.decompress(waiting + data if waiting else data, max_length))


def _frames(
    chunks: Iterator[bytes], new: Callable[[], Any], fault: type[Exception], where: Where | str, name: str
) -> Iterator[bytes]:
    """Frame after frame; what follows the last one and starts no other is padding if it is zeros."""
    codec: _Codec = new()
    begun = False
    for chunk in chunks:
        data = chunk
        while begun or data.strip(b"\0"):
            try:
                unpacked = codec.decompress(data, _OUTPUT_BYTES)
            except fault as error:
                raise _damaged(where, name, str(error)) from error
            begun = True
            if unpacked:
                yield unpacked
            data = b""
            if codec.eof:
                data, codec, begun = codec.unused_data, new(), False
            elif len(unpacked) < _OUTPUT_BYTES:
                break
    if begun:
        raise _damaged(where, name, "the end of the stream")


def _damaged(where: Where | str, name: str, got: str) -> Malformed:
    return Malformed(
        where, expected=f"a whole {name} stream", got=got, hint="the layer is damaged: pull or push it again"
    )
