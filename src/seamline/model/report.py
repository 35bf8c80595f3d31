"""What the verbs return: values that render/ turns into text and that JSON carries as they are.

The field names here are the JSON documents' own; within `/1` of a schema only optional fields are added.
"""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Evidence, Gap, Message
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


class ImageLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The image as it was found. `given` is the SBOM that was read in its place."""

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
    given: str = ""


class PackageLine(msgspec.Struct, frozen=True, kw_only=True):
    """One install. `key` names it inside this document; `owned_by` and `depends` are keys. The layers are None where an
    SBOM was read that does not tell them."""

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
    origin_layer: int | None
    current_layer: int | None
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


class SideWeight(msgspec.Struct, frozen=True, kw_only=True):
    """What a side or stratum weighs: installs, files (everything but directories), bytes (hardlinks once)."""

    packages: int = 0
    files: int = 0
    size_bytes: int = 0


class Extent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a stratum lies: the positions of its first and last layer, or what it holds inside shared layers."""

    layers: tuple[int, int] | None = None
    content: SideWeight | None = None


class BaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """The image that a stratum is."""

    reference: str
    digest: str | None
    created: str = ""
    team: str = ""


class StratumLine(msgspec.Struct, frozen=True, kw_only=True):
    """One stratum. `confidence` is the name of its rung; `candidates` are all bases that have these very layers."""

    name: str
    side: Side
    extent: Extent
    base: BaseLine | None
    candidates: tuple[BaseLine, ...]
    confidence: str
    evidence: tuple[Evidence, ...]
    weight: SideWeight
    publisher: str = ""
    owner: str = ""


class SettingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of the configuration with the side that set it."""

    kind: str
    key: str
    value: str
    side: Side
    stratum: str


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """The three sides; together they hold every visible path and every install."""

    system: SideWeight
    application: SideWeight
    unknown: SideWeight


class ProgramLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One program. `kind` is native, packed, WebAssembly module or WebAssembly component; `imports` are what the
    latter two ask of their host, `made_with` what they say that they were made with."""

    path: str
    layer: int
    size_bytes: int
    kind: str
    side: Side
    stratum: str
    imports: tuple[str, ...] = ()
    made_with: tuple[str, ...] = ()


class InspectReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an image is and where its seam lies. Schema `seamline.inspect/1`.

    `crossings` are visible base paths that a layer above the seam replaced. `unaccounted` are programs that no
    package and no known base accounts for, `modules` all WebAssembly there is.
    """

    image: ImageLine
    kind: str
    form: str
    reasons: tuple[Evidence, ...]
    distribution: Distribution | None
    strata: tuple[StratumLine, ...]
    sides: Sides
    settings: tuple[SettingLine, ...]
    crossings: tuple[str, ...]
    notes: tuple[Message, ...]
    gaps: tuple[Gap, ...]
    as_of: str
    unaccounted: tuple[ProgramLine, ...] = ()
    modules: tuple[ProgramLine, ...] = ()
    schema: str = "seamline.inspect/1"
    seamline: str = ""


class FileLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visible path. `mode` is as `ls -l` shows it; `supplier` the key of the distribution package that brought it."""

    path: str
    kind: str
    mode: str
    uid: int
    gid: int
    size_bytes: int
    layer: int
    origin_layer: int
    side: Side
    link_to: str = ""
    supplier: str = ""
    path_base64: str = ""
    capabilities: bool = False


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer did to a path: written, copied-up (same content), removed, emptied."""

    layer: int
    what: str
    size_bytes: int
    mode: str
    content_key: str
    stratum: str
    created_by: str


class FilesReport(msgspec.Struct, frozen=True, kw_only=True):
    """The visible files below a path, and every layer that touched the path. Schema `seamline.files/1`."""

    image: ImageLine
    path: str
    canonical: str
    files: tuple[FileLine, ...]
    history: tuple[HistoryLine, ...]
    gaps: tuple[Gap, ...]
    as_of: str
    schema: str = "seamline.files/1"
    seamline: str = ""
