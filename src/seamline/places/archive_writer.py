"""Images written as one tar: an OCI layout, or what `docker load` takes. The file appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from seamline.effects.disk import write_whole
from seamline.effects.layers import LayerStream, spool
from seamline.errors import Usage
from seamline.formats.digesting import digest_of
from seamline.formats.oci.contents import Contents, read_blob
from seamline.formats.oci.layout import INDEX_FILE, LAYOUT, LAYOUT_FILE, blob_path, with_tag
from seamline.formats.tar_stream import Piece
from seamline.formats.tar_writer import write_tar
from seamline.model.entry import Entry, Kind
from seamline.model.image import Digest, Image, Layer
from seamline.model.limits import Limits

_CHUNK_BYTES = 1 << 18
_Member = tuple[Entry, Iterable[Piece]]


def write_oci_archive(contents: Contents, path: Path, tag: str) -> Digest:
    """Writes an image or a whole index as an OCI layout in a tar; the digest it has there, its own.

    Raises:
        Lying: a blob's bytes are not what its digest says.
    """
    top = contents.top.descriptor
    documents = [(LAYOUT_FILE, LAYOUT), (INDEX_FILE, with_tag(None, top, tag, str(path)))]
    documents += [(str(blob_path(each.descriptor.digest)), each.raw) for each in contents.documents]
    write_whole(path, write_tar([*_documents(documents), *_blobs(contents)]))
    return top.digest


def write_docker_archive(image: Image, path: Path, name: str) -> Digest:
    """Writes what `docker load` takes: layers unpacked, by their diff_ids; the digest of its configuration.

    Raises:
        Usage: the image has no configuration, or `name` is empty.
        Lying: a layer's bytes are not what the image promises.
    """
    if image.raw is None or not name:
        raise Usage(
            str(path),
            expected="an image with a configuration, and a name",
            got=name or image.place,
            hint="docker-archive:FILE:name:tag",
        )
    parts = [_unpacked(layer) for layer in image.layers]
    config = f"{digest_of(image.raw.config).partition(':')[2]}.json"
    names = [f"{diff_id.partition(':')[2]}.tar" for diff_id, _, _ in parts]
    full = name if ":" in name.rpartition("/")[2] else f"{name}:latest"
    manifest = msgspec.json.encode([{"Config": config, "RepoTags": [full], "Layers": names}])
    written: dict[str, _Member] = {}
    for member, (_, file, size) in zip(names, parts, strict=True):
        written.setdefault(member, (_entry(member, size), _rest(file)))
    write_whole(
        path,
        write_tar(
            [*_documents([(config, image.raw.config), ("manifest.json", manifest)]), *written.values()]
        ),
    )
    for _, file, _ in parts:
        file.close()
    return digest_of(image.raw.config)


def _unpacked(layer: Layer) -> tuple[Digest, BinaryIO, int]:
    """A layer's tar, proven, in an unlinked file: its size must be known before it is written."""
    stream = LayerStream(layer, Limits(), fast=False)
    file = spool()
    for chunk in stream.chunks():
        file.write(chunk)
    file.flush()
    assert stream.diff_id is not None  # noqa: S101 - it was read to its end
    return stream.diff_id, file, stream.size_bytes


def _rest(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    yield from iter(lambda: file.read(_CHUNK_BYTES), b"")


def _documents(documents: Sequence[tuple[str, bytes]]) -> Iterator[_Member]:
    return ((_entry(name, len(data)), (data,)) for name, data in documents)


def _blobs(contents: Contents) -> Iterator[_Member]:
    for blob in contents.blobs:
        named = blob.descriptor
        yield _entry(str(blob_path(named.digest)), named.size_bytes), read_blob(blob)


def _entry(name: str, size_bytes: int) -> Entry:
    return Entry(path=name.encode(), kind=Kind.FILE, mode=0o644, size_bytes=size_bytes)
