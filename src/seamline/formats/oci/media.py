"""Media types and what they say. Source: OCI image-spec 1.1, media-types.md; Docker manifest v2 schema 2; CNCF wasm."""

from __future__ import annotations

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
WASM = "application/wasm"

INDEXES = frozenset({OCI_INDEX, DOCKER_INDEX})
MANIFESTS = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
IMAGE_CONFIGS = frozenset({OCI_CONFIG, DOCKER_CONFIG})

_FOREIGN_LAYERS = frozenset(
    {
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
    }
)
_FILESYSTEM_LAYERS = _FOREIGN_LAYERS | {OCI_LAYER, DOCKER_LAYER}


def _unpacked(media_type: str) -> str:
    plain = media_type.removesuffix("+encrypted")
    for packing in ("+gzip", "+zstd", ".gzip", ".zstd"):
        plain = plain.removesuffix(packing)
    return plain


def is_filesystem_layer(media_type: str) -> bool:
    """Whether the bytes are a tar of a filesystem change set, packed, encrypted or neither."""
    return _unpacked(media_type) in _FILESYSTEM_LAYERS


def is_foreign_layer(media_type: str) -> bool:
    """Whether its licence forbids to redistribute the layer; it then lives at its `urls`."""
    return _unpacked(media_type) in _FOREIGN_LAYERS


def is_encrypted(media_type: str) -> bool:
    """Whether the bytes are ciphertext. Source: containers/ocicrypt, media types."""
    return media_type.endswith("+encrypted")
