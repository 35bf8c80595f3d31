"""Names inside an OCI image layout. Source: OCI image-spec 1.1, image-layout.md."""

from __future__ import annotations

from pathlib import PurePosixPath

from seamline.errors import NotFound
from seamline.formats.oci.documents import Descriptor, parse_index
from seamline.model.image import Digest

REF_NAME = "org.opencontainers.image.ref.name"
_FULL_NAME = "io.containerd.image.name"


def blob_path(digest: Digest) -> PurePosixPath:
    """Where a layout keeps the blob, relative to its folder."""
    algorithm, _, encoded = digest.partition(":")
    return PurePosixPath("blobs", algorithm, encoded)


def select_top(raw_index: bytes, tag: str, where: str) -> tuple[Descriptor | None, tuple[str, ...]]:
    """The manifest or index that `tag` (or a digest) names, and its names; None for the layout's index itself.

    Without a tag the only one there is means itself; several are the layout's own index, to choose from by platform
    where they carry no names of their own.

    Raises:
        NotFound: no such tag, or several tags and none named.
        Malformed: the bytes are not an index.
    """
    manifests = parse_index(raw_index, where).manifests
    tagged = [each for each in manifests if tag and tag in (*_names(each), each.digest)]
    if tagged:
        return tagged[-1], _names(tagged[-1])
    tags = sorted({name for each in manifests for name in _names(each)})
    if tag or not manifests or (len(manifests) > 1 and tags):
        raise NotFound(
            where,
            expected=f"the tag {tag!r}" if tag else "one image, or a tag to choose by",
            got=", ".join(tags) or f"{len(manifests)} images without a tag",
            hint=f"name one: oci-dir:PATH:{tags[0]}" if tags else "is this the right layout?",
        )
    return (manifests[0], _names(manifests[0])) if len(manifests) == 1 else (None, ())


def _names(descriptor: Descriptor) -> tuple[str, ...]:
    found = (descriptor.annotations.get(REF_NAME, ""), descriptor.annotations.get(_FULL_NAME, ""))
    return tuple(dict.fromkeys(name for name in found if name))
