"""Exported ledgers: bases as JSON lines, read whole. The starter ledger of official bases that comes along is one."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

import msgspec

from seamline.effects.shipped import shipped
from seamline.errors import Malformed
from seamline.model.image import Digest
from seamline.model.seam import Base, Inventory
from seamline.seam.chain import chain_id
from seamline.stores.ledger import Bases, Ledger

_GZIP = b"\x1f\x8b"


class Shelf:
    """Bases in memory. Looked up like a ledger; never written."""

    def __init__(self, bases: Iterable[Base]) -> None:
        self._bases = tuple(bases)
        self._by_chain: dict[str, list[Base]] = {}
        for base in self._bases:
            self._by_chain.setdefault(chain_id(base.diff_ids), []).append(base)

    def with_chains(self, chains: Sequence[str]) -> list[Base]:
        return [base for chain in chains for base in self._by_chain.get(chain, ())]

    def with_digest(self, digest: Digest, platform: str) -> list[Base]:
        return [
            base
            for base in self._bases
            if base.digest == digest or (base.index_digest == digest and base.platform == platform)
        ]

    def with_name(self, name: str, platform: str) -> list[Base]:
        return [base for base in self._bases if name in base.names and base.platform in (platform, "")]

    def with_repository(self, repository: str, platform: str) -> list[Base]:
        head = f"{repository}:"
        return [
            base
            for base in self._bases
            if base.platform in (platform, "") and any(name.startswith(head) for name in base.names)
        ]

    def inventory(self, base: Base) -> Inventory | None:
        same = (
            each for each in self._by_chain.get(chain_id(base.diff_ids), ()) if each.digest == base.digest
        )
        return next((each.inventory for each in same if each.inventory is not None), None)

    def studied(self) -> bool:
        return any(base.inventory is not None for base in self._bases)

    def resembling(self, contents: AbstractSet[bytes], share: float) -> list[Base]:  # noqa: ARG002 - all of a shelf are few
        return [base for base in self._bases if base.inventory is not None]

    def every(self) -> tuple[Base, ...]:
        return self._bases


class Stack:
    """Several ledgers asked as one, the first one first. An image that several know is told once."""

    def __init__(self, ledgers: Sequence[Bases]) -> None:
        self._ledgers = ledgers

    def with_chains(self, chains: Sequence[str]) -> list[Base]:
        return _once(base for ledger in self._ledgers for base in ledger.with_chains(chains))

    def with_digest(self, digest: Digest, platform: str) -> list[Base]:
        return _once(base for ledger in self._ledgers for base in ledger.with_digest(digest, platform))

    def with_name(self, name: str, platform: str) -> list[Base]:
        return _once(base for ledger in self._ledgers for base in ledger.with_name(name, platform))

    def with_repository(self, repository: str, platform: str) -> list[Base]:
        return _once(
            base for ledger in self._ledgers for base in ledger.with_repository(repository, platform)
        )

    def inventory(self, base: Base) -> Inventory | None:
        found = (ledger.inventory(base) for ledger in self._ledgers)
        return next((each for each in found if each is not None), None)

    def studied(self) -> bool:
        return any(ledger.studied() for ledger in self._ledgers)

    def resembling(self, contents: AbstractSet[bytes], share: float) -> list[Base]:
        return _once(base for ledger in self._ledgers for base in ledger.resembling(contents, share))

    def every(self) -> list[Base]:
        return _once(base for ledger in self._ledgers for base in ledger.every())

    def close(self) -> None:
        """Closes the ledgers that are files; each is opened again by the next question."""
        for ledger in self._ledgers:
            if isinstance(ledger, Ledger):
                ledger.close()


def _once(bases: Iterable[Base]) -> list[Base]:
    told: dict[tuple[Digest | tuple[str, ...], tuple[Digest, ...]], Base] = {}
    for base in bases:
        told.setdefault((base.digest or base.names, base.diff_ids), base)
    return list(told.values())


def parse_bases(data: bytes, source: str) -> list[Base]:
    """The bases of an export, gzipped or not.

    Raises:
        Malformed: the bytes are no JSON lines of bases.
    """
    try:
        plain = gzip.decompress(data) if data.startswith(_GZIP) else data
        return msgspec.json.Decoder(Base).decode_lines(plain)
    except (msgspec.MsgspecError, RecursionError, OSError, EOFError, zlib.error) as fault:
        raise Malformed(
            source,
            expected="JSON lines, a known base each",
            got=str(fault),
            hint="write them with seamline base export",
        ) from fault


def write_bases(bases: Iterable[Base]) -> bytes:
    """JSON lines, a base each."""
    return msgspec.json.Encoder().encode_lines(bases)


@cache
def starter() -> Shelf:
    """The official bases that come with Seamline."""
    return Shelf(parse_bases(shipped("bases.jsonl.gz"), "the starter ledger"))
