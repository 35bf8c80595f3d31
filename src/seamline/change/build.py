"""A new image out of entries: layers written canonically, then the configuration and manifest over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import BinaryIO

import msgspec

from seamline.formats.digesting import digest_of
from seamline.formats.oci.documents import Descriptor
from seamline.formats.oci.media import OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST
from seamline.formats.oci.writing import config_descriptor, write_config, write_manifest
from seamline.formats.tar_stream import Piece
from seamline.model.entry import Entry
from seamline.model.image import Config, Digest, History, Image, Layer, Platform, Raw

Files = Iterable[tuple[Entry, Iterable[Piece]]]


class PackedLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer whose packed bytes are known: by their digest, and by `open`, each time from the beginning."""

    created_by: str
    digest: Digest
    diff_id: Digest
    size_bytes: int
    open: Callable[[], BinaryIO]
    media_type: str = OCI_LAYER_GZIP


def build_image(
    reference: str,
    layers: Sequence[PackedLayer],
    config: Config,
    platform: Platform,
    annotations: Mapping[str, str] | None = None,
) -> Image:
    """The image of these layers, bottom first; its history names what made each."""
    history = tuple(History(created=config.created, created_by=layer.created_by) for layer in layers)
    complete = msgspec.structs.replace(config, history=history)
    raw_config = write_config(complete, platform, [layer.diff_id for layer in layers])
    return image_over(reference, layers, complete, raw_config, platform, annotations)


def image_over(
    reference: str,
    layers: Sequence[PackedLayer],
    complete: Config,
    raw_config: bytes,
    platform: Platform,
    annotations: Mapping[str, str] | None = None,
) -> Image:
    """The image of these layers under a configuration that is written already."""
    blobs = [
        Descriptor(media_type=each.media_type, digest=each.digest, size_bytes=each.size_bytes)
        for each in layers
    ]
    manifest = write_manifest(config_descriptor(raw_config), blobs, annotations or {})
    return Image(
        reference=reference,
        place="new",
        platform=platform,
        config=complete,
        layers=tuple(
            Layer(
                position=position,
                digest=layer.digest,
                diff_id=layer.diff_id,
                media_type=layer.media_type,
                size_bytes=layer.size_bytes,
                open=layer.open,
                created_by=layer.created_by,
            )
            for position, layer in enumerate(layers)
        ),
        digest=digest_of(manifest),
        annotations=annotations or {},
        raw=Raw(
            manifest=manifest,
            manifest_media_type=OCI_MANIFEST,
            config=raw_config,
            config_media_type=OCI_CONFIG,
        ),
    )
