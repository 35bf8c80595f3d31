"""Where an image's system side ends: bases, strata and the seam between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from hashlib import blake2b

import msgspec

from seamline.errors import Where
from seamline.model.entry import FILE, HARDLINK, Entry
from seamline.model.evidence import Evidence, Message, Rung
from seamline.model.image import Config, Digest
from seamline.model.package import Distribution, Install, Package, Side

KEY_BYTES = 8
PATH_KEY_BYTES = 4


def place_key(entry: Entry) -> bytes:
    """Eight bytes that stand for one content at one place: a file's bytes or a link's target, at its path.

    Mode and owner do not count, so that chown -R and chmod -R over a base leave it recognisable.
    """
    is_file = entry.kind in (FILE, HARDLINK)
    return key_of_place(entry.path, entry.kind, entry.content_key if is_file else entry.link_to)


def key_of_place(path: bytes, kind: int, what: bytes) -> bytes:
    """The place key of a canonical path where something of a kind is: `what` is its content key or where it links to."""
    kind = FILE if kind == HARDLINK else kind
    return blake2b(b"%d\0%b\0%b" % (kind, path, what), digest_size=KEY_BYTES).digest()


def path_key(entry: Entry) -> bytes:
    """Four bytes that stand for a path whatever is there."""
    return key_of_path(entry.path)


def key_of_path(path: bytes) -> bytes:
    """The path key of a canonical path."""
    return blake2b(path, digest_size=PATH_KEY_BYTES).digest()


def package_label(install: Install) -> str:
    """A package as inventories write it: `deb/libc6=2.36-9`."""
    package = install.package
    return f"{package.ecosystem}/{package.name}={package.version}"


def full_name(text: str) -> str:
    """A reference with its registry: `debian` is `docker.io/library/debian:latest`. A digest stays only where there is
    no tag, as it is the whole name then.

    Source: distribution reference grammar, with Docker's defaults.
    """
    name, at, digest = text.strip().removeprefix("docker://").partition("@")
    head, slash, _ = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif "." not in head and ":" not in head and head != "localhost":
        name = f"docker.io/{name}"
    name = name.replace("index.docker.io/", "docker.io/", 1)
    if ":" in name.rpartition("/")[2]:
        return name
    return f"{name}@{digest}" if at else f"{name}:latest"


def repository_of(name: str) -> str:
    """A full reference without its tag or digest."""
    return name.partition("@")[0] if "@" in name else name.rpartition(":")[0]


def short_name(name: str) -> str:
    """A full reference as people write it: without Docker Hub's own parts."""
    return name.removeprefix("docker.io/library/").removeprefix("docker.io/")


ON_DISK = ("oci-dir:", "oci-archive:", "docker-archive:", "rootfs:", "rootfs-archive:", "dir:")
"""How the names of images that lie on a disk begin."""


def is_on_disk(name: str) -> bool:
    """Whether a base goes by the place where it lies on a disk, which is nobody's repository and no line of releases."""
    return name.startswith(ON_DISK)


class Held(msgspec.Struct, frozen=True, array_like=True):
    """One install of a base as inventories keep it: enough to judge it again without the base. `source` is the source
    package's name; `distribution` a position in the inventory's distributions, -1 for none; `owned_by` as installs have it."""

    ecosystem: str
    name: str
    version: str
    namespace: str = ""
    architecture: str = ""
    source: str = ""
    source_version: str = ""
    path: bytes = b""
    inside: str = ""
    root: bytes = b""
    owned_by: str = ""
    supplier: str = ""
    modularity: str = ""
    distribution: int = -1


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """What a base holds. `packages` are sorted labels (`deb/libc6=2.36-9`); `contents` are the sorted 8-byte
    place keys of all its paths, joined; `paths` the sorted 4-byte path keys of its lasting files and links, joined.
    `sources` name each package's source and its version (`openssl=3.0.17-1`) where they are others, in the order of
    `packages`; `installs` are its installs one by one. Both are empty in ledgers that were written before."""

    packages: tuple[str, ...]
    contents: bytes
    paths: bytes = b""
    sources: tuple[str, ...] = ()
    installs: tuple[Held, ...] = ()
    distributions: tuple[Distribution, ...] = ()

    def each_install(self) -> Iterator[Install]:
        """The installs as if they stood in an image's lowest layer."""
        for held in self.installs:
            package = Package(
                ecosystem=held.ecosystem,
                name=held.name,
                version=held.version,
                namespace=held.namespace,
                architecture=held.architecture,
                source_name=held.source,
                source_version=held.source_version,
                distribution=self.distributions[held.distribution] if held.distribution >= 0 else None,
                modularity=held.modularity,
            )
            yield Install(
                package=package,
                proofs=(held.path,) if held.path else (),
                origin_layer=0,
                current_layer=0,
                found_by="inventory",
                root=held.root,
                inside=held.inside,
                owned_by=held.owned_by,
                supplier=held.supplier,
            )

    def keys(self) -> frozenset[bytes]:
        """The place keys one by one."""
        return place_keys_in(self.contents)

    def path_keys(self) -> frozenset[bytes]:
        """The path keys one by one."""
        return frozenset(_split(self.paths, PATH_KEY_BYTES))


def place_keys_in(joined: bytes) -> frozenset[bytes]:
    """Joined place keys one by one."""
    return frozenset(_split(joined, KEY_BYTES))


def _split(joined: bytes, width: int) -> Iterator[bytes]:
    return (joined[at : at + width] for at in range(0, len(joined), width))


class Base(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An image that others stand on, as the ledger knows it.

    `names` are full references (`docker.io/library/debian:12`), `digest` is of the manifest, `line` the series
    that its fixes arrive in (`docker.io/library/debian:12`), `team` who keeps it. The days it was first and
    last seen under these names are dates (`2026-01-31`).
    """

    names: tuple[str, ...]
    diff_ids: tuple[Digest, ...]
    digest: Digest | None = None
    index_digest: Digest | None = None
    platform: str = ""
    created: str = ""
    config: Config = Config()
    line: str = ""
    team: str = ""
    first_seen: str = ""
    last_seen: str = ""
    inventory: Inventory | None = None

    @property
    def reference(self) -> str:
        """The name to show: the most telling tag, short where it is Docker Hub's own."""
        if not self.names:
            return self.digest or ""
        name = max(self.names, key=lambda each: ("@" not in each, len(each.rpartition(":")[2]), each))
        return short_name(name)

    @property
    def repository(self) -> str:
        """The first name without its tag."""
        return repository_of(self.names[0]) if self.names else ""


class LayerSpan(msgspec.Struct, frozen=True):
    """A run of layers; both positions included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"layer {self.first}" if self.first == self.last else f"layers {self.first}-{self.last}"


class ContentSpan(msgspec.Struct, frozen=True):
    """A body of content inside layers that hold other content too: its installs and visible paths."""

    packages: int
    files: int


class Stratum(msgspec.Struct, frozen=True, kw_only=True):
    """What one producer made. `candidates` are all bases that have these very layers or contents; `base` is one of
    them only when the evidence tells which. `confidence` is the strongest rung among the evidence."""

    name: str
    extent: LayerSpan | ContentSpan
    side: Side
    base: Base | None = None
    candidates: tuple[Base, ...] = ()
    confidence: Rung = Rung.NONE
    evidence: tuple[Evidence, ...] = ()
    publisher: str = ""
    owner: str = ""
    tool: str = ""


class ImageKind(StrEnum):
    """What an image is for."""

    SYSTEM = "system"
    RUNTIME = "runtime"
    APPLICATION = "application"
    ARTIFACT = "artifact"
    UNKNOWN = "unknown"


class Form(StrEnum):
    """How much of an operating system an image carries."""

    FULL = "full"
    SLIM = "slim"
    DISTROLESS = "distroless"
    STATIC = "static"
    WASM = "wasm"
    UNKNOWN = "unknown"


class KindVerdict(msgspec.Struct, frozen=True):
    """The kind with its reasons."""

    value: ImageKind
    reasons: tuple[Evidence, ...]


class FormVerdict(msgspec.Struct, frozen=True):
    """The form with its reasons."""

    value: Form
    reasons: tuple[Evidence, ...]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of the configuration, and who set it. `kind` is env, user, entrypoint, command, label, port,
    healthcheck, volume, workdir or stop-signal; `key` is empty where a kind has one value only."""

    kind: str
    key: str
    value: str
    side: Side
    stratum: str
    where: Where


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote one line of the build history, and why that is believed or why nobody knows. `stratum` is empty where it is of
    none of the image's parts alone."""

    stratum: str = ""
    side: Side = Side.UNKNOWN
    why: Message


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What something weighs: installs, files (everything but directories), bytes (hardlinks once)."""

    packages: int = 0
    files: int = 0
    size_bytes: int = 0


class Seam(msgspec.Struct, frozen=True, kw_only=True):
    """The strata of an image, bottom up, and which of them everything belongs to.

    `by_layer` gives the stratum of each layer. Where a base's content was found inside other layers,
    `by_content` and `by_package` name the stratum of a place key or package label; all else there goes by layer. `authors`
    has one for each line of the history.
    """

    strata: tuple[Stratum, ...]
    by_layer: tuple[int, ...]
    kind: KindVerdict
    form: FormVerdict
    by_content: Mapping[bytes, int] = {}
    by_package: Mapping[str, int] = {}
    settings: tuple[Setting, ...] = ()
    authors: tuple[Author, ...] = ()

    def index_of(self, entry: Entry) -> int:
        """The place in `strata` of what brought this content to this path; a chmod or chown above changes nothing."""
        held = self.by_content.get(place_key(entry)) if self.by_content else None
        return self.by_layer[entry.origin_layer] if held is None else held

    def index_of_install(self, install: Install) -> int:
        """The place in `strata` of what brought the version seen: an upgrade above a base belongs up there."""
        held = self.by_package.get(package_label(install)) if self.by_package else None
        return self.by_layer[install.current_layer or 0] if held is None else held

    def stratum_of(self, entry: Entry) -> Stratum:
        """The stratum that a visible path belongs to."""
        return self.strata[self.index_of(entry)]

    def stratum_of_install(self, install: Install) -> Stratum:
        """The stratum that an install belongs to."""
        return self.strata[self.index_of_install(install)]

    def side_of(self, entry: Entry) -> Side:
        """Who must change this path."""
        return self.stratum_of(entry).side

    def stratum_of_layer(self, position: int) -> Stratum | None:
        """The stratum that the whole layer belongs to; None where a layer holds several."""
        return None if self.by_content else self.strata[self.by_layer[position]]
