"""What is attached to an image: cosign's tags, the referrers of OCI 1.1, and the same in a layout. Documents -> values.

Source: OCI distribution-spec 1.1, "Listing Referrers"; cosign, SIGNATURE_SPEC.md and BUNDLE_SPEC.md; image-layout.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from seamline.errors import SeamlineError
from seamline.expression import expression
from seamline.formats.digesting import digest_of
from seamline.formats.in_toto import BUNDLE_TYPE, IMAGE_SIGNATURE, is_checked
from seamline.formats.oci.documents import Descriptor, Manifest, parse_index, parse_manifest
from seamline.formats.oci.media import IMAGE_CONFIGS, INDEXES, OCI_EMPTY
from seamline.formats.oci.resolve import Fetch, fetch_document
from seamline.model.image import Attached, Attachment, Digest, Document

COSIGN_TAGS: Mapping[str, str] = {"sig": "signature", "att": "attestation", "sbom": "sbom"}
_KINDS = (
    ("signature", ("cosign", "simplesigning", "sigstore.bundle", "notary.signature", "/sign/")),
    ("sbom", ("spdx", "cyclonedx", "sbom", "syft")),
    ("attestation", ("in-toto", "provenance", "attestation", "dsse", "slsa", "vex")),
)
_TAG = expression(r"(sha256)-([0-9a-f]{64})(?:\.(sig|att|sbom))?")
_KIND = "kind"
_SAVED = {"dev.cosignproject.cosign/sigs": "sig", "dev.cosignproject.cosign/atts": "att"}
_SAVED_IMAGES = ("dev.cosignproject.cosign/image", "dev.cosignproject.cosign/imageIndex")
"""What `cosign save` calls the entries of the layout that it writes: what is attached belongs to the one image there."""
_BUNDLE_PREDICATE = "dev.sigstore.bundle.predicateType"
_PREDICATE = "predicateType"
_MOST = 64


def tag_of(digest: Digest, suffix: str) -> str:
    """cosign's tag for what hangs on a digest; without a suffix the referrers' own."""
    return digest.replace(":", "-") + (f".{suffix}" if suffix else "")


def kind_of(artifact_type: str) -> str:
    """What an artifact is, by its type."""
    for kind, signs in _KINDS:
        if any(sign in artifact_type for sign in signs):
            return kind
    return "artifact"


def attached_by_tag(raw: bytes, about: Digest, kind: str, fetch: Fetch, source: str) -> Iterator[Attached]:
    """What a manifest under one of cosign's tags holds: each layer is one signature or attestation, or all are an SBOM.

    Raises:
        Malformed, Bomb: it is no manifest.
    """
    layers = parse_manifest(raw, source).layers[:_MOST]
    for layer in [each for each in layers if is_checked(each.media_type)] or layers[:1]:
        line = Attachment(
            kind=kind,
            artifact_type=layer.media_type,
            digest=digest_of(raw),
            source=source,
            predicate_type=layer.annotations.get(_PREDICATE, ""),
        )
        yield Attached(line=line, about=about, read=partial(_documents, (layer,), fetch, source))


def attached_by_referrers(raw: bytes, about: Digest, fetch: Fetch, source: str) -> Iterator[Attached]:
    """What an index of referrers lists. Entries whose type tells nothing are looked into.

    Raises:
        Malformed, Bomb: it is no index.
    """
    for each in parse_index(raw, source).manifests[:_MOST]:
        yield _referrer(each, about, fetch, source)


def _referrer(described: Descriptor, about: Digest, fetch: Fetch, source: str) -> Attached:
    kind = described.artifact_type or described.annotations.get("artifactType", "")
    predicate = described.annotations.get(_BUNDLE_PREDICATE, "")
    # cosign before 3.1 writes the type of the empty configuration here, and never the predicate
    if kind in ("", OCI_EMPTY) or (kind.startswith(BUNDLE_TYPE) and not predicate):
        manifest = _manifest(described, fetch, source)
        if manifest is not None:
            kind = manifest.artifact_type or (manifest.layers[0].media_type if manifest.layers else kind)
            predicate = manifest.annotations.get(_BUNDLE_PREDICATE, predicate)
    line = Attachment(
        kind=_kind(kind, predicate),
        artifact_type=kind,
        digest=described.digest,
        source="referrers",
        predicate_type=predicate,
    )
    return Attached(line=line, about=about, read=partial(_referred, described, fetch, source))


def _kind(artifact_type: str, predicate: str) -> str:
    """A bundle is a signature or an attestation, as its predicate says."""
    if not artifact_type.startswith(BUNDLE_TYPE) or predicate in ("", IMAGE_SIGNATURE):
        return kind_of(artifact_type)
    return "attestation"


def _manifest(described: Descriptor, fetch: Fetch, source: str) -> Manifest | None:
    try:
        return parse_manifest(fetch_document(fetch, described, source), source)
    except SeamlineError:  # what cannot be looked into keeps the type that its index gives it
        return None


def _referred(described: Descriptor, fetch: Fetch, source: str) -> tuple[Document, ...]:
    manifest = parse_manifest(fetch_document(fetch, described, source), source)
    return _documents(manifest.layers[:_MOST], fetch, source)


def _documents(layers: tuple[Descriptor, ...], fetch: Fetch, source: str) -> tuple[Document, ...]:
    return tuple(
        Document(
            media_type=each.media_type,
            annotations=each.annotations,
            data=fetch_document(fetch, each, source),
        )
        for each in layers
        if is_checked(each.media_type)
    )


def is_attached(described: Descriptor) -> bool:
    """Whether an entry of a layout is about another one rather than an image."""
    names = described.annotations.values()
    return (
        described.annotations.get(_KIND) in _SAVED
        or any(_TAG.fullmatch(name.rpartition(":")[2]) for name in names)
        or described.artifact_type not in ("", *IMAGE_CONFIGS)
    )


def attached_in_layout(
    raw_index: bytes, fetch: Fetch, reference: str
) -> Callable[[Digest], Iterator[Attached]]:
    """A way to what a layout's index.json lists about a digest: under cosign's tags, under the referrers' tag, as
    `cosign save` writes it, or by the subject that a manifest names."""
    listed = parse_index(raw_index, f"{reference} index.json").manifests
    looked: dict[Digest, Manifest | None] = {}
    saved = {each.digest for each in listed if each.annotations.get(_KIND) in _SAVED_IMAGES}

    def attached(about: Digest) -> Iterator[Attached]:
        for each in listed[:_MOST]:
            suffix = _SAVED.get(each.annotations.get(_KIND, "")) if about in saved else None
            try:
                if suffix is not None:
                    raw = fetch_document(fetch, each, reference)
                    yield from attached_by_tag(raw, about, COSIGN_TAGS[suffix], fetch, reference)
                    continue
                yield from _in_layout(each, about, fetch, reference, looked)
            except (SeamlineError, OSError):  # what cannot be read is not there, as in a registry
                continue

    return attached


def _in_layout(
    each: Descriptor, about: Digest, fetch: Fetch, reference: str, looked: dict[Digest, Manifest | None]
) -> Iterator[Attached]:
    tags = {name.rpartition(":")[2] for name in each.annotations.values()}
    for suffix, kind in COSIGN_TAGS.items():
        if tag_of(about, suffix) in tags:
            raw = fetch_document(fetch, each, reference)
            yield from attached_by_tag(raw, about, kind, fetch, f"tag {tag_of(about, suffix)}")
            return
    if each.media_type in INDEXES:
        if tag_of(about, "") in tags:
            yield from attached_by_referrers(fetch_document(fetch, each, reference), about, fetch, reference)
        return
    if each.digest == about:
        return
    if each.digest not in looked:
        looked[each.digest] = _manifest(each, fetch, reference)
    manifest = looked[each.digest]
    if manifest is None or manifest.subject is None or manifest.subject.digest != about:
        return
    if manifest.config.media_type in IMAGE_CONFIGS and not manifest.artifact_type:
        return
    yield _referrer(each, about, fetch, reference)
