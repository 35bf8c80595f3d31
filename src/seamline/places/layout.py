"""OCI image layout folders. Source: OCI image-spec 1.1, image-layout.md."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import BinaryIO

from seamline.effects.disk import open_regular, read_regular
from seamline.errors import NotFound
from seamline.formats.oci.documents import DOCUMENT_BYTES, Descriptor
from seamline.formats.oci.layout import blob_path, select_top
from seamline.formats.oci.media import OCI_INDEX
from seamline.formats.oci.resolve import Source, resolve
from seamline.model.image import Image, Platform


def open_source(folder: Path, tag: str = "") -> Source:
    """What stands under `tag` in the layout; without a tag, the only thing there is.

    Raises:
        NotFound: no layout, no such tag, or several tags and none named.
        Malformed: index.json is not an index.
    """
    reference = f"oci-dir:{folder}" + (f":{tag}" if tag else "")
    index = folder / "index.json"
    if not index.exists():
        raise NotFound(
            reference,
            expected="an OCI layout with index.json",
            got="none",
            hint="is this the layout's folder?",
        )
    fetch = partial(_fetch, folder)
    raw_index = read_regular(index, DOCUMENT_BYTES)
    descriptor, names = select_top(raw_index, tag, reference)
    return Source(
        reference=reference,
        place="oci-dir",
        top=raw_index if descriptor is None else fetch(descriptor),
        media_type=OCI_INDEX if descriptor is None else descriptor.media_type,
        fetch=fetch,
        open_blob=partial(_open_blob, folder),
        names=names,
    )


def open_image(folder: Path, tag: str, *, platform: Platform | None, machine: Platform) -> Image:
    """The image under `tag` for `platform`; without one, for `machine`.

    Raises:
        NotFound, Malformed, Lying, Unsupported, Bomb: as `open_source` and `resolve` say.
    """
    return resolve(open_source(folder, tag), platform=platform, machine=machine)


def _fetch(folder: Path, descriptor: Descriptor) -> bytes:
    return read_regular(folder / blob_path(descriptor.digest), DOCUMENT_BYTES)


def _open_blob(folder: Path, descriptor: Descriptor) -> BinaryIO:
    return open_regular(folder / blob_path(descriptor.digest))
