"""Arch Linux's packages, and those of its derivatives: pacman's local database, a folder a package."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.databases import by_root, is_visible
from seamline.catalog.lineage import Span, origin_of
from seamline.catalog.reader import Content, Reader, Supply, View
from seamline.formats.pacman import PacmanPackage, parse_desc, parse_files
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key

_LOCAL = b"var/lib/pacman/local/"


class PacmanRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a `desc` or a `files` says."""

    package: PacmanPackage | None = None
    paths: tuple[bytes, ...] = ()


def _extract(entry: Entry, content: Content, limits: Limits) -> PacmanRecord | None:  # noqa: ARG001 - shape of extract
    data = content.stream().read()
    if entry.path.endswith(b"/files"):
        return PacmanRecord(paths=parse_files(data))
    package = parse_desc(data)
    return PacmanRecord(package=package) if package is not None else None


def _assemble(view: View) -> Iterator[Supply]:
    for root, sightings in by_root(view.sightings, (_LOCAL,)).items():
        visible = {s.path: s.record for s in sightings if is_visible(view.tree, s)}
        earlier: dict[str, list[bytes]] = {}
        for sighting in sightings:
            if sighting.record.package is not None:
                earlier.setdefault(sighting.record.package.name, []).append(sighting.path)
        described = {path: record.package for path, record in visible.items() if record.package is not None}
        installs = {
            path: _install(view, root, path, package, earlier[package.name])
            for path, package in described.items()
        }
        keys = {
            name: install_key(installs[path])
            for path, package in described.items()
            for name in (*package.provides, package.name)
        }
        for path, package in described.items():
            needs = dict.fromkeys(keys[name] for name in package.depends if name in keys)
            listed = visible.get(path.removesuffix(b"desc") + b"files", PacmanRecord()).paths
            yield Supply(
                install=msgspec.structs.replace(installs[path], depends=tuple(needs)),
                paths=tuple(view.tree.canonical(root + each) for each in listed),
            )


def _install(view: View, root: bytes, path: bytes, package: PacmanPackage, earlier: list[bytes]) -> Install:
    distribution = view.distribution_of(root)
    entry = view.tree.at(path)
    current = entry.origin_layer if entry is not None else 0
    span = Span(origin_of(view.tree, dict.fromkeys(earlier)), current)
    return Install(
        package=Package(
            ecosystem="alpm",
            namespace=distribution.id if distribution else "arch",
            name=package.name,
            version=package.version,
            architecture=package.architecture,
            source_name=package.base,
            source_version=package.version if package.base else "",
            distribution=distribution,
            licenses=package.licenses,
        ),
        root=root.rstrip(b"/"),
        proofs=(path,),
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="pacman",
    )


READER = Reader(
    name="pacman",
    version=1,
    wants=("**/var/lib/pacman/local/*/desc", "**/var/lib/pacman/local/*/files"),
    record=PacmanRecord,
    extract=_extract,
    assemble=_assemble,
)
