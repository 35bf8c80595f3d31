"""One file of the advisory index, open for reading: LMDB, its values compressed with a dictionary of their own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import lmdb
import msgspec

from seamline.errors import Malformed
from seamline.stores.index_rows import DICTIONARY

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_ZSTD = bytes.fromhex("28b52ffd")
T = TypeVar("T")


class IndexFile:
    """One open file of an index."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        # a file cut short would end the process when its missing pages are touched
        if path.stat().st_size != size_bytes:
            raise damaged(path, f"{path.stat().st_size} bytes instead of {size_bytes}")
        self._path = path
        try:
            self._environment = lmdb.open(
                str(path),
                subdir=False,
                readonly=True,
                lock=False,
                max_readers=1,
                map_size=max(size_bytes, 1 << 20),
            )
            self._transaction = self._environment.begin(buffers=True)
            self.dictionary = bytes(self._transaction.get(DICTIONARY, b""))
            self._zstd = zstd.ZstdDict(self.dictionary) if self.dictionary else None
        except (lmdb.Error, ValueError, zstd.ZstdError) as fault:
            raise damaged(path, str(fault)) from fault

    def get(self, name: bytes, decode: Callable[[bytes | memoryview], T]) -> T | None:
        """The value of a key.

        Raises:
            Malformed: the file is damaged.
        """
        try:
            value = self._transaction.get(name)
            return None if value is None else decode(self.unpack(value))
        except (lmdb.Error, zstd.ZstdError, msgspec.MsgspecError) as fault:
            raise damaged(self._path, str(fault)) from fault

    def unpack(self, value: bytes | memoryview) -> bytes | memoryview:
        """A value as it was before it was compressed; some are kept as they are."""
        if value[:4] != _ZSTD:
            return value
        # one frame a value: what the library's function does for several would cost a third more
        unpacked = zstd.ZstdDecompressor(zstd_dict=self._zstd)
        plain = unpacked.decompress(value)
        if not unpacked.eof:
            raise zstd.ZstdError("the frame is cut short")
        return plain

    def has(self, name: bytes) -> bool:
        """Whether there is such a key."""
        return self._transaction.get(name) is not None

    def begins(self, head: bytes) -> bool:
        """Whether any key begins with `head`."""
        with self._transaction.cursor() as cursor:
            return bool(cursor.set_range(head)) and bytes(cursor.key()).startswith(head)

    def heads(self, kind: bytes) -> Iterator[str]:
        """What stands before the first NUL in the names of a kind, each once: the releases of an ecosystem's rows.

        Raises:
            Malformed: the file is damaged.
        """
        try:
            with self._transaction.cursor() as cursor:
                found = cursor.set_range(kind)
                while found and (key := bytes(cursor.key()))[:1] == kind:
                    head, nul, _ = key.partition(b"\0")
                    if nul:
                        yield head[1:].decode("utf-8", "surrogateescape")
                    # one leap over all names of this head; a name that stands as its digest has none
                    found = cursor.set_range(head + b"\x01" if nul else key + b"\0")
        except lmdb.Error as fault:
            raise damaged(self._path, str(fault)) from fault

    def under(self, kind: bytes, decode: Callable[[bytes | memoryview], T]) -> Iterator[tuple[str, T]]:
        """Every value of a kind, with its name.

        Raises:
            Malformed: the file is damaged.
        """
        try:
            with self._transaction.cursor() as cursor:
                found = cursor.set_range(kind)
                while found and bytes(cursor.key()[:1]) == kind:
                    name = bytes(cursor.key()[1:]).decode("utf-8", "surrogateescape")
                    yield name, decode(self.unpack(cursor.value()))
                    found = cursor.next()
        except (lmdb.Error, zstd.ZstdError, msgspec.MsgspecError) as fault:
            raise damaged(self._path, str(fault)) from fault

    def packed(self) -> Iterator[tuple[bytes, bytes]]:
        """Every row as it stands in the file, in the order of the keys.

        Raises:
            Malformed: the file is damaged, whatever the reader does with a row included.
        """
        try:
            with self._transaction.cursor() as cursor:
                for key, value in cursor:
                    if key != DICTIONARY:
                        yield bytes(key), bytes(value)
        except (lmdb.Error, zstd.ZstdError, msgspec.MsgspecError) as fault:
            raise damaged(self._path, str(fault)) from fault


_opening = threading.Lock()
_kept_open: dict[tuple[int, int], IndexFile] = {}
_MOST_OPEN = 64


def opened(path: Path, size_bytes: int) -> IndexFile:
    """One opening a file, whichever threads ask for it at once and whichever generations share it: LMDB refuses a second one
    in the same process."""
    with _opening:
        status = path.stat()
        file = _kept_open.get((status.st_dev, status.st_ino))
        if file is None or status.st_size != size_bytes:
            if len(_kept_open) >= _MOST_OPEN:
                del _kept_open[next(iter(_kept_open))]
            file = _kept_open[status.st_dev, status.st_ino] = IndexFile(path, size_bytes)
        return file


def damaged(path: Path, why: str) -> Malformed:
    return Malformed(
        str(path),
        expected="an advisory index as it was written",
        got=why,
        hint="make it anew: seamline db update --force",
    )
