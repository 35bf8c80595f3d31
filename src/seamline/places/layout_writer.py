"""Writing into an OCI layout folder: blobs first, each under another name until it is whole; index.json last."""

from __future__ import annotations

import hashlib
from pathlib import Path

from seamline.effects.disk import read_regular, write_whole
from seamline.formats.oci.contents import Contents, read_blob
from seamline.formats.oci.documents import DOCUMENT_BYTES, Descriptor
from seamline.formats.oci.layout import INDEX_FILE, LAYOUT, LAYOUT_FILE, blob_path, with_tag
from seamline.model.image import Digest


def write_contents(contents: Contents, folder: Path, tag: str) -> Digest:
    """Writes an image or a whole index under `tag`, which no longer names what it did; the digest it has, its own.

    Blobs that are there already, and are what their digests say, are kept.

    Raises:
        Lying: a blob's bytes are not what its digest says.
        Malformed: the folder's index.json is not an index.
    """
    index = folder / INDEX_FILE
    before = read_regular(index, DOCUMENT_BYTES) if index.exists() else None
    after = with_tag(before, contents.top.descriptor, tag, str(index))
    for blob in contents.blobs:
        path = folder / blob_path(blob.descriptor.digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _holds(path, blob.descriptor):
            write_whole(path, read_blob(blob))
    for document in contents.documents:
        path = folder / blob_path(document.descriptor.digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, (document.raw,))
    write_whole(folder / LAYOUT_FILE, (LAYOUT,))
    write_whole(index, (after,))
    return contents.top.descriptor.digest


def _holds(path: Path, named: Descriptor) -> bool:
    """Whether the very blob stands there: of a copy that was cut or damaged the size alone may be right."""
    if not path.is_file() or path.stat().st_size != named.size_bytes:
        return False
    with path.open("rb") as file:
        algorithm = named.digest.partition(":")[0]
        return named.digest == f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"
