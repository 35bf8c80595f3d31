"""A wanted file's bytes while its readers look at it: in memory, or in one unlinked spool file when large."""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

from seamline.catalog.reader import Buffer
from seamline.errors import Bomb
from seamline.formats.tar_stream import Piece
from seamline.model.limits import Limits

Spool = Callable[[], BinaryIO]
"""Makes an unlinked file; the one thing a walk asks of the world."""


class HeldContent:
    """The bytes of one file, held for as long as this value lives."""

    __slots__ = ("_beside", "_bytes")

    def __init__(self, data: Buffer, beside: Mapping[str, HeldContent] | None = None) -> None:
        self._bytes = data
        self._beside = beside or {}

    @property
    def size_bytes(self) -> int:
        return len(self._bytes)

    def stream(self) -> BinaryIO:
        return io.BytesIO(self._bytes) if isinstance(self._bytes, bytes) else io.BytesIO(self._bytes[:])

    def random(self) -> Buffer:
        return self._bytes

    def companion(self, suffix: str) -> HeldContent | None:
        return self._beside.get(suffix)

    def beside(self, companions: Mapping[str, HeldContent]) -> HeldContent:
        """The same bytes with other files of the layer at hand."""
        return HeldContent(self._bytes, companions)


def hold(pieces: Iterable[Piece], size_bytes: int, limits: Limits, spool: Spool) -> HeldContent:
    """The content made of `pieces`.

    Raises:
        Bomb: it is larger than `limits.spool_bytes`.
    """
    if size_bytes <= limits.memory_file_bytes:
        return HeldContent(b"".join(pieces))
    if size_bytes > limits.spool_bytes:
        raise Bomb(
            "wanted file",
            expected=f"at most {limits.spool_bytes} bytes",
            got=f"{size_bytes}",
            hint="raise the limit if you trust this image",
        )
    with spool() as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        return HeldContent(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
