"""Debian's packages: the status file, status.d of distroless images, their file lists and licences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from seamline.catalog.archives import debian_supplier
from seamline.catalog.databases import DatabaseState, behind_links, by_root, is_visible, last_told
from seamline.catalog.lineage import Span, lineage, span_of_path
from seamline.catalog.reader import Content, Reader, Sighting, Supply, View
from seamline.errors import Where
from seamline.formats.dpkg import (
    DpkgPackage,
    parse_copyright,
    parse_diversions,
    parse_list,
    parse_md5sums,
    parse_relation_names,
    parse_status,
)
from seamline.model.entry import FILE, HARDLINK, Entry, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key

_STATUS = b"var/lib/dpkg/status"
_STATUS_D = b"var/lib/dpkg/status.d/"
_INFO = b"var/lib/dpkg/info/"
_DIVERSIONS = b"var/lib/dpkg/diversions"
_DOC = b"usr/share/doc/"
_MOST_NAMES = 6


class DpkgRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one file of the database says; `listing` is a file list as it stands."""

    packages: tuple[DpkgPackage, ...] = ()
    listing: bytes = b""
    licenses: tuple[str, ...] = ()
    diversions: tuple[tuple[bytes, bytes, str], ...] = ()


def _extract(entry: Entry, content: Content, limits: Limits) -> DpkgRecord | None:  # noqa: ARG001 - shape of extract
    path = entry.path
    data = content.stream().read()
    if path.endswith((b".list", b".md5sums")):
        return DpkgRecord(listing=data)
    if path.endswith(_DIVERSIONS):
        return DpkgRecord(diversions=parse_diversions(data))
    if path.endswith(b"/copyright"):
        return DpkgRecord(licenses=parse_copyright(data))
    packages = parse_status(data)
    # status.d holds maintainer scripts and checksums beside the paragraphs
    return DpkgRecord(packages=packages) if packages or path.endswith(_STATUS) else None


def _assemble(view: View) -> Iterator[Supply | Gap]:
    yield from behind_links(view.tree, (_STATUS,), view.sightings)
    for root, sightings in by_root(view.sightings, (_STATUS, _STATUS_D, _INFO, _DIVERSIONS, _DOC)).items():
        yield from _Root(view, root, sightings).supplies()


class _Root:
    """The database of one root filesystem."""

    def __init__(self, view: View, root: bytes, sightings: Sequence[Sighting]) -> None:
        self._tree = view.tree
        self._root = root
        self._distribution = view.distribution_of(root)
        self._sightings = sightings
        self._visible = {s.path: s.record for s in sightings if is_visible(view.tree, s)}
        self._lists = _last_lists(sightings)
        diversions = self._visible.get(root + _DIVERSIONS)
        told = diversions.diversions if diversions else ()
        self._diverted = {path: (to, by) for path, to, by in told}
        self._landed = {self._landing(path): (to, by) for path, to, by in told if self._is_there(to)}

    def supplies(self) -> Iterator[Supply | Gap]:
        states = [
            DatabaseState(layer=s.layer, packages=_by_key(s.record.packages))
            for s in self._sightings
            if s.path == self._root + _STATUS
        ]
        told = last_told(self._tree, self._root + _STATUS, states)
        spans = lineage([(s.layer, {key: p.version for key, p in s.packages.items()}) for s in told.states])
        found = [(package, self._root + _STATUS, spans[key]) for key, package in told.packages.items()]
        found += self._status_d()
        if told.gap is not None and (told.packages or not found):  # status.d makes up for an empty status
            yield told.gap
        yield from self._cut(told.states)
        yield from self._without_lists([package for package, proof, _ in found if proof.endswith(_STATUS)])
        recovered = told.gap is not None
        installs = [
            self._install(package, proof, span, recovered=recovered) for package, proof, span in found
        ]
        depends = _dependencies([package for package, *_ in found], installs)
        for (package, proof, _), install, needs in zip(found, installs, depends, strict=True):
            complete = msgspec.structs.replace(install, depends=needs)
            yield Supply(install=complete, paths=self._paths(package, proof))

    def _cut(self, states: Sequence[DatabaseState[tuple[str, str], DpkgPackage]]) -> Iterator[Gap]:
        """Packages that a layer took out of the database alone: dpkg, when it removes one, takes its programs and its list along,
        but for the settings below /etc."""
        gone: dict[tuple[str, str], DpkgPackage] = {}
        layer = 0
        for below, above in pairwise(states):
            missing = below.packages.keys() - above.packages.keys()
            gone = {key: package for key, package in gone.items() if key not in above.packages}
            gone |= {key: below.packages[key] for key in missing}
            layer = above.layer if missing else layer
        names = sorted({package.name for package in gone.values() if self._is_still_there(package)})
        if names:
            shown = ", ".join(names[:_MOST_NAMES]) + (
                f" (+{more})" if (more := len(names) - _MOST_NAMES) > 0 else ""
            )
            where = Where(path=path_text(self._root + _STATUS), layer=layer)
            message = Message("package-database-cut", {"packages": len(names), "names": shown})
            yield Gap(where=where, message=message)

    def _without_lists(self, packages: Sequence[DpkgPackage]) -> Iterator[Gap]:
        """Packages whose lists of files a layer emptied or removed though they are installed: dpkg then knows none of their files, and
        neither does whoever asks it. A list has at least the root folder."""
        names, layer = [], 0
        for package in packages:
            lost = self._lost_list(package)
            if lost is not None:
                names.append(package.name)
                layer = max(layer, self._tree.history(lost)[-1].layer)
        if names:
            shown = ", ".join(sorted(names)[:_MOST_NAMES])
            more = f" (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
            where = Where(path=path_text(self._root + _INFO), layer=layer)
            args: dict[str, str | int] = {"packages": len(names), "names": shown + more}
            yield Gap(where=where, message=Message("package-lists-emptied", args))

    def _is_still_there(self, package: DpkgPackage) -> bool:
        listed = self._listing(package, self._root + _STATUS)
        entries = (self._tree.at(self._landing(path)) for path in listed if not path.startswith(b"etc/"))
        return any(entry is not None and entry.kind in (FILE, HARDLINK) for entry in entries)

    def _status_d(self) -> list[tuple[DpkgPackage, bytes, Span]]:
        folder = self._root + _STATUS_D
        return [
            (package, path, span_of_path(self._tree, path))
            for path, record in sorted(self._visible.items())
            if path.startswith(folder)
            for package in record.packages
        ]

    def _install(self, package: DpkgPackage, proof: bytes, span: Span, *, recovered: bool) -> Install:
        distribution = self._distribution
        return Install(
            package=Package(
                ecosystem="deb",
                namespace=distribution.id if distribution else "debian",
                name=package.name,
                version=package.version,
                architecture=package.architecture,
                source_name=package.source_name,
                source_version=package.source_version,
                distribution=distribution,
                licenses=self._licenses(package.name),
            ),
            root=self._root.rstrip(b"/"),
            proofs=(proof,),
            origin_layer=span.origin_layer,
            current_layer=span.current_layer,
            found_by="dpkg",
            supplier=debian_supplier(package, distribution),
            recovered=recovered,
        )

    def _licenses(self, name: str) -> tuple[str, ...]:
        entry = self._tree.resolve(self._root + _DOC + name.encode() + b"/copyright")
        record = self._visible.get(entry.path) if entry is not None else None
        return record.licenses if record else ()

    def _paths(self, package: DpkgPackage, proof: bytes) -> tuple[bytes, ...]:
        """The canonical paths that a package installed, diversions by other packages applied."""
        listed, root = self._listing(package, proof), self._root
        lost = self._lost_list(package) if not listed and proof.endswith(_STATUS) else None
        listed = parse_list(self._lists[lost]) if lost is not None else listed
        landed = self._tree.canonicals([root + path for path in listed] if root else listed)
        if self._diverted.keys().isdisjoint(listed) and self._landed.keys().isdisjoint(landed):
            return tuple(landed)
        return tuple(
            self._diverted_landing(package, path, landing)
            for path, landing in zip(listed, landed, strict=True)
        )

    def _diverted_landing(self, package: DpkgPackage, path: bytes, landing: bytes) -> bytes:
        # dpkg compares names as they are written; a file that was moved under its other name, /usr/bin/tar for a
        # list's /bin/tar, is there all the same
        diversion = self._diverted.get(path) or self._landed.get(landing)
        if diversion is None or diversion[1] == package.name:
            return landing
        return self._landing(diversion[0])

    def _landing(self, path: bytes) -> bytes:
        return self._tree.canonical(self._root + path)

    def _is_there(self, path: bytes) -> bool:
        return self._tree.at(self._landing(path)) is not None

    def _listing(self, package: DpkgPackage, proof: bytes) -> list[bytes]:
        if not proof.endswith(_STATUS):
            record = self._visible.get(proof + b".md5sums")
            return list(parse_md5sums(record.listing)) if record else []
        for path in self._lists_of(package):
            record = self._visible.get(path)
            if record is not None and record.listing:
                return parse_list(record.listing)
        return []

    def _lost_list(self, package: DpkgPackage) -> bytes | None:
        """The path of a list that a layer emptied or removed; None where the package has one."""
        paths = self._lists_of(package)
        if any(path in self._visible and self._visible[path].listing for path in paths):
            return None
        return next((path for path in paths if path in self._lists), None)

    def _lists_of(self, package: DpkgPackage) -> tuple[bytes, bytes]:
        """Where the list of a package may lie: several architectures at once have theirs in its name."""
        name = self._root + _INFO + package.name.encode()
        return name + b".list", name + b":" + package.architecture.encode() + b".list"


def _last_lists(sightings: Sequence[Sighting]) -> dict[bytes, bytes]:
    """Each list of files as it last said anything, hidden ones too; empty where it never did."""
    found: dict[bytes, bytes] = {}
    for each in sightings:
        if each.path.endswith(b".list") and (each.record.listing or each.path not in found):
            found[each.path] = each.record.listing
    return found


def _by_key(packages: Sequence[DpkgPackage]) -> dict[tuple[str, str], DpkgPackage]:
    return {(package.name, package.architecture): package for package in packages}


def _dependencies(packages: Sequence[DpkgPackage], installs: Sequence[Install]) -> list[tuple[str, ...]]:
    """The keys of the installs that each package needs: the first alternative that is there, by name or provided."""
    keys: dict[str, str] = {}
    for package, install in zip(packages, installs, strict=True):
        for alternatives in parse_relation_names(package.provides):
            keys.setdefault(alternatives[0], install_key(install))
    keys |= {package.name: install_key(install) for package, install in zip(packages, installs, strict=True)}
    found = []
    for package in packages:
        needs = (
            next((keys[n] for n in names if n in keys), "") for names in parse_relation_names(package.depends)
        )
        found.append(tuple(dict.fromkeys(need for need in needs if need)))
    return found


READER = Reader(
    name="dpkg",
    version=2,
    wants=(
        "**/var/lib/dpkg/status",
        "**/var/lib/dpkg/status.d/*",
        "**/var/lib/dpkg/info/*.list",
        "**/var/lib/dpkg/diversions",
        "**/usr/share/doc/*/copyright",
    ),
    record=DpkgRecord,
    extract=_extract,
    assemble=_assemble,
)
