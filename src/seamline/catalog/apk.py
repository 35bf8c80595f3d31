"""Alpine's packages, and those of Wolfi and of apko: the installed database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from seamline.catalog.databases import DatabaseState, behind_links, by_root, last_told
from seamline.catalog.lineage import Span, lineage
from seamline.catalog.reader import Content, Reader, Sighting, Supply, View
from seamline.formats.apkdb import ApkPackage, dependency_name, parse_installed
from seamline.model.entry import Entry
from seamline.model.evidence import Gap
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key

_PLACES = (b"usr/lib/apk/db/installed", b"lib/apk/db/installed")
"""The older place is a suffix of the newer one, so it comes second."""


class ApkRecord(msgspec.Struct, frozen=True):
    """The packages of one installed database."""

    packages: tuple[ApkPackage, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> ApkRecord:  # noqa: ARG001 - the shape of extract
    return ApkRecord(packages=parse_installed(content.stream().read()))


def _assemble(view: View) -> Iterator[Supply | Gap]:
    yield from behind_links(view.tree, _PLACES, view.sightings)
    for root, sightings in by_root(view.sightings, _PLACES).items():
        # a root has one database, which an upgrade moves from the older place to the newer
        found = [each for each in sightings if each.path in (root + place for place in _PLACES)]
        if found:
            yield from _supplies(view, root, sorted(found, key=lambda each: each.layer))


def _supplies(view: View, root: bytes, sightings: Sequence[Sighting]) -> Iterator[Supply | Gap]:
    path = sightings[-1].path
    states = [
        DatabaseState(layer=s.layer, packages={package.name: package for package in s.record.packages})
        for s in sightings
    ]
    told = last_told(view.tree, path, states)
    if told.gap is not None:
        yield told.gap
    spans = lineage(
        [(state.layer, {name: p.version for name, p in state.packages.items()}) for state in told.states]
    )
    packages = list(told.packages.values())
    installs = [_install(view, root, path, package, spans[package.name], told.gap) for package in packages]
    keys = _provided(packages, installs)
    for package, install in zip(packages, installs, strict=True):
        needs = dict.fromkeys(
            keys[name] for text in package.depends if (name := dependency_name(text)) in keys
        )
        paths = tuple(view.tree.canonical(root + name) for name in package.paths.split(b"\n") if name)
        yield Supply(install=msgspec.structs.replace(install, depends=tuple(needs)), paths=paths)


def _install(
    view: View, root: bytes, path: bytes, package: ApkPackage, span: Span, gap: Gap | None
) -> Install:
    distribution = view.distribution_of(root)
    return Install(
        package=Package(
            ecosystem="apk",
            namespace=distribution.id if distribution else "alpine",
            name=package.name,
            version=package.version,
            architecture=package.architecture,
            source_name=package.origin,
            source_version=package.version if package.origin else "",
            distribution=distribution,
            licenses=(package.license,) if package.license else (),
        ),
        root=root.rstrip(b"/"),
        proofs=(path,),
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="apk",
        recovered=gap is not None,
    )


def _provided(packages: Sequence[ApkPackage], installs: Sequence[Install]) -> dict[str, str]:
    """The key of the install that answers to each name: its own, or one that it provides."""
    keys: dict[str, str] = {}
    for package, install in zip(packages, installs, strict=True):
        for text in package.provides:
            keys.setdefault(dependency_name(text), install_key(install))
    return keys | {
        package.name: install_key(install) for package, install in zip(packages, installs, strict=True)
    }


READER = Reader(
    name="apk",
    version=1,
    wants=("**/lib/apk/db/installed",),
    record=ApkRecord,
    extract=_extract,
    assemble=_assemble,
)
