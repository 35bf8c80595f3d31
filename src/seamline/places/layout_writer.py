"""Writing into an OCI layout folder: blobs first, each under another name until it is whole; index.json last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seamline.effects.disk import read_regular, write_whole
from seamline.errors import Usage
from seamline.formats.digesting import Verified, digest_of
from seamline.formats.oci.documents import DOCUMENT_BYTES, Descriptor, parse_index
from seamline.formats.oci.layout import REF_NAME, blob_path
from seamline.formats.oci.writing import write_index
from seamline.model.image import Digest, Image

_CHUNK_BYTES = 1 << 18
_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'


def write_image(image: Image, folder: Path, tag: str) -> Digest:
    """Writes the image under `tag`, whose earlier image is replaced; the digest it has there, its own.

    Blobs that are there already are kept.

    Raises:
        Usage: the image has no manifest of its own.
        Lying: a layer's bytes are not what its digest says.
    """
    if image.raw is None or not image.raw.manifest or any(layer.digest is None for layer in image.layers):
        raise Usage(
            image.reference,
            expected="an image with a manifest",
            got=image.place,
            hint="copy it from a place that keeps manifests",
        )
    (folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
    for layer in image.layers:
        if layer.digest is not None and not (folder / blob_path(layer.digest)).exists():
            with Verified(layer.open(), layer.digest, layer.size_bytes, f"layer {layer.position}") as stream:
                _write_blob(folder, layer.digest, iter(lambda: stream.read(_CHUNK_BYTES), b""))
    digest = digest_of(image.raw.manifest)
    for document in (image.raw.config, image.raw.manifest):
        _write_blob(folder, digest_of(document), iter((document,)))
    write_whole(folder / "oci-layout", iter((_LAYOUT,)))
    named = Descriptor(
        media_type=image.raw.manifest_media_type,
        digest=digest,
        size_bytes=len(image.raw.manifest),
        platform=image.platform,
        annotations={REF_NAME: tag} if tag else {},
    )
    write_whole(folder / "index.json", iter((_with(folder / "index.json", named),)))
    return digest


def _with(path: Path, named: Descriptor) -> bytes:
    """The layout's index with one more manifest, in place of what had its tag or digest."""
    before = parse_index(read_regular(path, DOCUMENT_BYTES), str(path)).manifests if path.exists() else ()
    tag = named.annotations.get(REF_NAME)
    kept = [
        each
        for each in before
        if (each.annotations.get(REF_NAME) != tag if tag else each.digest != named.digest)
    ]
    return write_index([*kept, named])


def _write_blob(folder: Path, digest: Digest, chunks: Iterator[bytes]) -> None:
    write_whole(folder / blob_path(digest), chunks)
