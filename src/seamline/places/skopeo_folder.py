"""What `skopeo copy ... dir:PATH` writes: manifest.json, a version file, and blobs by their hex digests.

Source: containers-transports(5), "dir:path".
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from seamline.effects.disk import open_regular, read_regular
from seamline.formats.oci.documents import DOCUMENT_BYTES, Descriptor
from seamline.formats.oci.media import INDEXES, MANIFESTS
from seamline.formats.oci.resolve import Source

_MANIFEST = "manifest.json"


def is_skopeo_folder(folder: Path) -> bool:
    """Whether skopeo wrote the folder; anything else is a root filesystem."""
    return (folder / "version").is_file() and (folder / _MANIFEST).is_file()


def open_source(folder: Path) -> Source:
    """The image, or the whole index, in the folder.

    Raises:
        NotFound, Unsupported, Bomb: manifest.json cannot be read.
    """

    def path_of(descriptor: Descriptor) -> Path:
        encoded = descriptor.digest.partition(":")[2]
        is_manifest = descriptor.media_type in INDEXES | MANIFESTS
        return folder / (f"{encoded}.manifest.json" if is_manifest else encoded)

    def fetch(descriptor: Descriptor) -> bytes:
        return read_regular(path_of(descriptor), DOCUMENT_BYTES)

    def open_blob(descriptor: Descriptor) -> BinaryIO:
        return open_regular(path_of(descriptor))

    return Source(
        reference=f"dir:{folder}",
        place="dir",
        top=read_regular(folder / _MANIFEST, DOCUMENT_BYTES),
        media_type="",
        fetch=fetch,
        open_blob=open_blob,
    )
