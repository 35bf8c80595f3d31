"""The rows of an advisory index: a kind and a name as key, MessagePack as value.

A package has one row with all that advisories say of it, a name one with the ids that stand for it; both are gathered of
single items while the index is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from seamline.advisories.gather import Saying, gathered, sayings
from seamline.model.advisory import Affected, Cycle, PackageRows, Weather

if TYPE_CHECKING:
    from seamline.advisories.compile import Compiled

Row = tuple[bytes, bytes]
"""Key, and one packed item."""

DICTIONARY = b"dictionary"
ROWS, ADVISORIES, NAMES, CVES, CYCLES = b"r", b"a", b"n", b"c", b"e"
GATHERED = ROWS + NAMES
_MOST_KEY_BYTES = 480
_pack = msgspec.msgpack.Encoder().encode
_saying_of = msgspec.msgpack.Decoder(Saying).decode
rows_of: Callable[[bytes | memoryview], PackageRows] = msgspec.msgpack.Decoder(PackageRows).decode
"""The value of a package's row."""


class _Head(msgspec.Struct, array_like=True, frozen=True):
    """The beginning of an `Affected`, which is all that replacing needs."""

    advisory: str


class _Heads(msgspec.Struct, array_like=True, frozen=True):
    rows: tuple[_Head, ...]


_heads_of = msgspec.msgpack.Decoder(_Heads).decode
_name_of = msgspec.msgpack.Decoder(str).decode
_names_of = msgspec.msgpack.Decoder(list[str]).decode
_DEFAULTS = Affected.__struct_defaults__


def row_key(kind: bytes, *parts: str) -> bytes:
    """The key of a row; names that are too long for a key stand as their SHA-256."""
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return kind + (text if len(text) <= _MOST_KEY_BYTES else hashlib.sha256(text).digest())


def compiled_rows(compiled: Compiled) -> Iterator[Row]:
    """What the index keeps of one advisory."""
    advisory, packages = compiled
    yield row_key(ADVISORIES, advisory.id), _pack(advisory)
    own = _pack(advisory.id)
    for alias in {*advisory.aliases, *advisory.covers}:
        yield row_key(NAMES, alias), own
    for ecosystem, name, saying in packages:
        yield row_key(ROWS, ecosystem, name), _item(saying)


def _item(saying: Saying) -> bytes:
    row, versions = saying
    return _pack((_short(row), versions))


def _short(row: Affected) -> tuple[object, ...]:
    """A row as an array without the defaults at its end: smaller, and read faster."""
    fields = msgspec.structs.astuple(row)
    size = len(fields)
    while size > 1 and fields[size - 1] == _DEFAULTS[size - 2]:
        size -= 1
    return fields[:size]


def weather_rows(weather: Mapping[str, Weather], cycles: Mapping[str, tuple[Cycle, ...]]) -> Iterator[Row]:
    """What the world does with a CVE, and when products end."""
    yield from ((row_key(CVES, cve), _pack(each)) for cve, each in weather.items())
    yield from ((row_key(CYCLES, product), _pack(each)) for product, each in cycles.items())


def value_of(key: bytes, items: Iterable[bytes]) -> bytes:
    """What stands under the key of gathered items, whatever their order, each once.

    Raises:
        MsgspecError: an item is damaged.
    """
    told = sorted(set(items))
    if key[:1] == NAMES:
        return _pack([_name_of(item) for item in told])
    rows = gathered(map(_saying_of, told))
    return _pack(([_short(row) for row in rows], rows.named, rows.stand_apart))


def items_of(key: bytes, value: bytes | memoryview) -> list[bytes]:
    """The packed items of a gathered value.

    Raises:
        MsgspecError, Malformed: the value is damaged.
    """
    if key[:1] == NAMES:
        return [_pack(name) for name in _names_of(value)]
    return [_item(saying) for saying in sayings(rows_of(value))]


def items_without(key: bytes, value: bytes | memoryview, replaced: frozenset[str]) -> list[bytes] | None:
    """The packed items of a gathered value without those of replaced advisories; None where it has none of those.

    Raises:
        MsgspecError, Malformed: the value is damaged.
    """
    ids = _names_of(value) if key[:1] == NAMES else [head.advisory for head in _heads_of(value).rows]
    if replaced.isdisjoint(ids):
        return None
    return [item for item, name in zip(items_of(key, value), ids, strict=True) if name not in replaced]
