"""Index, manifest and configuration: bytes -> values.

Source: OCI image-spec 1.1, descriptor.md, image-index.md, manifest.md, config.md; Docker image manifest v2 schema 2.
Go writers emit `null` for an empty list or map, so each may be null here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from seamline.errors import Bomb, Malformed, Unsupported
from seamline.formats.oci.media import INDEXES, MANIFESTS, OCI_INDEX, OCI_MANIFEST
from seamline.model.image import Config, Digest, History, Platform, parse_digest
from seamline.model.limits import MIB

DOCUMENT_BYTES = 8 * MIB
"""Registries refuse manifests over 4 MiB; configurations with long histories stay well under this."""

_MAX_SIZE_BYTES = 1 << 62
_MOST_LAYERS = 1024
_ANY_DOCUMENT = frozenset({"", "application/json", "text/plain", "application/octet-stream"})


class Descriptor(msgspec.Struct, frozen=True, kw_only=True):
    """What an index or manifest says of one blob. `size_bytes` is a promise, checked when the blob is read."""

    media_type: str
    digest: Digest
    size_bytes: int
    annotations: Mapping[str, str] = {}
    platform: Platform | None = None
    urls: tuple[str, ...] = ()
    artifact_type: str = ""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """Several manifests under one name."""

    manifests: tuple[Descriptor, ...]
    annotations: Mapping[str, str] = {}
    artifact_type: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One platform's configuration and ordered layers, bottom first."""

    media_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str] = {}
    artifact_type: str = ""
    subject: Descriptor | None = None


class ImageConfig(msgspec.Struct, frozen=True, kw_only=True):
    """An image configuration: its platform, the unpacked digests of its layers bottom first, and the rest."""

    platform: Platform
    diff_ids: tuple[Digest, ...]
    config: Config


class _Platform(msgspec.Struct):
    os: str = ""
    architecture: str = ""
    variant: str | None = None


class _Descriptor(msgspec.Struct, rename="camel"):
    digest: str
    size: int
    media_type: str = ""
    annotations: dict[str, str] | None = None
    platform: _Platform | None = None
    urls: tuple[str, ...] | None = None
    artifact_type: str = ""


class _Top(msgspec.Struct, rename="camel"):
    schema_version: int = 2
    media_type: str = ""
    manifests: tuple[_Descriptor, ...] | None = None
    config: _Descriptor | None = None
    layers: tuple[_Descriptor, ...] | None = None
    annotations: dict[str, str] | None = None
    artifact_type: str = ""
    subject: _Descriptor | None = None


class _History(msgspec.Struct):
    created: str | None = None
    created_by: str | None = None
    comment: str | None = None
    author: str | None = None
    empty_layer: bool | None = None


class _RootFilesystem(msgspec.Struct):
    diff_ids: tuple[str, ...] | None = None


class _Healthcheck(msgspec.Struct, rename="pascal"):
    test: tuple[str, ...] | None = None


class _Execution(msgspec.Struct, rename="pascal"):
    user: str | None = None
    env: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | str | None = None
    cmd: tuple[str, ...] | str | None = None
    working_dir: str | None = None
    labels: dict[str, str] | None = None
    exposed_ports: dict[str, msgspec.Raw] | None = None
    volumes: dict[str, msgspec.Raw] | None = None
    stop_signal: str | None = None
    shell: tuple[str, ...] | None = None
    healthcheck: _Healthcheck | None = None


class _ImageConfig(msgspec.Struct):
    os: str = ""
    architecture: str = ""
    variant: str | None = None
    config: _Execution | None = None
    rootfs: _RootFilesystem | None = None
    history: tuple[_History, ...] | None = None
    created: str | None = None
    author: str | None = None


_T = TypeVar("_T")


def _decoded(raw: bytes, shape: type[_T], where: str) -> _T:
    if len(raw) > DOCUMENT_BYTES:
        raise Bomb(
            where,
            expected=f"a document of at most {DOCUMENT_BYTES} bytes",
            got=f"{len(raw)} bytes",
            hint="this is not an image's document",
        )
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Malformed(
            where,
            expected="an image document in JSON",
            got=str(fault)[:200] or "nested too deep",
            hint="the file may be cut off or is something else",
        ) from None


def _platform(found: _Platform | None) -> Platform | None:
    if found is None or not (found.os or found.architecture):
        return None
    return Platform(found.os, found.architecture, found.variant or "")


def _descriptor(found: _Descriptor, where: str) -> Descriptor:
    if not 0 <= found.size <= _MAX_SIZE_BYTES:
        raise Malformed(
            where,
            expected="a size in bytes",
            got=str(found.size),
            hint=f"the descriptor of {found.digest[:80]!r} is wrong",
        )
    return Descriptor(
        media_type=found.media_type,
        digest=parse_digest(found.digest, where),
        size_bytes=found.size,
        annotations=found.annotations or {},
        platform=_platform(found.platform),
        urls=found.urls or (),
        artifact_type=found.artifact_type,
    )


def _descriptors(found: tuple[_Descriptor, ...] | None, where: str) -> tuple[Descriptor, ...]:
    return tuple(_descriptor(each, where) for each in found or ())


def parse_index(raw: bytes, where: str) -> Index:
    """The index that `raw` spells. Source: OCI image-spec, image-index.md.

    Raises:
        Malformed: the bytes are not an index, or are an index and a manifest at once.
        Bomb: larger than `DOCUMENT_BYTES`.
    """
    top = _decoded(raw, _Top, where)
    if top.manifests is None or top.config is not None or top.layers is not None:
        raise Malformed(
            where,
            expected="an index with manifests",
            got="something else",
            hint="the media type may be wrong",
        )
    return Index(
        manifests=_descriptors(top.manifests, where),
        annotations=top.annotations or {},
        artifact_type=top.artifact_type,
    )


def parse_manifest(raw: bytes, where: str) -> Manifest:
    """The manifest that `raw` spells. Source: OCI image-spec, manifest.md.

    Raises:
        Malformed: the bytes are not a manifest, or are an index and a manifest at once (CVE-2021-41190).
        Bomb: larger than `DOCUMENT_BYTES`.
    """
    top = _decoded(raw, _Top, where)
    if top.config is None or top.manifests is not None:
        raise Malformed(
            where,
            expected="a manifest with config and layers",
            got="something else",
            hint="the media type may be wrong",
        )
    return Manifest(
        media_type=top.media_type,
        config=_descriptor(top.config, where),
        layers=_descriptors(top.layers, where),
        annotations=top.annotations or {},
        artifact_type=top.artifact_type,
        subject=_descriptor(top.subject, where) if top.subject else None,
    )


def _words(found: tuple[str, ...] | str | None) -> tuple[str, ...] | None:
    return (found,) if isinstance(found, str) else found


def _history(found: tuple[_History, ...] | None) -> tuple[History, ...]:
    return tuple(
        History(
            created=step.created or "",
            created_by=step.created_by or "",
            comment=step.comment or "",
            author=step.author or "",
            empty_layer=bool(step.empty_layer),
        )
        for step in found or ()
    )


def _config(found: _ImageConfig) -> Config:
    run = found.config or _Execution()
    return Config(
        user=run.user or "",
        env=run.env or (),
        entrypoint=_words(run.entrypoint),
        command=_words(run.cmd),
        working_dir=run.working_dir or "",
        labels=run.labels or {},
        exposed_ports=tuple(run.exposed_ports or ()),
        volumes=tuple(run.volumes or ()),
        stop_signal=run.stop_signal or "",
        shell=run.shell or (),
        healthcheck=run.healthcheck.test if run.healthcheck else None,
        created=found.created or "",
        author=found.author or "",
        history=_history(found.history),
    )


def parse_config(raw: bytes, where: str) -> ImageConfig:
    """The image configuration that `raw` spells. Source: OCI image-spec, config.md; Docker image spec v1.2.

    Raises:
        Malformed: the bytes are not an image configuration or a diff_id is not a digest.
        Bomb: larger than `DOCUMENT_BYTES`, or of more layers than any engine stacks.
    """
    found = _decoded(raw, _ImageConfig, where)
    diff_ids = (found.rootfs.diff_ids if found.rootfs else None) or ()
    if len(diff_ids) > _MOST_LAYERS:
        raise Bomb(
            where,
            expected=f"at most {_MOST_LAYERS} layers",
            got=str(len(diff_ids)),
            hint="no engine can start such an image",
        )
    return ImageConfig(
        platform=Platform(found.os, found.architecture, found.variant or ""),
        diff_ids=tuple(parse_digest(each, where) for each in diff_ids),
        config=_config(found),
    )


def media_type_of(raw: bytes, declared: str, where: str) -> str:
    """The media type of a top document: what its holder declared, else what it says, else its shape.

    Raises:
        Unsupported: neither an index nor a manifest of schema 2 or OCI.
    """
    top = _decoded(raw, _Top, where)
    for claim in (declared, top.media_type):
        if claim in INDEXES or claim in MANIFESTS:
            return claim
    if top.schema_version != 1 and declared in _ANY_DOCUMENT and not top.media_type:
        return OCI_INDEX if top.manifests is not None else OCI_MANIFEST
    raise Unsupported(
        where,
        expected="an OCI or Docker schema 2 image",
        got=repr((declared or top.media_type)[:120] or "schema 1"),
        hint="push the image again with a current tool",
    )
