"""The rows of an advisory index: a kind and a name as key, MessagePack as value.

A package has one row with all that advisories say of it, a name one with the ids that stand for it; both are arrays of
sorted items, gathered while the index is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from seamline.model.advisory import Cycle, Weather

if TYPE_CHECKING:
    from seamline.advisories.compile import Compiled

Row = tuple[bytes, bytes]
"""Key, and one packed item."""

DICTIONARY = b"dictionary"
ROWS, ADVISORIES, NAMES, CVES, CYCLES = b"r", b"a", b"n", b"c", b"e"
GATHERED = ROWS + NAMES
_MOST_KEY_BYTES = 480
_pack = msgspec.msgpack.Encoder().encode
_items_of = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


class _Head(msgspec.Struct, array_like=True, frozen=True):
    """The beginning of an `Affected`, which is all that replacing needs."""

    advisory: str


_heads_of = msgspec.msgpack.Decoder(list[_Head]).decode
_names_of = msgspec.msgpack.Decoder(list[str]).decode


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
    for ecosystem, name, affected in packages:
        yield row_key(ROWS, ecosystem, name), _pack(affected)


def weather_rows(weather: Mapping[str, Weather], cycles: Mapping[str, tuple[Cycle, ...]]) -> Iterator[Row]:
    """What the world does with a CVE, and when products end."""
    yield from ((row_key(CVES, cve), _pack(each)) for cve, each in weather.items())
    yield from ((row_key(CYCLES, product), _pack(each)) for product, each in cycles.items())


def array(items: Iterable[bytes]) -> bytes:
    """A MessagePack array of packed items, sorted, each once. Source: MessagePack specification, "array format family"."""
    told = sorted(set(items))
    if len(told) < 16:
        head = bytes((0x90 | len(told),))
    else:
        head = (
            b"\xdc" + len(told).to_bytes(2, "big")
            if len(told) < 1 << 16
            else b"\xdd" + len(told).to_bytes(4, "big")
        )
    return head + b"".join(told)


def items_without(key: bytes, value: bytes | memoryview, replaced: frozenset[str]) -> list[bytes] | None:
    """The packed items of a gathered value without those of replaced advisories; None where it has none of those.

    Raises:
        MsgspecError: the value is damaged.
    """
    ids = [head.advisory for head in _heads_of(value)] if key[:1] == ROWS else _names_of(value)
    if replaced.isdisjoint(ids):
        return None
    return [bytes(item) for item, name in zip(_items_of(value), ids, strict=True) if name not in replaced]


def items(value: bytes | memoryview) -> list[bytes]:
    """The packed items of a gathered value."""
    return [bytes(item) for item in _items_of(value)]
