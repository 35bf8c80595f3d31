"""Copying an image between places: the same bytes wherever the destination can hold them, every blob verified."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from seamline.change.build import PackedLayer, image_over
from seamline.effects.files import FilePart, HeldFile
from seamline.effects.layers import LayerStream, spool
from seamline.errors import Usage
from seamline.formats.gzip_writer import pack_gzip
from seamline.formats.oci.writing import write_config
from seamline.model.image import Digest, Image, Layer
from seamline.model.limits import Limits
from seamline.places.archive_writer import write_docker_archive, write_oci_archive
from seamline.places.layout_writer import write_image as write_layout
from seamline.verbs.session import Session

Writer = Callable[[Image, str, Session], Digest]


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: the digest at the destination, and whether it is the source's own."""

    destination: str
    digest: Digest
    kept: bool


def copy_image(source: str, destination: str, session: Session) -> Copied:
    """Writes the image `source` to `destination`.

    An image from a place without manifests (a docker archive, a root filesystem) gets one; its layers keep their
    diff_ids.

    Raises:
        Usage: the destination is no place that can be written to.
        SeamlineError: as the two places say.
    """
    writer, place, rest = _writer(destination)
    image = session.open(source)
    if place != "docker-archive" and (image.raw is None or not image.raw.manifest):
        image = _with_manifest(image)
    digest = writer(image, rest, session)
    return Copied(destination=destination, digest=digest, kept=digest == image.digest)


def write_to(destination: str, image: Image, session: Session) -> Digest:
    """Writes an image that has a manifest; its digest there.

    Raises:
        Usage: the destination is no place that can be written to.
    """
    writer, _, rest = _writer(destination)
    return writer(image, rest, session)


def _writer(destination: str) -> tuple[Writer, str, str]:
    place, colon, rest = destination.partition(":")
    writer = _WRITERS.get(place) if colon else None
    if writer is None:
        known = ", ".join(f"{name}:..." for name in _WRITERS)
        raise Usage(
            destination,
            expected=f"a destination: {known}",
            got="none of them",
            hint="for example oci-dir:./image:1.0",
        )
    return writer, place, rest


def _with_manifest(image: Image) -> Image:
    """The image with its layers packed and a manifest over them; an original configuration is kept as it is."""
    layers = [_packed(layer) for layer in image.layers]
    diff_ids = [layer.diff_id for layer in layers]
    config = (
        image.raw.config if image.raw is not None else write_config(image.config, image.platform, diff_ids)
    )
    return image_over(image.reference, layers, image.config, config, image.platform)


def _packed(layer: Layer) -> PackedLayer:
    """The layer as gzip, in one unlinked file; its tar is verified on the way."""
    stream = LayerStream(layer, Limits(), fast=False)
    digest, size = hashlib.sha256(), 0
    file = spool()
    for chunk in pack_gzip(stream.chunks()):
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    file.flush()
    held = HeldFile(file)
    assert stream.diff_id is not None  # noqa: S101 - it was read to its end
    return PackedLayer(
        created_by=layer.created_by,
        digest=Digest(f"sha256:{digest.hexdigest()}"),
        diff_id=stream.diff_id,
        size_bytes=size,
        open=partial(_open_part, held, size),
    )


def _open_part(held: HeldFile, size: int) -> BinaryIO:
    return cast("BinaryIO", FilePart(held, 0, size))


def _to_layout(image: Image, rest: str, _session: Session) -> Digest:
    folder, _, tag = rest.partition(":")
    return write_layout(image, Path(folder), tag)


def _to_oci_archive(image: Image, rest: str, _session: Session) -> Digest:
    path, _, tag = rest.partition(":")
    return write_oci_archive(image, Path(path), tag)


def _to_docker_archive(image: Image, rest: str, _session: Session) -> Digest:
    path, _, name = rest.partition(":")
    return write_docker_archive(image, Path(path), name or _name_of(image))


def _to_registry(image: Image, rest: str, session: Session) -> Digest:
    from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only registries need
    from seamline.places.registry_writer import write_image  # noqa: PLC0415

    return write_image(image, rest.removeprefix("//"), Http(session.opening.wire))


def _name_of(image: Image) -> str:
    return next((name for name in image.names if ":" in name or "/" in name), "")


_WRITERS: dict[str, Writer] = {
    "oci-dir": _to_layout,
    "oci": _to_layout,
    "oci-archive": _to_oci_archive,
    "docker-archive": _to_docker_archive,
    "registry": _to_registry,
    "docker": _to_registry,
}
