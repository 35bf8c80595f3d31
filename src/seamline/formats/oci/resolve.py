"""From the document under a name to the image meant: one way for every place that keeps manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from seamline.errors import Bomb, Lying, NotFound
from seamline.formats.digesting import check_digest, digest_of
from seamline.formats.in_toto import PROVENANCE
from seamline.formats.oci.documents import (
    DOCUMENT_BYTES,
    Descriptor,
    Index,
    media_type_of,
    parse_config,
    parse_index,
    parse_manifest,
)
from seamline.formats.oci.image import OpenBlob, parse_image
from seamline.formats.oci.media import IMAGE_CONFIGS, INDEXES
from seamline.formats.oci.platforms import (
    PREDICATE_TYPE,
    REFERENCE_DIGEST,
    REFERENCE_TYPE,
    UNKNOWN,
    choose_platform,
    fits,
    is_attestation,
)
from seamline.model.image import Attached, Attachment, Digest, Document, Image, Platform

Fetch = Callable[[Descriptor], bytes]
"""A whole document, unproven."""

_INDEX_DEPTH = 4
_INDEX_COUNT = 64


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What stands under one name in one place, and the ways to its parts.

    `top` is the raw index or manifest, `media_type` what the place declared for it ("" for nothing).
    `fetch` gives a whole document (manifest, index, configuration), `open_blob` streams a layer;
    neither need verify: whoever reads through here does. `list_attached` asks the place what else it holds
    about a digest (signatures, SBOMs).
    """

    reference: str
    place: str
    top: bytes
    media_type: str
    fetch: Fetch
    open_blob: OpenBlob
    names: tuple[str, ...] = ()
    list_attached: Callable[[Digest], Iterable[Attached]] = lambda _: ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One manifest that is an image, its platform where the index or the configuration tells it."""

    raw: bytes | None
    descriptor: Descriptor
    platform: Platform | None


def resolve(source: Source, *, platform: Platform | None, machine: Platform) -> Image:
    """The image for `platform`; without one, for `machine`, or the only one there is.

    Raises:
        NotFound: no such platform; the message lists those there are.
        Lying: a document is not what its descriptor promised.
        Malformed, Unsupported, Bomb: as the parsers say.
    """
    if _is_index(source):
        found, attestations = _listed(source)
        choice = choose_platform(
            [(each.platform, each) for each in found], platform, machine, source.reference
        )
        return _complete(source, _chosen(source, choice, found, attestations))
    image = _image(source, source.top)
    if platform is not None and not fits(image.platform, platform):
        choose_platform([(image.platform, image)], platform, machine, source.reference)
    return _complete(source, image)


def resolve_every(source: Source) -> Iterator[Image]:
    """Every image under the name, in the order of its index; each is fetched when it is asked for.

    Raises:
        NotFound: the index lists no image.
        Lying, Malformed, Unsupported, Bomb: as `resolve`.
    """
    if not _is_index(source):
        yield _complete(source, _image(source, source.top))
        return
    found, attestations = _listed(source)
    if not found:
        raise NotFound(
            source.reference, expected="an index of images", got="none in it", hint="is this the right name?"
        )
    for each in {each.descriptor.digest: each for each in found}.values():
        yield _complete(source, _chosen(source, each, found, attestations))


def _is_index(source: Source) -> bool:
    return media_type_of(source.top, source.media_type, source.reference) in INDEXES


def _complete(source: Source, image: Image) -> Image:
    """The image with its names, and with what its place holds about it and its index."""
    digests = dict.fromkeys(each for each in (image.digest, image.index_digest) if each)
    attached = (*image.attached, *(each for digest in digests for each in source.list_attached(digest)))
    return msgspec.structs.replace(
        image, names=source.names, attached=attached, list_attached=source.list_attached
    )


def fetch_document(fetch: Fetch, descriptor: Descriptor, reference: str) -> bytes:
    """The whole document that the descriptor promises, proven.

    Raises:
        Lying: another size or digest.
        Bomb: larger than a document may be.
    """
    if descriptor.size_bytes > DOCUMENT_BYTES:
        raise Bomb(
            f"{reference} {descriptor.digest}",
            expected=f"a document of at most {DOCUMENT_BYTES} bytes",
            got=f"{descriptor.size_bytes} bytes",
            hint="this is not an image's document",
        )
    raw = fetch(descriptor)
    where = f"{reference} {descriptor.digest}"
    if len(raw) != descriptor.size_bytes:
        raise Lying(
            where,
            expected=f"{descriptor.size_bytes} bytes",
            got=f"{len(raw)} bytes",
            hint="the source is damaged or sends something else",
        )
    return check_digest(raw, descriptor.digest, where)


def _image(source: Source, raw_manifest: bytes) -> Image:
    manifest = parse_manifest(raw_manifest, f"{source.reference} manifest")
    raw_config = fetch_document(source.fetch, manifest.config, source.reference)
    return parse_image(
        raw_manifest, raw_config, source.open_blob, reference=source.reference, place=source.place
    )


def _chosen(
    source: Source, choice: Found, found: tuple[Found, ...], attestations: tuple[Descriptor, ...]
) -> Image:
    image = _image(source, choice.raw or fetch_document(source.fetch, choice.descriptor, source.reference))
    about = [each for each in attestations if _subject(each) == choice.descriptor.digest]
    return msgspec.structs.replace(
        image,
        index_digest=digest_of(source.top),
        platforms=tuple(each.platform for each in found if each.platform is not None),
        attached=tuple(_attached(source, each, choice.descriptor.digest) for each in about),
    )


def _subject(attestation: Descriptor) -> str:
    return attestation.annotations.get(REFERENCE_DIGEST, "")


def _attached(source: Source, attestation: Descriptor, about: Digest) -> Attached:
    line = Attachment(
        kind=attestation.annotations.get(REFERENCE_TYPE, "attestation").removesuffix("-manifest"),
        artifact_type=attestation.artifact_type,
        digest=attestation.digest,
        source=source.reference,
    )
    return Attached(line=line, about=about, read=partial(_provenance, source, attestation), in_index=True)


def _provenance(source: Source, attestation: Descriptor) -> tuple[Document, ...]:
    """The build's accounts of where things come from; its other statements are not read.

    Source: BuildKit, attestation-storage.md.
    """
    raw = fetch_document(source.fetch, attestation, source.reference)
    layers = parse_manifest(raw, f"{source.reference} {attestation.digest}").layers
    return tuple(
        Document(
            media_type=each.media_type,
            annotations=each.annotations,
            data=fetch_document(source.fetch, each, source.reference),
        )
        for each in layers
        if each.annotations.get(PREDICATE_TYPE, "").startswith(PROVENANCE)
    )


def _listed(source: Source) -> tuple[tuple[Found, ...], tuple[Descriptor, ...]]:
    """The images of an index and of those nested in it, and the attestations beside them, each once."""
    images: dict[tuple[Digest, Platform | None], Descriptor] = {}
    attestations: dict[Digest, Descriptor] = {}
    nested: dict[Digest, Descriptor] = {}
    waiting = [(parse_index(source.top, source.reference), 1)]
    for count, (index, depth) in enumerate(waiting):
        if depth > _INDEX_DEPTH or count > _INDEX_COUNT:
            raise Bomb(
                source.reference,
                expected=f"at most {_INDEX_COUNT} indexes, {_INDEX_DEPTH} deep",
                got="more",
                hint="name the manifest by its digest",
            )
        for each in index.manifests:
            if is_attestation(each):
                attestations.setdefault(each.digest, each)
            elif each.media_type not in INDEXES:
                images.setdefault((each.digest, each.platform), each)
            elif nested.setdefault(each.digest, each) is each:
                waiting.append((_nested(source, each), depth + 1))
    found = (_with_platform(source, each) for each in images.values())
    return tuple(each for each in found if each.platform != UNKNOWN), tuple(attestations.values())


def _nested(source: Source, descriptor: Descriptor) -> Index:
    raw = fetch_document(source.fetch, descriptor, source.reference)
    return parse_index(raw, f"{source.reference} {descriptor.digest}")


def _with_platform(source: Source, descriptor: Descriptor) -> Found:
    """The platform is optional in an index; the configuration then tells it."""
    if descriptor.platform is not None:
        return Found(raw=None, descriptor=descriptor, platform=descriptor.platform)
    raw = fetch_document(source.fetch, descriptor, source.reference)
    manifest = parse_manifest(raw, f"{source.reference} {descriptor.digest}")
    platform = None
    if manifest.config.media_type in IMAGE_CONFIGS:
        config = fetch_document(source.fetch, manifest.config, source.reference)
        platform = parse_config(config, f"{source.reference} {manifest.config.digest}").platform
    return Found(raw=raw, descriptor=descriptor, platform=platform)
