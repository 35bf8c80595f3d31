"""All that must be kept so that an image, or a whole index, has the same digest elsewhere. Source: OCI image-spec 1.1."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

import msgspec

from seamline.errors import Bomb, Usage
from seamline.formats.digesting import Verified, digest_of
from seamline.formats.oci.documents import (
    Descriptor,
    media_type_of,
    parse_index,
    parse_manifest,
)
from seamline.formats.oci.media import INDEXES, MANIFESTS, is_foreign_layer
from seamline.formats.oci.resolve import Source, fetch_document
from seamline.model.image import Digest, Image

_MOST_VISITS = 1024
_CHUNK_BYTES = 1 << 18


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """An index or manifest, whole and proven."""

    descriptor: Descriptor
    raw: bytes


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration or layer; `open` gives its bytes, unproven."""

    descriptor: Descriptor
    open: Callable[[], BinaryIO]


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """`documents` hold what they name before themselves, so the last is the top; each of `blobs` is there once."""

    reference: str
    documents: tuple[Document, ...]
    blobs: tuple[Blob, ...]

    @property
    def top(self) -> Document:
        """What the whole stands under."""
        return self.documents[-1]


def contents_of_image(image: Image) -> Contents:
    """The parts of one image: its manifest, configuration and layers. Foreign layers stay where they live.

    Raises:
        Usage: the image has no manifest of its own.
    """
    if image.raw is None or not image.raw.manifest:
        raise Usage(
            image.reference,
            expected="an image with a manifest",
            got=image.place,
            hint="copy it to an oci-dir first",
        )
    raw = image.raw
    descriptor = msgspec.structs.replace(
        _described(raw.manifest, raw.manifest_media_type),
        platform=image.platform if image.platform.os else None,
    )
    manifest = parse_manifest(raw.manifest, image.reference)
    config = Blob(descriptor=manifest.config, open=partial(io.BytesIO, raw.config))
    layers = [
        Blob(descriptor=each, open=layer.open)
        for each, layer in zip(manifest.layers, image.layers, strict=True)
        if not _is_elsewhere(each)
    ]
    return Contents(
        reference=image.reference,
        documents=(Document(descriptor=descriptor, raw=raw.manifest),),
        blobs=_once([config, *layers]),
    )


def contents_of_source(source: Source) -> Contents:
    """The parts of all that stands under a name: every platform of an index, and the statements beside them.

    Raises:
        Lying: a document is not what its descriptor promised.
        Malformed, Unsupported, Bomb: as the parsers say.
    """
    media_type = media_type_of(source.top, source.media_type, source.reference)
    top = Document(descriptor=_described(source.top, media_type), raw=source.top)
    documents: dict[Digest, Document] = {}
    blobs: list[Blob] = []
    waiting = [top]
    for _ in range(_MOST_VISITS):
        if not waiting:
            in_order = tuple(reversed(documents.values()))
            return Contents(reference=source.reference, documents=in_order, blobs=_once(blobs))
        document = waiting.pop()
        # What is named again moves behind whoever names it now, and so is written before both.
        documents.pop(document.descriptor.digest, None)
        documents[document.descriptor.digest] = document
        for each in _named_by(document, source.reference):
            if each.media_type not in INDEXES | MANIFESTS:
                blobs.append(Blob(descriptor=each, open=partial(source.open_blob, each)))
            else:
                waiting.append(documents.get(each.digest) or _fetched(source, each))
    raise Bomb(
        source.reference,
        expected=f"at most {_MOST_VISITS} manifests",
        got="more",
        hint="copy one platform of it: --platform linux/amd64",
    )


def _fetched(source: Source, descriptor: Descriptor) -> Document:
    return Document(descriptor=descriptor, raw=fetch_document(source.fetch, descriptor, source.reference))


def read_blob(blob: Blob) -> Iterator[bytes]:
    """The blob's bytes in chunks, proven once the last has come.

    Raises:
        Lying: another size or digest than promised.
    """
    named = blob.descriptor
    with Verified(blob.open(), named.digest, named.size_bytes, f"blob {named.digest}") as stream:
        yield from iter(lambda: stream.read(_CHUNK_BYTES), b"")


def _named_by(document: Document, reference: str) -> Iterator[Descriptor]:
    where = f"{reference} {document.descriptor.digest}"
    if document.descriptor.media_type in INDEXES:
        yield from parse_index(document.raw, where).manifests
    else:
        manifest = parse_manifest(document.raw, where)
        yield manifest.config
        yield from (each for each in manifest.layers if not _is_elsewhere(each))


def _is_elsewhere(layer: Descriptor) -> bool:
    return is_foreign_layer(layer.media_type) and bool(layer.urls)


def _described(raw: bytes, media_type: str) -> Descriptor:
    return Descriptor(media_type=media_type, digest=digest_of(raw), size_bytes=len(raw))


def _once(blobs: list[Blob]) -> tuple[Blob, ...]:
    return tuple({each.descriptor.digest: each for each in blobs}.values())
