"""Copying an image between places: the same bytes wherever the destination can hold them, every blob verified."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from seamline.change.build import PackedLayer, image_over
from seamline.effects.layers import LayerStream
from seamline.errors import Usage
from seamline.formats.digesting import digest_of
from seamline.formats.oci.contents import Contents, contents_of_image, contents_of_source
from seamline.formats.oci.writing import write_config
from seamline.model.image import Digest, Image, Layer
from seamline.model.limits import Limits
from seamline.places import layout_writer
from seamline.places.archive_writer import write_docker_archive, write_oci_archive
from seamline.places.opening import open_place
from seamline.verbs.packing import pack_layer
from seamline.verbs.session import Session

Writer = Callable[[Contents, str, Session], Digest]
_DOCKER_ARCHIVE = "docker-archive"


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
    _destination(destination)
    image = session.open(source)
    digest = write_to(destination, image, session)
    return Copied(destination=destination, digest=digest, kept=digest == image.digest)


def copy_everything(source: str, destination: str, session: Session) -> Copied:
    """Writes all that `source` names: every platform of its index, and the statements beside them.

    Raises:
        Usage: the destination holds one image only, or is no place that can be written to.
        SeamlineError: as the two places say.
    """
    place, rest = _destination(destination)
    found = open_place(source, session.opening)
    if isinstance(found, Image):
        return copy_image(source, destination, session)
    if place == _DOCKER_ARCHIVE:
        raise Usage(
            destination,
            expected="a destination that can hold an index",
            got=place,
            hint="name oci-dir, oci-archive or registry, or copy one platform",
        )
    contents = contents_of_source(found)
    digest = _WRITERS[place](contents, rest, session)
    return Copied(destination=destination, digest=digest, kept=digest == digest_of(found.top))


def write_to(destination: str, image: Image, session: Session) -> Digest:
    """Writes an image, with a manifest over it where it has none; its digest there.

    Raises:
        Usage: the destination is no place that can be written to.
        Lying: a layer's bytes are not what the image promises.
    """
    place, rest = _destination(destination)
    if place == _DOCKER_ARCHIVE:
        path, _, name = rest.partition(":")
        return write_docker_archive(image, Path(path), name or _name_of(image))
    if image.raw is None or not image.raw.manifest:
        image = _with_manifest(image)
    return _WRITERS[place](contents_of_image(image), rest, session)


def _destination(text: str) -> tuple[str, str]:
    """The kind of place, and what follows."""
    place, _, rest = text.partition(":")
    if not rest or place not in (_DOCKER_ARCHIVE, *_WRITERS):
        known = ", ".join(f"{name}:..." for name in (*_WRITERS, _DOCKER_ARCHIVE))
        raise Usage(
            text,
            expected=f"a destination: {known}",
            got="none of them",
            hint="for example oci-dir:./image:1.0",
        )
    return place, rest


def _with_manifest(image: Image) -> Image:
    """The image with its layers packed and a manifest over them; an original configuration is kept as it is."""
    layers = [_packed(layer) for layer in image.layers]
    diff_ids = [layer.diff_id for layer in layers]
    config = (
        image.raw.config if image.raw is not None else write_config(image.config, image.platform, diff_ids)
    )
    return image_over(image.reference, layers, image.config, config, image.platform)


def _packed(layer: Layer) -> PackedLayer:
    """The layer as gzip; its tar is verified on the way."""
    return pack_layer(layer.created_by, LayerStream(layer, Limits(), fast=False).chunks())


def _to_layout(contents: Contents, rest: str, _session: Session) -> Digest:
    folder, _, tag = rest.partition(":")
    return layout_writer.write_contents(contents, Path(folder), tag)


def _to_oci_archive(contents: Contents, rest: str, _session: Session) -> Digest:
    path, _, tag = rest.partition(":")
    return write_oci_archive(contents, Path(path), tag)


def _to_registry(contents: Contents, rest: str, session: Session) -> Digest:
    from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only registries need
    from seamline.places import registry_writer  # noqa: PLC0415

    return registry_writer.write_contents(contents, rest.removeprefix("//"), Http(session.opening.wire))


def _name_of(image: Image) -> str:
    return next((name for name in image.names if ":" in name or "/" in name), "")


_WRITERS: dict[str, Writer] = {
    "oci-dir": _to_layout,
    "oci": _to_layout,
    "oci-archive": _to_oci_archive,
    "registry": _to_registry,
    "docker": _to_registry,
}
