"""A wanted file's bytes while its readers look at it: in memory, or in one unlinked spool file when large."""

from __future__ import annotations

import hashlib
import io
import mmap
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

from seamline.catalog.reader import Buffer
from seamline.errors import Bomb
from seamline.formats.elf import Elf, parse_elf
from seamline.formats.tar_stream import Piece
from seamline.model.limits import Limits

Spool = Callable[[], BinaryIO]
"""Makes an unlinked file; the one thing a walk asks of the world."""


class HeldContent:
    """The bytes of one file, held for as long as this value lives."""

    __slots__ = ("_beside", "_bytes", "_elf", "_sha256")

    def __init__(
        self, data: Buffer, beside: Mapping[str, HeldContent] | None = None, sha256: str = ""
    ) -> None:
        self._bytes = data
        self._beside = beside or {}
        self._sha256 = sha256
        self._elf: Elf | None = None

    @property
    def size_bytes(self) -> int:
        return len(self._bytes)

    @property
    def sha256(self) -> str:
        """The checksum, as hexadecimal digits; taken now unless the walk has taken it already."""
        return self._sha256 or hashlib.sha256(self._bytes).hexdigest()

    def stream(self) -> BinaryIO:
        return io.BytesIO(self._bytes) if isinstance(self._bytes, bytes) else io.BytesIO(self._bytes[:])

    def random(self) -> Buffer:
        return self._bytes

    def elf(self) -> Elf:
        if self._elf is None:
            self._elf = parse_elf(self._bytes)
        return self._elf

    def companion(self, suffix: str) -> HeldContent | None:
        return self._beside.get(suffix)

    def beside(self, companions: Mapping[str, HeldContent]) -> HeldContent:
        """The same bytes with other files of the layer at hand."""
        return HeldContent(self._bytes, companions, self._sha256)

    def known_by(self, sha256: str) -> HeldContent:
        """The same bytes with their checksum."""
        return HeldContent(self._bytes, self._beside, sha256)


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
            hint="this layer is made to exhaust its reader",
        )
    with spool() as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        return HeldContent(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
