"""Bytes put aside in an unlinked file, so that memory need not hold them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from typing import BinaryIO, cast

import msgspec

from seamline.effects.files import FilePart, HeldFile
from seamline.effects.layers import spool


class Spooled(msgspec.Struct, frozen=True):
    """A run of bytes in a spool; the file lives as long as any run of it."""

    file: HeldFile
    offset: int
    size_bytes: int

    def read(self) -> bytes:
        return os.pread(self.file.descriptor, self.size_bytes, self.offset)

    def open(self) -> BinaryIO:
        """The bytes from their beginning."""
        part = FilePart(self.file, self.offset, self.size_bytes)
        return cast("BinaryIO", io.BufferedReader(part))


class Spool:
    """One unlinked file that grows."""

    def __init__(self) -> None:
        self._file = HeldFile(spool())
        self._end = 0

    def keep(self, chunks: Iterable[bytes]) -> Spooled:
        """What the chunks hold, one after the other."""
        first = self._end
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                written = os.pwrite(self._file.descriptor, rest, self._end)
                self._end += written
                rest = rest[written:]
        return Spooled(self._file, first, self._end - first)
