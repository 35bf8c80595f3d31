"""Packages: what they are, and where they are installed in an image."""

from __future__ import annotations

from enum import StrEnum

import msgspec

_DISTRIBUTED = frozenset(("alpm", "apk", "deb", "rpm"))


class Side(StrEnum):
    """Who must change it. Unknown is never silently called application."""

    SYSTEM = "system"
    APPLICATION = "application"
    UNKNOWN = "unknown"


class Distribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A root filesystem's own word for what it is. Source: os-release(5)."""

    id: str
    version_id: str = ""
    codename: str = ""
    like: tuple[str, ...] = ()
    pretty_name: str = ""
    variant_id: str = ""


class Package(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Identity: what it is, wherever it stands.

    `ecosystem` is the purl type (deb, rpm, apk, pypi, npm, maven, golang, cargo, gem, composer, nuget, generic ...).
    `namespace` is the purl namespace ('' where the ecosystem has none; for deb, rpm and apk the vendor).
    `version` is complete (with epoch and revision where the ecosystem has them).
    `modularity` is an rpm module stream label, `cpe` a CPE 2.3 name where a binary's signature gives one.
    """

    ecosystem: str
    name: str
    version: str
    namespace: str = ""
    architecture: str = ""
    source_name: str = ""
    source_version: str = ""
    distribution: Distribution | None = None
    modularity: str = ""
    licenses: tuple[str, ...] = ()
    cpe: str = ""

    @property
    def is_distributed(self) -> bool:
        """Whether a distribution's package manager keeps it."""
        return self.ecosystem in _DISTRIBUTED


class Install(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One occurrence of a package in an image.

    `root` is the folder of the root filesystem it belongs to (b"" for the image's own).
    `proofs` are the paths that say it is there; the first is the one to show. `inside` is a path in an archive
    (`app.war!WEB-INF/lib/x.jar` has proof app.war and inside WEB-INF/lib/x.jar).
    `origin_layer` brought the package (any version of it) into the view; `current_layer` brought the version seen;
    both None where an SBOM does not tell.
    `owned_by` is the key of the distribution package whose file list holds the proof. `found_by` is the reader.
    `depends` are the keys of installs it needs, where the ecosystem says so.
    `supplier` says whose archive a distribution package came from when not the distribution's own.
    `recovered` packages stand in no visible database: a higher layer emptied or deleted it.
    """

    package: Package
    proofs: tuple[bytes, ...]
    origin_layer: int | None
    current_layer: int | None
    found_by: str
    root: bytes = b""
    inside: str = ""
    owned_by: str = ""
    supplier: str = ""
    depends: tuple[str, ...] = ()
    sha1: str = ""
    sha256: str = ""
    recovered: bool = False
    stratum: str = ""
    side: Side = Side.UNKNOWN

    @property
    def is_changed_above(self) -> bool:
        """Whether a layer is known to have put another version over the one that a lower layer brought."""
        return None not in (self.origin_layer, self.current_layer) and self.origin_layer != self.current_layer
