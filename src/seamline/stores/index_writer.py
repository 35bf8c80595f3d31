"""Writes one file of an advisory index: sorted rows, compressed with a dictionary of their own, appended in bounded memory.

Rows of an older file are carried over as they are, without those of advisories that are replaced.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import lmdb

from seamline.stores.index_rows import (
    ADVISORIES,
    DICTIONARY,
    GATHERED,
    ROWS,
    items_of,
    items_without,
    row_key,
    value_of,
)
from seamline.stores.sorted_rows import Sorter

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 6
_MOST_MAP_BYTES = 64 << 30
_DICTIONARY_BYTES = 64 << 10
_FEWEST_SAMPLES = 64
_COMMIT_BYTES = 8 << 20


class Tally(NamedTuple):
    """What a file holds."""

    advisories: int
    packages: int


class Older(Protocol):
    """An older file of the same ecosystem."""

    @property
    def dictionary(self) -> bytes: ...

    def packed(self) -> Iterator[tuple[bytes, bytes]]: ...

    def unpack(self, value: bytes | memoryview) -> bytes | memoryview: ...


def write_index(
    path: Path, rows: Sorter, older: Older | None = None, replaced: frozenset[str] = frozenset()
) -> Tally:
    """The file at `path`, and what it holds: `rows`, and those of `older` whose advisories are not `replaced`.

    Raises:
        OSError: the disk is full or may not be written.
        Malformed: the older file is damaged.
    """
    path.unlink(missing_ok=True)
    dictionary = _train(rows.samples.values) if older is None else older.dictionary
    packer = Packer(dictionary)
    fresh = ((key, packer.pack(_value(key, values))) for key, values in rows.grouped())
    written = fresh if older is None else _carried(rows, older, replaced, packer)
    try:
        return _append(path, dictionary, written)
    except lmdb.Error as fault:
        raise _as_os_error(fault, path) from fault


def _append(path: Path, dictionary: bytes, rows: Iterator[tuple[bytes, bytes]]) -> Tally:
    counts = {ADVISORIES[0]: 0, ROWS[0]: 0}
    with lmdb.open(
        str(path), subdir=False, map_size=_MOST_MAP_BYTES, lock=False, sync=False, metasync=False
    ) as environment:
        # the dictionary's key sorts between the kinds: everything else is appended, which fills pages whole
        transaction = environment.begin(write=True)
        held = 0
        try:
            for key, value in _with_dictionary(dictionary, rows):
                transaction.put(key, value, append=True)
                if key[0] in counts:
                    counts[key[0]] += 1
                held += len(value)
                if held > _COMMIT_BYTES:
                    transaction.commit()
                    transaction, held = environment.begin(write=True), 0
            transaction.commit()
        except BaseException:
            transaction.abort()
            raise
        environment.sync(True)
    return Tally(counts[ADVISORIES[0]], counts[ROWS[0]])


def _with_dictionary(dictionary: bytes, rows: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    told = False
    for key, value in rows:
        if not told and key > DICTIONARY:
            yield DICTIONARY, dictionary
            told = True
        yield key, value
    if not told:
        yield DICTIONARY, dictionary


def _carried(
    rows: Sorter, older: Older, replaced: frozenset[str], packer: Packer
) -> Iterator[tuple[bytes, bytes]]:
    """Both in the order of their keys. What is carried over unchanged is not even unpacked twice."""
    taken = {row_key(ADVISORIES, name) for name in replaced}
    fresh = rows.grouped()
    key, values = next(fresh, (None, []))
    for old_key, packed in older.packed():
        while key is not None and key < old_key:
            yield key, packer.pack(_value(key, values))
            key, values = next(fresh, (None, []))
        if key == old_key:
            if key[:1] in GATHERED:
                plain = older.unpack(packed)
                kept = items_without(key, plain, replaced)
                values += items_of(key, plain) if kept is None else kept
            yield key, packer.pack(_value(key, values))
            key, values = next(fresh, (None, []))
        elif old_key[:1] == ADVISORIES:
            if old_key not in taken:
                yield old_key, packed
        elif old_key[:1] in GATHERED:
            kept = items_without(old_key, older.unpack(packed), replaced)
            if kept is None:
                yield old_key, packed
            elif kept:
                yield old_key, packer.pack(value_of(old_key, kept))
    while key is not None:
        yield key, packer.pack(_value(key, values))
        key, values = next(fresh, (None, []))


def _value(key: bytes, values: list[bytes]) -> bytes:
    return value_of(key, values) if key[:1] in GATHERED else values[-1]


class Packer:
    """Values compressed with a dictionary; one that hardly gets smaller stays as it is (MessagePack never begins as
    zstd's frames do)."""

    def __init__(self, dictionary: bytes) -> None:
        options = {
            int(zstd.CompressionParameter.compression_level): _LEVEL,
            int(zstd.CompressionParameter.dict_id_flag): 0,
        }
        self._compressor = zstd.ZstdCompressor(
            options=options, zstd_dict=zstd.ZstdDict(dictionary) if dictionary else None
        )

    def pack(self, value: bytes) -> bytes:
        """A value compressed, or as it is where that saves less than a quarter: it is read faster so."""
        packed = self._compressor.compress(value, self._compressor.FLUSH_FRAME)
        return packed if 4 * len(packed) <= 3 * len(value) else value


def _train(samples: list[bytes]) -> bytes:
    """A dictionary for values that look alike; nothing where there are too few to learn from."""
    if len(samples) < _FEWEST_SAMPLES:
        return b""
    try:
        return zstd.train_dict(samples, min(_DICTIONARY_BYTES, sum(map(len, samples)) // 8)).dict_content
    except zstd.ZstdError:  # values that have nothing in common
        return b""


def _as_os_error(fault: lmdb.Error, path: Path) -> OSError:
    """LMDB tells the system's errors as its own, and a write that was cut short as an input/output error: the disk is full.

    Source: LMDB mdb.c, mdb_page_flush.
    """
    text = str(fault)
    number = next((each for each in (errno.EDQUOT, errno.EFBIG) if os.strerror(each) in text), 0)
    if not number and any(os.strerror(each) in text for each in (errno.ENOSPC, errno.EIO)):
        number = errno.ENOSPC
    return OSError(number, os.strerror(number), str(path)) if number else OSError(errno.EIO, text, str(path))
