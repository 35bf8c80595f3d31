"""rpm's packages, in all three forms of its database and in the manifest of images without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from seamline.catalog.archives import rpm_supplier
from seamline.catalog.databases import DatabaseState, behind_links, by_root, last_told
from seamline.catalog.lineage import lineage
from seamline.catalog.reader import Content, Reader, Sighting, Supply, View
from seamline.model.entry import Entry
from seamline.model.evidence import Gap
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key

if TYPE_CHECKING:
    from seamline.formats.rpm_header import Header
    from seamline.formats.rpm_manifest import ListedPackage

_FOLDERS = (b"usr/lib/sysimage/rpm/", b"var/lib/rpm/", b"usr/share/rpm/")
_FILES = (b"rpmdb.sqlite", b"Packages.db", b"Packages")
"""Newest form first: a root that was upgraded may keep the older one beside it."""
_MANIFEST = b"var/lib/rpmmanifest/container-manifest-2"
"""What Azure Linux leaves in images from which it takes the database away."""
_KEYS = "gpg-pubkey"  # how rpm keeps the keys it trusts; no package was installed


class RpmPackage(msgspec.Struct, frozen=True, array_like=True):
    """What one header tells. `version` is complete, with its epoch where there is one."""

    name: str
    version: str
    architecture: str
    source: str
    vendor: str
    license: str
    modularity: str
    provides: tuple[str, ...]
    requires: tuple[str, ...]
    paths: str


class RpmRecord(msgspec.Struct, frozen=True):
    """The packages of one database."""

    packages: tuple[RpmPackage, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> RpmRecord:  # noqa: ARG001 - the shape of extract
    from seamline.formats.rpm_header import Header  # noqa: PLC0415 - 10 ms that a warm run need not wait for
    from seamline.formats.rpm_manifest import parse_manifest  # noqa: PLC0415
    from seamline.formats.rpmdb import parse_rpmdb  # noqa: PLC0415

    if entry.path.endswith(_MANIFEST):
        return RpmRecord(packages=tuple(map(_listed, parse_manifest(content.stream().read()))))
    log = content.companion("-wal")
    blobs = parse_rpmdb(content.random()[:], log.random()[:] if log is not None else b"")
    packages = (_package(Header(blob)) for blob in blobs)
    return RpmRecord(
        packages=tuple(package for package in packages if package.name and package.name != _KEYS)
    )


def _package(header: Header) -> RpmPackage:
    from seamline.formats import rpm_header as tags  # noqa: PLC0415 - as above

    epoch = header.numbers(tags.EPOCH)
    version = f"{header.text(tags.VERSION)}-{header.text(tags.RELEASE)}"
    return RpmPackage(
        name=header.text(tags.NAME),
        version=f"{epoch[0]}:{version}" if epoch else version,
        architecture=header.text(tags.ARCHITECTURE),
        source=header.text(tags.SOURCE_RPM),
        vendor=header.text(tags.VENDOR),
        license=header.text(tags.LICENSE),
        modularity=header.text(tags.MODULARITY_LABEL),
        provides=tuple(dict.fromkeys(header.texts(tags.PROVIDE_NAME))),
        requires=tuple(dict.fromkeys(header.texts(tags.REQUIRE_NAME))),
        paths="\n".join(header.paths()),
    )


def _listed(package: ListedPackage) -> RpmPackage:
    return RpmPackage(
        name=package.name,
        version=package.version,
        architecture=package.architecture,
        source=package.source,
        vendor=package.vendor,
        license="",
        modularity="",
        provides=(),
        requires=(),
        paths="",
    )


def parse_source(source: str) -> tuple[str, str]:
    """Name and version-release of `bash-5.2-1.src.rpm`; empty where it is no such name."""
    stem = source.removesuffix(".rpm").rpartition(".")[0]
    parts = stem.rsplit("-", 2)
    return (parts[0], f"{parts[1]}-{parts[2]}") if len(parts) == 3 else ("", "")


def _assemble(view: View) -> Iterator[Supply | Gap]:
    places = [folder + name for name in _FILES for folder in _FOLDERS]
    yield from behind_links(view.tree, places, view.sightings)
    for root, sightings in by_root(view.sightings, (*_FOLDERS, _MANIFEST)).items():
        places = _places(view, root, sightings)
        believed = next((path for path in places if _told_by(path, sightings)), places[0])
        for path in (*places[: places.index(believed)], believed):
            found = [sighting for sighting in sightings if sighting.path == path]
            yield from _supplies(view, root, path, found)


def _places(view: View, root: bytes, sightings: Sequence[Sighting]) -> list[bytes]:
    """The databases of one root, the one to believe first: visible before hidden, newer forms before older ones."""
    seen = dict.fromkeys(sighting.path for sighting in sightings)
    named = [root + folder + name for name in _FILES for folder in _FOLDERS] + [root + _MANIFEST]
    present = [path for path in named if path in seen and view.tree.at(path) is not None]
    return present or [path for path in named if path in seen]


def _told_by(path: bytes, sightings: Sequence[Sighting]) -> bool:
    """Whether a layer's database at `path` tells of packages: rpm of another form may have made an empty one beside."""
    return any(sighting.record.packages for sighting in sightings if sighting.path == path)


def _supplies(view: View, root: bytes, path: bytes, sightings: Sequence[Sighting]) -> Iterator[Supply | Gap]:
    states = [
        DatabaseState(layer=s.layer, packages={_identity(p): p for p in s.record.packages}) for s in sightings
    ]
    told = last_told(view.tree, path, states)
    if told.gap is not None:
        yield told.gap
    spans = lineage(
        [(state.layer, {key: p.version for key, p in state.packages.items()}) for state in told.states]
    )
    installs = {}
    for key, package in told.packages.items():
        span = spans[key]
        installs[key] = Install(
            package=_identified(view, root, package),
            root=root.rstrip(b"/"),
            proofs=(path,),
            origin_layer=span.origin_layer,
            current_layer=span.current_layer,
            found_by="rpm",
            supplier=rpm_supplier(package.vendor, view.distribution_of(root)),
            recovered=told.gap is not None,
        )
    providers = {name: install_key(installs[key]) for key, p in told.packages.items() for name in p.provides}
    for key, package in told.packages.items():
        own = install_key(installs[key])
        needs = dict.fromkeys(providers[name] for name in package.requires if name in providers)
        complete = msgspec.structs.replace(
            installs[key], depends=tuple(need for need in needs if need != own)
        )
        yield Supply(install=complete, paths=tuple(_paths(view, root, package)))


def _identity(package: RpmPackage) -> tuple[str, str]:
    """What stays the same over an upgrade. Kernels may be installed several times: their version tells them apart."""
    several = package.version if package.name.startswith("kernel") else ""
    return (package.name, f"{package.architecture}/{several}")


def _identified(view: View, root: bytes, package: RpmPackage) -> Package:
    distribution = view.distribution_of(root)
    name, version = parse_source(package.source)
    return Package(
        ecosystem="rpm",
        namespace=distribution.id if distribution else "",
        name=package.name,
        version=package.version,
        architecture=package.architecture,
        source_name=name,
        source_version=version,
        distribution=distribution,
        modularity=package.modularity,
        licenses=(package.license,) if package.license else (),
    )


def _paths(view: View, root: bytes, package: RpmPackage) -> Iterator[bytes]:
    for path in package.paths.split("\n"):
        if path.strip("/"):
            yield view.tree.canonical(root + path.strip("/").encode("utf-8", "surrogateescape"))


READER = Reader(
    name="rpm",
    version=2,
    wants=(
        *(f"**/{folder.decode()}{name.decode()}" for folder in _FOLDERS for name in _FILES),
        f"**/{_MANIFEST.decode()}",
    ),
    record=RpmRecord,
    extract=_extract,
    assemble=_assemble,
    companions=("-wal",),
)
