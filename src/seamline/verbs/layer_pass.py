"""One pass over a layer's bytes: read, hashed and unpacked on one thread, walked on another."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import msgspec

from seamline.catalog.content import hold
from seamline.catalog.facts import LayerFacts, Record
from seamline.catalog.reader import Reader
from seamline.catalog.walk import extract, walk, walk_blob
from seamline.effects.ahead import ahead
from seamline.effects.layers import LayerStream, spool
from seamline.formats.compression import FastInflateFailed
from seamline.formats.tar import members
from seamline.model.image import Digest, Layer
from seamline.model.limits import Limits

Told = Callable[[int], None] | None
"""Told how many packed bytes were just read."""


class LayerRead(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass learnt; `size_bytes` is unpacked."""

    facts: LayerFacts
    digest: Digest | None
    diff_id: Digest | None
    size_bytes: int


def read_layer(layer: Layer, readers: Sequence[Reader], limits: Limits, progress: Told) -> LayerRead:
    """One layer, read to its end.

    Raises:
        SeamlineError: it is damaged, lies or cannot be had.
    """
    try:
        return _pass(layer, readers, limits, progress, fast=True)
    except FastInflateFailed:
        return _pass(layer, readers, limits, progress, fast=False)


def _pass(
    layer: Layer, readers: Sequence[Reader], limits: Limits, progress: Told, *, fast: bool
) -> LayerRead:
    stream = LayerStream(layer, limits, fast=fast)
    source = f"layer {layer.position}"
    with closing(_told(stream, progress)) as chunks:
        if "wasm" in layer.media_type:
            facts = walk_blob(chunks, f"{layer.position}.wasm", readers, limits, spool)
        else:
            facts = walk(chunks, readers, limits, spool, source)
        for _ in chunks:  # the tar may end before its stream does; the digests need it all
            pass
    return LayerRead(facts=facts, digest=stream.digest, diff_id=stream.diff_id, size_bytes=stream.size_bytes)


def _told(stream: LayerStream, progress: Told) -> Generator[bytes, None, None]:
    seen = 0
    for chunk in stream.chunks(ahead):
        if progress is not None and stream.packed_bytes != seen:
            progress(stream.packed_bytes - seen)
            seen = stream.packed_bytes
        yield chunk


def read_again(
    layer: Layer, paths: Iterable[bytes], wanted: Sequence[tuple[Reader, bytes]], limits: Limits
) -> Iterator[tuple[Reader, Record[Any]]]:
    """The records of files that stand at `paths`, under other names (`wanted`: reader, path shown)."""
    shown: dict[bytes, list[tuple[Reader, bytes]]] = {}
    for place, want in zip(paths, wanted, strict=True):
        shown.setdefault(place, []).append(want)
    stream = LayerStream(layer, limits, fast=False)
    for member in members(stream.chunks(), limits, f"layer {layer.position}"):
        if member.entry.path not in shown:
            continue
        held = hold(member.pieces(), member.entry.size_bytes, limits, spool)
        for reader, path in shown[member.entry.path]:
            entry = msgspec.structs.replace(member.entry, path=path)
            yield from ((reader, record) for record in extract(reader, entry, held, limits))
