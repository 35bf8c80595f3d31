"""Configuration, manifest and index as canonical JSON: keys in a fixed order, no blanks. Source: OCI image-spec 1.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from seamline.formats.digesting import digest_of
from seamline.formats.oci.documents import Descriptor
from seamline.formats.oci.media import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from seamline.model.image import Config, Digest, Platform


def write_config(config: Config, platform: Platform, diff_ids: Sequence[Digest]) -> bytes:
    """The image configuration."""
    run: dict[str, Any] = {
        "User": config.user,
        "ExposedPorts": {port: {} for port in config.exposed_ports},
        "Env": list(config.env),
        "Entrypoint": None if config.entrypoint is None else list(config.entrypoint),
        "Cmd": None if config.command is None else list(config.command),
        "Volumes": {volume: {} for volume in config.volumes},
        "WorkingDir": config.working_dir,
        "Labels": dict(sorted(config.labels.items())),
        "StopSignal": config.stop_signal,
        "Shell": list(config.shell),
        "Healthcheck": None if config.healthcheck is None else {"Test": list(config.healthcheck)},
    }
    history = [
        {
            name: value
            for name, value in (
                ("created", step.created),
                ("created_by", step.created_by),
                ("comment", step.comment),
                ("author", step.author),
                ("empty_layer", step.empty_layer),
            )
            if value
        }
        for step in config.history
    ]
    document = {
        "created": config.created,
        "author": config.author,
        "architecture": platform.architecture,
        "os": platform.os,
        "variant": platform.variant,
        "config": {name: value for name, value in run.items() if value},
        "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
        "history": history,
    }
    return msgspec.json.encode({name: value for name, value in document.items() if value or name == "config"})


def write_manifest(config: Descriptor, layers: Sequence[Descriptor], annotations: Mapping[str, str]) -> bytes:
    """The image manifest."""
    document: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor_json(config),
        "layers": [descriptor_json(layer) for layer in layers],
    }
    if annotations:
        document["annotations"] = dict(sorted(annotations.items()))
    return msgspec.json.encode(document)


def write_index(manifests: Sequence[Descriptor], annotations: Mapping[str, str] | None = None) -> bytes:
    """The image index."""
    document: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [descriptor_json(manifest) for manifest in manifests],
    }
    if annotations:
        document["annotations"] = dict(sorted(annotations.items()))
    return msgspec.json.encode(document)


def config_descriptor(raw: bytes) -> Descriptor:
    """The descriptor of a configuration's bytes."""
    return Descriptor(media_type=OCI_CONFIG, digest=digest_of(raw), size_bytes=len(raw))


def descriptor_json(descriptor: Descriptor) -> dict[str, Any]:
    """A descriptor as JSON has it, empty parts left out."""
    document: dict[str, Any] = {
        "mediaType": descriptor.media_type,
        "digest": descriptor.digest,
        "size": descriptor.size_bytes,
    }
    if descriptor.platform is not None:
        parts = {
            "architecture": descriptor.platform.architecture,
            "os": descriptor.platform.os,
            "variant": descriptor.platform.variant,
        }
        document["platform"] = {name: value for name, value in parts.items() if value}
    if descriptor.annotations:
        document["annotations"] = dict(sorted(descriptor.annotations.items()))
    if descriptor.artifact_type:
        document["artifactType"] = descriptor.artifact_type
    if descriptor.urls:
        document["urls"] = list(descriptor.urls)
    return document
