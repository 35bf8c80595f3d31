"""Raw manifest and raw configuration -> Image, layers unopened. Source: OCI image-spec 1.1, manifest.md, config.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import BinaryIO

from seamline.errors import Malformed
from seamline.formats.digesting import digest_of
from seamline.formats.oci.documents import Descriptor, ImageConfig, Manifest, parse_config, parse_manifest
from seamline.formats.oci.media import (
    DOCKER_MANIFEST,
    IMAGE_CONFIGS,
    OCI_MANIFEST,
    is_encrypted,
    is_filesystem_layer,
    is_foreign_layer,
)
from seamline.model.image import Config, Digest, History, Image, Layer, Platform, Raw

OpenBlob = Callable[[Descriptor], BinaryIO]
"""The bytes of one blob, each time from its beginning; nothing is verified by it."""


def parse_image(
    raw_manifest: bytes, raw_config: bytes, open_blob: OpenBlob, *, reference: str, place: str
) -> Image:
    """The image that the two documents describe; `open_blob` is called only when a layer is opened.

    An artifact (its configuration is not an image's) gets `artifact_type`, and layers without a diff_id.

    Raises:
        Malformed: a document is not what it should be, or layers and diff_ids differ in number.
    """
    manifest = parse_manifest(raw_manifest, f"{reference} manifest")
    is_image = manifest.config.media_type in IMAGE_CONFIGS
    described = _described(manifest, raw_config, f"{reference} configuration", is_image=is_image)
    return Image(
        reference=reference,
        place=place,
        platform=described.platform,
        config=described.config,
        layers=_layers(manifest, described, open_blob, is_image=is_image),
        digest=digest_of(raw_manifest),
        annotations=manifest.annotations,
        artifact_type=manifest.artifact_type or ("" if is_image else manifest.config.media_type),
        raw=Raw(
            manifest=raw_manifest,
            manifest_media_type=manifest.media_type or _implied_media_type(manifest),
            config=raw_config,
            config_media_type=manifest.config.media_type,
        ),
    )


def created_by(history: Sequence[History], layers: int) -> tuple[str, ...]:
    """What made each layer. History that does not count as many steps as there are layers tells of none."""
    steps = tuple(step.created_by for step in history if not step.empty_layer)
    return steps if len(steps) == layers else ("",) * layers


def _described(manifest: Manifest, raw_config: bytes, where: str, *, is_image: bool) -> ImageConfig:
    if is_image:
        described = parse_config(raw_config, where)
        if len(described.diff_ids) != len(manifest.layers):
            raise Malformed(
                where,
                expected=f"{len(manifest.layers)} diff_ids, one a layer of the manifest",
                got=str(len(described.diff_ids)),
                hint="manifest and configuration belong to different images",
            )
        return described
    try:
        described = parse_config(raw_config, where)
    except Malformed:
        # An artifact's configuration is anything its maker likes.
        return ImageConfig(platform=Platform("", ""), diff_ids=(), config=Config())
    return ImageConfig(platform=described.platform, diff_ids=(), config=described.config)


def _layers(
    manifest: Manifest, described: ImageConfig, open_blob: OpenBlob, *, is_image: bool
) -> tuple[Layer, ...]:
    makers = created_by(described.config.history, len(manifest.layers))
    diff_ids: Sequence[Digest | None] = described.diff_ids or (None,) * len(manifest.layers)
    return tuple(
        Layer(
            position=position,
            digest=blob.digest,
            diff_id=diff_id,
            media_type=blob.media_type,
            size_bytes=blob.size_bytes,
            open=partial(open_blob, blob),
            created_by=maker,
            problem=_problem(blob, described.platform, is_image=is_image),
        )
        for position, (blob, diff_id, maker) in enumerate(zip(manifest.layers, diff_ids, makers, strict=True))
    )


def _problem(blob: Descriptor, platform: Platform, *, is_image: bool) -> str:
    if is_encrypted(blob.media_type):
        return "encrypted"
    if is_foreign_layer(blob.media_type) and blob.urls:
        return "foreign"
    if platform.os == "windows":
        return "windows"
    if is_image and platform.architecture != "wasm" and not is_filesystem_layer(blob.media_type):
        return "unknown media type"
    return ""


def _implied_media_type(manifest: Manifest) -> str:
    return DOCKER_MANIFEST if ".docker." in manifest.config.media_type else OCI_MANIFEST
