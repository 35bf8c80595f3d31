"""What the verbs return: values that render/ turns into text and that JSON carries as they are.

The field names here are the JSON documents' own; within `/1` of a schema only optional fields are added.
"""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Gap
from seamline.model.image import Attachment, Config
from seamline.model.package import Distribution, Side


class LayerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One layer. `size_bytes` is packed, `unpacked_bytes` of the tar; both None where unknown."""

    position: int
    digest: str | None
    diff_id: str | None
    size_bytes: int | None
    unpacked_bytes: int | None
    created_by: str
    stratum: str
    verification: str
    media_type: str


class ImageLine(msgspec.Struct, frozen=True, kw_only=True):
    """The image as it was found."""

    reference: str
    place: str
    digest: str | None
    index_digest: str | None
    platform: str
    platforms: tuple[str, ...]
    names: tuple[str, ...]
    artifact_type: str
    config: Config
    annotations: dict[str, str]
    layers: tuple[LayerLine, ...]
    attachments: tuple[Attachment, ...]


class PackageLine(msgspec.Struct, frozen=True, kw_only=True):
    """One install. `key` names it inside this document; `owned_by` and `depends` are keys."""

    key: str
    purl: str
    name: str
    version: str
    ecosystem: str
    architecture: str
    source_name: str
    source_version: str
    side: Side
    stratum: str
    origin_layer: int
    current_layer: int
    paths: tuple[str, ...]
    inside: str
    root: str
    owned_by: str
    supplier: str
    depends: tuple[str, ...]
    licenses: tuple[str, ...]
    cpe: str
    sha1: str
    sha256: str
    found_by: str


class SbomReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything inside an image with the side it belongs to. Schema `seamline.sbom/1`."""

    image: ImageLine
    distribution: Distribution | None
    packages: tuple[PackageLine, ...]
    gaps: tuple[Gap, ...]
    as_of: str
    schema: str = "seamline.sbom/1"
    seamline: str = ""
