"""A layer's bytes off the world, unpacked and verified while they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from seamline.errors import Bomb, Lying, Where
from seamline.formats.compression import unpack
from seamline.model.image import Digest, Layer
from seamline.model.limits import Limits

CHUNK_BYTES = 1 << 20

Carry = Callable[[Iterator[bytes]], Iterator[bytes]]
"""Hands chunks on; `effects.ahead` does it across threads."""


class LayerStream:
    """The unpacked chunks of one layer; `digest`, `diff_id` and sizes are known once it was read to its end."""

    def __init__(self, layer: Layer, limits: Limits, *, fast: bool = True) -> None:
        self._layer = layer
        self._limits = limits
        self._fast = fast
        self._packed = hashlib.new(_algorithm(layer.digest))
        self._unpacked = hashlib.new(_algorithm(layer.diff_id))
        self.packed_bytes = 0
        self.size_bytes = 0
        self.digest: Digest | None = None
        self.diff_id: Digest | None = None

    def chunks(self, carry: Carry = iter) -> Iterator[bytes]:
        """The unpacked bytes. `carry` may make them on another thread: reading, the packed digest and inflating weigh
        as much as the unpacked digest and what a reader does, so each side keeps one core busy.

        Raises:
            Lying: the whole layer was read and its digest or diff_id is another than promised.
            Malformed: it cannot be unpacked.
            FastInflateFailed: the same, on the fast way: read again without it.
            Bomb: it unpacks to more than the limits allow.
        """
        where = Where(source=f"layer {self._layer.position}")
        carried = carry(self._inflated(where))
        try:
            for chunk in carried:
                self._unpacked.update(chunk)
                self.size_bytes += len(chunk)
                self._check_size(where)
                yield chunk
        finally:
            close = getattr(carried, "close", None)
            if close is not None:
                close()
        self._verify(where)

    def _inflated(self, where: Where) -> Iterator[bytes]:
        with self._layer.open() as blob:
            yield from unpack(self._blob(blob), where, fast=self._fast)
            for _ in self._blob(blob):
                pass

    def _blob(self, blob: BinaryIO) -> Iterator[bytes]:
        while chunk := blob.read(CHUNK_BYTES):
            self._packed.update(chunk)
            self.packed_bytes += len(chunk)
            yield chunk

    def _check_size(self, where: Where) -> None:
        limits = self._limits
        suspicious = self.size_bytes > limits.ratio_floor_bytes
        if self.size_bytes > limits.layer_bytes or (
            suspicious and self.size_bytes > limits.ratio * max(self.packed_bytes, 1)
        ):
            raise Bomb(
                where,
                expected=f"at most {limits.ratio} times its packed size past {limits.ratio_floor_bytes} bytes",
                got=f"{self.size_bytes} bytes out of {self.packed_bytes}",
                hint="this layer is made to exhaust its reader",
            )

    def _verify(self, where: Where) -> None:
        self.digest = Digest(f"{self._packed.name}:{self._packed.hexdigest()}")
        self.diff_id = Digest(f"{self._unpacked.name}:{self._unpacked.hexdigest()}")
        promised = (
            (self._layer.digest, self.digest, "digest"),
            (self._layer.diff_id, self.diff_id, "diff_id"),
        )
        for expected, got, name in promised:
            if expected is not None and expected != got:
                raise Lying(
                    where,
                    expected=f"{name} {expected}",
                    got=str(got),
                    hint="the source is damaged or was tampered with",
                )


def _algorithm(digest: Digest | None) -> str:
    return "sha256" if digest is None else digest.partition(":")[0]


def spool() -> BinaryIO:
    """An unlinked file for one large file of a layer."""
    import tempfile  # noqa: PLC0415 - only a large file needs it

    return cast("BinaryIO", tempfile.TemporaryFile(prefix="seamline-"))
