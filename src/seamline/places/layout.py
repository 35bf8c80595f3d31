"""OCI image layouts, in a folder or in one tar. Source: OCI image-spec 1.1, image-layout.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from seamline.effects.disk import open_regular, read_regular
from seamline.errors import NotFound
from seamline.formats.oci.attached import attached_in_layout
from seamline.formats.oci.documents import DOCUMENT_BYTES, Descriptor
from seamline.formats.oci.image import OpenBlob
from seamline.formats.oci.layout import INDEX_FILE, blob_path, select_top
from seamline.formats.oci.resolve import Fetch, Source, resolve
from seamline.model.image import Image, Platform

if TYPE_CHECKING:
    from seamline.places.archive import Archive


def open_source(folder: Path, tag: str = "") -> Source:
    """What stands under `tag` in the layout; without a tag, the only thing there is.

    Raises:
        NotFound: no layout, no such tag, or several tags and none named.
        Malformed, Lying: index.json, or what it names, is not what it should be.
    """
    reference = f"oci-dir:{folder}" + (f":{tag}" if tag else "")
    index = folder / INDEX_FILE
    if not index.exists():
        raise NotFound(
            reference,
            expected="an OCI layout with index.json",
            got="none",
            hint="is this the layout's folder?",
        )

    def fetch(descriptor: Descriptor) -> bytes:
        return read_regular(folder / blob_path(descriptor.digest), DOCUMENT_BYTES)

    def open_blob(descriptor: Descriptor) -> BinaryIO:
        return open_regular(folder / blob_path(descriptor.digest))

    return _source(read_regular(index, DOCUMENT_BYTES), tag, fetch, open_blob, reference, "oci-dir")


def open_archived(archive: Archive, tag: str, reference: str, place: str) -> Source:
    """The same in a tar.

    Raises: as `open_source`.
    """

    def fetch(descriptor: Descriptor) -> bytes:
        return archive.read(str(blob_path(descriptor.digest)))

    def open_blob(descriptor: Descriptor) -> BinaryIO:
        return archive.open(str(blob_path(descriptor.digest)))

    return _source(archive.read(INDEX_FILE), tag, fetch, open_blob, reference, place)


def open_image(folder: Path, tag: str, *, platform: Platform | None, machine: Platform) -> Image:
    """The image under `tag` for `platform`; without one, for `machine`.

    Raises:
        NotFound, Malformed, Lying, Unsupported, Bomb: as `open_source` and `resolve` say.
    """
    return resolve(open_source(folder, tag), platform=platform, machine=machine)


def _source(
    raw_index: bytes, tag: str, fetch: Fetch, open_blob: OpenBlob, reference: str, place: str
) -> Source:
    top = select_top(raw_index, tag, fetch, reference)
    return Source(
        reference=reference,
        place=place,
        top=top.raw,
        media_type=top.media_type,
        fetch=fetch,
        open_blob=open_blob,
        names=top.names,
        list_attached=attached_in_layout(raw_index, fetch, reference),
    )
