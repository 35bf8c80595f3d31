"""Names inside an OCI image layout. Source: OCI image-spec 1.1, image-layout.md."""

from __future__ import annotations

from pathlib import PurePosixPath

import msgspec

from seamline.errors import NotFound
from seamline.formats.oci.attached import is_attached
from seamline.formats.oci.documents import Descriptor, parse_index
from seamline.formats.oci.media import OCI_INDEX
from seamline.formats.oci.resolve import Fetch, fetch_document
from seamline.formats.oci.writing import write_index
from seamline.model.image import Digest

LAYOUT_FILE = "oci-layout"
LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
INDEX_FILE = "index.json"
REF_NAME = "org.opencontainers.image.ref.name"
_FULL_NAME = "io.containerd.image.name"


def blob_path(digest: Digest) -> PurePosixPath:
    """Where a layout keeps the blob, relative to its folder."""
    algorithm, _, encoded = digest.partition(":")
    return PurePosixPath("blobs", algorithm, encoded)


class Top(msgspec.Struct, frozen=True, kw_only=True):
    """The document under a tag, its media type and the names that the layout gives it."""

    raw: bytes
    media_type: str
    names: tuple[str, ...]


def select_top(raw_index: bytes, tag: str, fetch: Fetch, reference: str) -> Top:
    """The manifest or index that `tag` (or a digest) names, proven; without a tag, the only one there is.

    Several manifests under one name, or under none, are the platforms of one image. Without a tag, what is attached to
    an image does not count.

    Raises:
        NotFound: no such tag, or several tags and none named.
        Malformed: index.json is not an index.
        Lying: the document is not what index.json promises.
    """
    listed = manifests = parse_index(raw_index, f"{reference} index.json").manifests
    if tag:
        meant = [each for each in manifests if tag in (*_names(each), each.digest)]
    else:
        manifests = tuple(each for each in manifests if not is_attached(each)) or manifests
        meant = list(manifests)
    if not meant or len({_names(each) for each in meant}) > 1:
        raise _unclear(manifests, tag, reference)
    names = _names(meant[0])
    if len(meant) == 1:
        return Top(
            raw=fetch_document(fetch, meant[0], reference), media_type=meant[0].media_type, names=names
        )
    raw = raw_index if len(meant) == len(listed) else write_index(meant)
    return Top(raw=raw, media_type=OCI_INDEX, names=names)


def with_tag(raw_index: bytes | None, top: Descriptor, tag: str, where: str) -> bytes:
    """The index.json (None for a new one) in which `tag` names `top` and no longer what it named before.

    Raises:
        Malformed: the bytes are not an index.
    """
    before = parse_index(raw_index, where).manifests if raw_index is not None else ()
    kept = [
        each
        for each in before
        if (each.annotations.get(REF_NAME) != tag if tag else each.digest != top.digest)
    ]
    named = msgspec.structs.replace(top, annotations={REF_NAME: tag} if tag else {})
    return write_index([*kept, named])


def _unclear(manifests: tuple[Descriptor, ...], tag: str, reference: str) -> NotFound:
    tags = sorted({name for each in manifests for name in _names(each)})
    return NotFound(
        reference,
        expected=f"the tag {tag!r}" if tag else "one image, or a tag to choose by",
        got=", ".join(tags) or _untagged(len(manifests)),
        hint=_choice(reference, tags[0]) if tags else _without(len(manifests)),
    )


def _untagged(number: int) -> str:
    return "one image without a tag" if number == 1 else f"{number} images without a tag"


def _without(number: int) -> str:
    """What to do where nothing has a tag: the only image needs none, and a tag is given when it is written."""
    if number == 1:
        return "leave the tag out, or write the image under one: --to oci-dir:PATH:TAG"
    return "is this the right layout?"


def _choice(reference: str, tag: str) -> str:
    """How to name one of several. What came by standard input takes no name: it is named in a file."""
    if reference.startswith("oci-dir:"):
        return f"name one: oci-dir:PATH:{tag}"
    return f"name one in the file: oci-archive:FILE:{tag}"


def _names(descriptor: Descriptor) -> tuple[str, ...]:
    found = (descriptor.annotations.get(REF_NAME, ""), descriptor.annotations.get(_FULL_NAME, ""))
    return tuple(dict.fromkeys(name for name in found if name))
