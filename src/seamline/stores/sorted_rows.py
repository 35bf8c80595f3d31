"""Rows in the order of their keys, however many: runs are sorted in memory and merged from an unlinked file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from seamline.stores.index_rows import Row

_MOST_HELD_BYTES = 96 << 20
_ROW_BYTES = 130  # what Python adds to two short runs of bytes in a tuple
_BLOCK_ROWS = 512
_SIZE_BYTES = 4
_pack = msgspec.msgpack.Encoder().encode
_block_of = msgspec.msgpack.Decoder(list[tuple[bytes, bytes]]).decode


class Sorter:
    """Rows added in any order, given back sorted. Closing it, or losing it, frees the file."""

    def __init__(self, folder: Path, most_held_bytes: int = _MOST_HELD_BYTES) -> None:
        self._folder = folder
        self._most = most_held_bytes
        self._held: list[Row] = []
        self._held_bytes = 0
        self._file: BinaryIO | None = None
        self._runs: list[tuple[int, int]] = []
        self.samples = _Samples()

    def add(self, rows: Iterable[Row]) -> None:
        """Takes rows.

        Raises:
            OSError: the disk is full.
        """
        for row in rows:
            self._held.append(row)
            self._held_bytes += len(row[0]) + len(row[1]) + _ROW_BYTES
            self.samples.see(row[1])
        if self._held_bytes > self._most:
            self._put_aside()

    def grouped(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Every key once with its items, in the order of the keys."""
        self._held.sort()
        runs = [self._run(first, end) for first, end in self._runs]
        for key, rows in groupby(merge(*runs, self._held), itemgetter(0)):
            yield key, [value for _, value in rows]

    def close(self) -> None:
        self._held = []
        if self._file is not None:
            self._file.close()

    def _put_aside(self) -> None:
        if self._file is None:  # beside the index: what fits there fits here
            self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder, prefix=".rows-"))  # noqa: SIM115 - closed by close
        self._held.sort()
        first, rows = self._file.tell(), iter(self._held)
        while block := list(islice(rows, _BLOCK_ROWS)):
            data = _pack(block)
            self._file.write(len(data).to_bytes(_SIZE_BYTES, "big") + data)
        self._file.flush()
        self._runs.append((first, self._file.tell()))
        self._held, self._held_bytes = [], 0

    def _run(self, at: int, end: int) -> Iterator[Row]:
        file = self._file
        assert file is not None  # noqa: S101 - there are runs, so there is a file
        while at < end:
            file.seek(at)
            size = int.from_bytes(file.read(_SIZE_BYTES), "big")
            block = file.read(size)
            at += _SIZE_BYTES + size
            yield from _block_of(block)


class _Samples:
    """Some thousand values spread evenly over all that pass by; the same every time."""

    _MOST = 8000

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self._every = 1
        self._seen = 0

    def see(self, value: bytes) -> None:
        self._seen += 1
        if self._seen % self._every == 0 and len(value) > 16:
            self.values.append(value)
            if len(self.values) > self._MOST:
                del self.values[::2]
                self._every *= 2
