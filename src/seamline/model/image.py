"""What an image is: platform, configuration, ordered layers. Source: OCI image-spec 1.1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO, NewType

import msgspec

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.model.evidence import Gap, Message

Digest = NewType("Digest", str)
"""`sha256:<64 hex>` or `sha512:<128 hex>`, already checked by `parse_digest`."""

_DIGEST = expression(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


def parse_digest(text: str, where: str = "digest") -> Digest:
    """The digest that `text` spells. Source: OCI image-spec, descriptor.md, digests.

    Raises:
        Malformed: `text` is not a registered algorithm with its full lower-case hex.
    """
    if not _DIGEST.fullmatch(text):
        raise Malformed(
            where,
            expected="sha256:<64 hex digits>",
            got=repr(text[:100]),
            hint="copy the digest from the registry or the manifest",
        )
    return Digest(text)


class Platform(msgspec.Struct, frozen=True, omit_defaults=True):
    """An operating system and processor. `str()` gives `linux/arm64/v8`."""

    os: str = "linux"
    architecture: str = "amd64"
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class History(msgspec.Struct, frozen=True, omit_defaults=True):
    """One build step as the configuration tells it; `empty_layer` steps made no layer."""

    created: str = ""
    created_by: str = ""
    comment: str = ""
    author: str = ""
    empty_layer: bool = False


class Config(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a container of the image starts, and how the image was built."""

    user: str = ""
    env: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    working_dir: str = ""
    labels: Mapping[str, str] = {}
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    stop_signal: str = ""
    shell: tuple[str, ...] = ()
    healthcheck: tuple[str, ...] | None = None
    created: str = ""
    author: str = ""
    history: tuple[History, ...] = ()


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One filesystem change set, known by its position from 0.

    `open` gives the packed bytes each time it is called (nothing is verified by it).
    `digest` is of the packed bytes, `diff_id` of the unpacked tar; either is None where
    the place cannot know it before reading (such a layer is not cached).
    `size_bytes` is the packed size, None where unknown. `problem` tells why the layer
    cannot be read at all (foreign, encrypted, Windows): then it is a gap and `open` is not called.
    """

    position: int
    digest: Digest | None
    diff_id: Digest | None
    media_type: str
    size_bytes: int | None
    open: Callable[[], BinaryIO]
    created_by: str = ""
    problem: str = ""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a registry, index or layout holds about the image: a signature, SBOM, attestation.

    `verdict` says what checking it against the user's trusted keys found (None: nobody asked), `verified_by` is the
    trusted key that signed it, "" for nobody.
    """

    kind: str
    artifact_type: str
    digest: Digest
    source: str
    predicate_type: str = ""
    verified_by: str = ""
    verdict: Message | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document of an attachment: its media type, the annotations of its descriptor, its bytes."""

    media_type: str
    annotations: Mapping[str, str]
    data: bytes


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment, unopened. `about` is the digest that it hangs on; `read` gives its documents each time it is
    called, proven by their digests. With `in_index` the index of the image lists it, so that who signs the index
    signs it too."""

    line: Attachment
    about: Digest
    read: Callable[[], tuple[Document, ...]]
    in_index: bool = False


class Statement(msgspec.Struct, frozen=True):
    """A build's own account in its own words (in-toto), and the trusted key that signed it ("" for nobody)."""

    data: bytes
    signer: str = ""


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """The original bytes, so that an untouched image keeps its digest. `manifest` is empty where the place keeps none."""

    manifest: bytes
    manifest_media_type: str
    config: bytes
    config_media_type: str


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """One platform's image with its layers unopened.

    `reference` is what the user may type again to get it; `place` the kind of place it came from
    (registry, oci-dir, oci-archive, docker-archive, rootfs, rootfs-archive, docker, podman, containers-storage).
    `digest` is of the manifest, None where the place keeps none. `index_digest` and `platforms` describe the
    index it was chosen from. `attached` is what is known about it besides, `list_attached` asks its place what hangs on
    a further digest, `statements` are the build's own accounts among that once somebody read them.
    `raw` is None where the place has no configuration either (root filesystem).
    `gaps` are what the place could not read.
    """

    reference: str
    place: str
    platform: Platform
    config: Config
    layers: tuple[Layer, ...]
    digest: Digest | None = None
    index_digest: Digest | None = None
    platforms: tuple[Platform, ...] = ()
    annotations: Mapping[str, str] = {}
    attached: tuple[Attached, ...] = ()
    list_attached: Callable[[Digest], Iterable[Attached]] = lambda _: ()
    statements: tuple[Statement, ...] = ()
    names: tuple[str, ...] = ()
    artifact_type: str = ""
    raw: Raw | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What is attached, as reports show it."""
        return tuple(each.line for each in self.attached)
