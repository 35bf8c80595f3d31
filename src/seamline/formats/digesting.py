"""Bytes checked against the digest that was promised for them. Source: OCI image-spec 1.1, descriptor.md, verification."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from seamline.errors import Lying
from seamline.model.image import Digest

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

P = TypeVar("P", bytes, bytes | memoryview)


def digest_of(data: bytes) -> Digest:
    """The SHA-256 digest of `data`."""
    return Digest(f"sha256:{hashlib.sha256(data).hexdigest()}")


def hashed(pieces: Iterable[P], digest: hashlib._Hash) -> Iterator[P]:
    """The pieces as they come, each told to `digest` on its way."""
    for piece in pieces:
        digest.update(piece)
        yield piece


def check_digest(data: bytes, digest: Digest, where: str) -> bytes:
    """`data` itself, proven to have `digest`.

    Raises:
        Lying: they differ; the message names both digests.
    """
    algorithm = digest.partition(":")[0]
    got = f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"
    if got != digest:
        raise _lying(where, digest, got)
    return data


class Verified(io.RawIOBase):
    """A stream that hashes what passes, and at its end raises Lying unless size and digest are as promised.

    Bytes read before the end are unproven: use them only where nothing lasts until the end was reached.
    `size_bytes` None promises no size. Closing it closes the stream inside.
    """

    def __init__(self, stream: BinaryIO, digest: Digest, size_bytes: int | None, where: str) -> None:
        super().__init__()
        self._stream = stream
        self._digest = digest
        self._size_bytes = size_bytes
        self._where = where
        self._hash = hashlib.new(digest.partition(":")[0])
        self.passed_bytes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes, at most `size`; b"" at the proven end.

        Raises:
            Lying: more or fewer bytes than promised, or another digest.
        """
        if size is None or size < 0:
            return self.readall()
        chunk = self._stream.read(size)
        self._hash.update(chunk)
        self.passed_bytes += len(chunk)
        if self._size_bytes is not None and self.passed_bytes > self._size_bytes:
            raise _lying(self._where, f"{self._size_bytes} bytes", "more")
        if not chunk and size:
            self._check()
        return chunk

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        chunk = self.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def _check(self) -> None:
        if self._size_bytes is not None and self.passed_bytes < self._size_bytes:
            raise _lying(self._where, f"{self._size_bytes} bytes", f"{self.passed_bytes} bytes")
        got = f"{self._hash.name}:{self._hash.hexdigest()}"
        if got != self._digest:
            raise _lying(self._where, self._digest, got)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def _lying(where: str, expected: str, got: str) -> Lying:
    return Lying(where, expected=expected, got=got, hint="the source is damaged or sends something else")
