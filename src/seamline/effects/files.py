"""Files as streams: a part of one, several reads at once, one that only passes through."""

from __future__ import annotations

import hashlib
import io
import os
import weakref
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES = 1 << 18


class HeldFile:
    """An open file that closes itself when nobody refers to it any more: an image's layers live as long as it does."""

    def __init__(self, file: BinaryIO) -> None:
        self.descriptor = os.dup(file.fileno())
        file.close()
        weakref.finalize(self, os.close, self.descriptor)

    def chunks(self) -> Iterator[bytes]:
        """The whole file; `leap` moves forward while it is read."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return iter(lambda: os.read(self.descriptor, CHUNK_BYTES), b"")

    def leap(self, count: int) -> None:
        """Moves reading forward."""
        os.lseek(self.descriptor, count, os.SEEK_CUR)


class FilePart(io.RawIOBase):
    """So many bytes of a file from an offset on; several parts of one file may be read at once."""

    def __init__(self, file: HeldFile, offset: int, size_bytes: int) -> None:
        super().__init__()
        self._file = file
        self._offset = offset
        self._left = size_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = os.pread(self._file.descriptor, min(len(view), self._left), self._offset)
        view[: len(data)] = data
        self._offset += len(data)
        self._left -= len(data)
        return len(data)


class ChunkStream(io.RawIOBase):
    """What an iterator of chunks gives, as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        data, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(data)] = data
        return len(data)


def digest_of(file: BinaryIO, name: str) -> str:
    """The digest of a whole file in hexadecimal digits, by the name of its hash. The file stands at its end then."""
    file.seek(0)
    hashed = hashlib.new(name, usedforsecurity=False)
    for chunk in chunks_of(file):
        hashed.update(chunk)
    return hashed.hexdigest()


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in chunks."""
    return iter(lambda: file.read(CHUNK_BYTES), b"")
