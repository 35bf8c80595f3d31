"""The visible files of an image, with the history of every path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from seamline.model.entry import Entry


class Tree(Protocol):
    """What is visible when all layers are folded."""

    def at(self, path: bytes) -> Entry | None: ...

    def resolve(self, path: bytes) -> Entry | None: ...

    def under(self, prefix: bytes) -> Iterator[Entry]: ...

    def history(self, path: bytes) -> tuple[Entry, ...]: ...

    def canonical(self, path: bytes) -> bytes: ...

    def entries(self) -> Iterator[Entry]: ...

    def __len__(self) -> int: ...
