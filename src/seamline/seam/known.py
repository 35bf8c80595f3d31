"""What the seam asks of those who remember bases, and of the world when that is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from seamline.model.image import Digest
from seamline.model.seam import Base

LookUp = Callable[[str], Iterable[Base]]
"""Asks a registry what a full reference (with a tag or a digest) is; no bases where it cannot tell."""


class KnownBases(Protocol):
    """Bases, looked up in four ways. Every answer is a claim that the seam checks against the image."""

    def with_chains(self, chains: Sequence[str]) -> Iterable[Base]:
        """Every base whose whole stack of layers has one of these chain ids."""

    def with_digest(self, digest: Digest, platform: str) -> Iterable[Base]:
        """Every base with this manifest digest, or this index digest and platform."""

    def with_name(self, name: str, platform: str) -> Iterable[Base]:
        """Every base that ever had this full reference on this platform."""

    def studied(self) -> bool:
        """Whether any base has an inventory, so that looking for content is worth while."""

    def resembling(self, contents: AbstractSet[bytes], share: float) -> Iterable[Base]:
        """Bases with an inventory, of which about `share` or more may be among these place keys."""
