"""Reads the layers of an image: from the cache what it knows, the rest in one pass a layer, a few at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from seamline.catalog.facts import LayerFacts, Record
from seamline.catalog.reader import Reader
from seamline.model.image import Digest, Image, Layer
from seamline.model.limits import Limits
from seamline.stores.layer_cache import LayerCache
from seamline.tree.columns import Columns

Progress = Callable[[int], None]
"""Told how many packed bytes were just read."""


class Verification(StrEnum):
    """How a layer's bytes were checked against what the image promises."""

    FULL = "full"
    CACHED = "cached"
    NONE = "none"


class LayerReading(msgspec.Struct, frozen=True, kw_only=True):
    """One layer, read: its facts and what was learnt by reading. `size_bytes` is unpacked."""

    layer: Layer
    facts: LayerFacts
    verification: Verification
    digest: Digest | None
    diff_id: Digest | None
    size_bytes: int | None


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is still to be read of a layer, and what is known of it already."""

    layer: Layer
    missing: tuple[Reader, ...]
    known: LayerReading | None = None


class LayerReader:
    """Reads layers for one set of readers and limits, through one cache (None: nothing is kept)."""

    def __init__(
        self, readers: Sequence[Reader], limits: Limits, cache: LayerCache | None, *, verify: bool = False
    ) -> None:
        self.readers = readers
        self._limits = limits
        self._cache = cache
        self._verify = verify

    def read_all(
        self,
        image: Image,
        jobs: int,
        progress: Progress | None = None,
        below: Iterable[LayerReading] = (),
    ) -> tuple[LayerReading, ...]:
        """Every layer of the image, bottom first; at most `jobs` are read at once. `below` are those of an image under it:
        what all of the readers read of them is taken as it is.

        Raises:
            SeamlineError: a layer is damaged, lies or cannot be had; the lowest such layer's error.
        """
        firsts: dict[Hashable, Layer] = {}
        for layer in image.layers:
            firsts.setdefault(_content(layer), layer)
        names = {each.name for each in self.readers}
        taken = {_content(each.layer): each for each in below if names <= each.facts.records.keys()}
        wanted = [
            _Wanted(layer=layer, missing=(), known=taken[content])
            if content in taken
            else self._from_cache(layer)
            for content, layer in firsts.items()
        ]
        work = [each for each in wanted if each.missing]
        known = {_content(each.layer): each.known for each in wanted if each.known is not None}
        for each, reading in zip(work, self._each(work, jobs, progress), strict=True):
            self._keep(reading, each.missing)
            known[_content(each.layer)] = _joined(each.known, reading)
        return tuple(msgspec.structs.replace(known[_content(layer)], layer=layer) for layer in image.layers)

    def knows_all(self, image: Image) -> bool:
        """Whether the cache has every layer by every reader. Whether its rows are whole shows when they are read."""
        return all(
            layer.digest is not None
            and layer.diff_id is not None
            and not layer.problem
            and self._cache is not None
            and self._cache.pair(layer.digest, layer.diff_id) is not None
            and not self._cache.lacks(layer.diff_id, self.readers, self._limits)
            for layer in image.layers
        )

    def reread(
        self, layer: Layer, paths: Iterable[bytes], wanted: Sequence[tuple[Reader, bytes]]
    ) -> Iterator[tuple[Reader, Record[Any]]]:
        """The second pass: records of files under other names (`wanted`: reader, path shown; `paths`: where they stand)."""
        from seamline.verbs.layer_pass import read_again  # noqa: PLC0415 - only such a link needs it

        return read_again(layer, paths, wanted, self._limits)

    def _each(self, work: Sequence[_Wanted], jobs: int, progress: Progress | None) -> Iterator[LayerReading]:
        if len(work) < 2 or jobs < 2:
            yield from (self._read(each, progress) for each in work)
            return
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a warm run never needs it

        with ThreadPoolExecutor(jobs) as pool:
            futures = [pool.submit(self._read, each, progress) for each in work]
            try:
                for future in futures:
                    yield future.result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _read(self, wanted: _Wanted, progress: Progress | None) -> LayerReading:
        from seamline.verbs.layer_pass import read_layer  # noqa: PLC0415 - 15 ms that a warm run need not wait for

        layer = wanted.layer
        if layer.problem:
            return _unread(layer)
        read = read_layer(layer, wanted.missing, self._limits, progress)
        checked = layer.digest is not None or layer.diff_id is not None
        return LayerReading(
            layer=layer,
            facts=read.facts,
            verification=Verification.FULL if checked else Verification.NONE,
            digest=layer.digest or read.digest,
            diff_id=read.diff_id,
            size_bytes=read.size_bytes,
        )

    def _from_cache(self, layer: Layer) -> _Wanted:
        """The layer as an earlier run read it (its blob was seen to unpack to this diff_id then), and the readers that have
        not seen it."""
        everything = _Wanted(layer=layer, missing=tuple(self.readers))
        if (
            self._cache is None
            or self._verify
            or layer.digest is None
            or layer.diff_id is None
            or layer.problem
        ):
            return everything
        size = self._cache.pair(layer.digest, layer.diff_id)
        if size is None:
            return everything
        facts, missing = self._cache.facts(layer.diff_id, self.readers, self._limits)
        if facts is None:
            return everything
        reading = LayerReading(
            layer=layer,
            facts=facts,
            verification=Verification.CACHED,
            digest=layer.digest,
            diff_id=layer.diff_id,
            size_bytes=size,
        )
        return _Wanted(layer=layer, missing=tuple(missing), known=reading)

    def _keep(self, reading: LayerReading, readers: Sequence[Reader]) -> None:
        if self._cache is None or reading.verification != Verification.FULL or not readers:
            return
        if reading.diff_id is None or reading.layer.diff_id is None or reading.digest is None:
            return
        self._cache.put(reading.diff_id, reading.facts, readers, self._limits)
        self._cache.put_pair(reading.digest, reading.diff_id, reading.size_bytes or 0)


def _content(layer: Layer) -> Hashable:
    """Equal for layers that read alike; of an image that stacks one layer many times it is read once."""
    if layer.diff_id is None or "wasm" in layer.media_type:  # a module is named after its position
        return layer.position
    return layer.digest, layer.diff_id, layer.media_type, layer.problem


def _joined(known: LayerReading | None, read: LayerReading) -> LayerReading:
    """What was just read, with what other readers made of the same layer before."""
    if known is None:
        return read
    records = {**known.facts.records, **read.facts.records}
    return msgspec.structs.replace(read, facts=LayerFacts(columns=read.facts.columns, records=records))


def _unread(layer: Layer) -> LayerReading:
    return LayerReading(
        layer=layer,
        facts=LayerFacts(columns=Columns(), records={}),
        verification=Verification.NONE,
        digest=layer.digest,
        diff_id=layer.diff_id,
        size_bytes=None,
    )
