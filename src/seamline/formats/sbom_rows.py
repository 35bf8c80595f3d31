"""What an SBOM tells of one package, and how its packages become a document: what all forms share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seamline.errors import Where
from seamline.expression import expression
from seamline.model.document import SbomDocument
from seamline.model.evidence import Gap, Message
from seamline.model.package import Distribution, Install, Package
from seamline.model.purl import install_key, may_be_of

GROUPS = ("application", "container", "platform", "device")  # what holds packages: Trivy lists lock files so
OWNS = "ownership-by-file-overlap"
Row = tuple[str, Install]
"""The name of a package inside the document, and the install."""
_BY_SOURCE = frozenset(("deb", "apk"))
_LINKED = frozenset(("cargo", "golang"))
_MOST_PATHS = 8
_LAYER_DIGITS = 6
_OWN_FOLDERS = (
    ("pypi", expression(rb"usr/lib(64)?/python3(\.\d+)?/(dist|site)-packages/"), "python3-{}"),
    ("npm", expression(rb"usr/(share|lib)/nodejs/"), "node-{}"),
    ("gem", expression(rb"usr/share/(rubygems-integration|gems|ruby)/"), "ruby-{}"),
)


def install_of(package: Package, paths: Iterable[str], **more: Any) -> Install:
    proofs = tuple(path.lstrip("/").encode("utf-8", "surrogateescape") for path in paths if path)[
        :_MOST_PATHS
    ]
    origin, current = more.pop("layers", (None, None))
    return Install(
        package=package, proofs=proofs, origin_layer=origin, current_layer=current, found_by="sbom", **more
    )


def layer_told(told: object) -> int | None:
    """A layer's position, None where `told` is none: a number, or one in text."""
    if isinstance(told, str) and told.isdecimal() and len(told) < _LAYER_DIGITS:
        return int(told)
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def finished(
    form: str,
    subject: str,
    rows: Iterable[Row],
    told: Distribution | None,
    owners: Mapping[str, str],
    gaps: Iterable[Gap],
    needs: Mapping[str, Sequence[str]] | None = None,
) -> SbomDocument:
    """The document with its packages' distribution and owners filled in; `owners` name an owner by document name, `needs`
    what each name needs."""
    known = list(_apart(rows))
    seen = {install.package.distribution for _, install in known if install.package.distribution is not None}
    distribution = told or (next(iter(seen)) if len(seen) == 1 else None)
    placed = {name: _placed(install, distribution) for name, install in known}
    keys = {name: install_key(install) for name, install in placed.items()}
    owners = {**_owners_by_place(placed), **{name: owner for name, owner in owners.items() if owner in keys}}
    installs = (
        msgspec.structs.replace(install, owned_by=keys[owners[name]])
        if owners.get(name) in keys and not install.package.is_distributed
        else install
        for name, install in placed.items()
    )
    linked = (
        _with_needs(install, needs.get(name, ()) if needs else (), keys)
        for name, install in zip(placed, installs, strict=True)
    )
    told_gaps = tuple(gaps)
    if not known and not told_gaps:
        told_gaps = (Gap(where=Where(), message=Message("document-without-packages", {})),)
    whole = tuple(linked)
    return SbomDocument(
        form=form,
        subject=subject,
        distribution=distribution,
        installs=whole,
        gaps=(*told_gaps, *(_without_sources(whole) if form != "seamline" else ())),
    )


def _with_needs(install: Install, needs: Sequence[str], keys: Mapping[str, str]) -> Install:
    """Of what is linked into one program alone: a document tells of all others what may be needed, not what is."""
    if install.package.ecosystem not in _LINKED or not needs:
        return install
    return msgspec.structs.replace(install, depends=tuple(keys[name] for name in needs if name in keys))


def housed(
    rows: Iterable[Row], houses: Mapping[str, str], needs: Mapping[str, Sequence[str]]
) -> Iterator[Row]:
    """The rows with the files that they lie in, where a document tells a file (`houses`, its path by its name) and what it
    needs: so Trivy tells programs and archives. What lies in several is told nowhere."""
    places: dict[str, set[str]] = {}
    for house, path in houses.items():
        left, seen = [house], {house}
        while left:
            for name in needs.get(left.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    left.append(name)
                    places.setdefault(name, set()).add(path)
    for name, install in rows:
        found = places.get(name, set())
        if not install.proofs and not install.package.is_distributed and len(found) == 1:
            yield name, msgspec.structs.replace(install, proofs=install_of(install.package, found).proofs)
        else:
            yield name, install


def _apart(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, none under the name of another: of what a document fails to name, or names alike, all is installed that
    differs."""
    told: dict[str, set[str]] = {}
    for at, (name, install) in enumerate(rows):
        alike = told.setdefault(name, set())
        key = install_key(install)
        if key not in alike:
            yield (f"{name}\0{at}" if alike or not name else name), install
        alike.add(key)


def _without_sources(installs: Iterable[Install]) -> Iterator[Gap]:
    """What distributions track by source is looked up by its own name alone where a document tells no source at all."""
    packages = [each.package for each in installs if each.package.ecosystem in _BY_SOURCE]
    if packages and not any(each.source_name for each in packages):
        yield Gap(where=Where(), message=Message("document-without-sources", {"number": len(packages)}))


def _owners_by_place(installs: Mapping[str, Install]) -> dict[str, str]:
    """Owners that a document's form has no room for: what stands in a distribution's own folder for a language is its
    package's of the same name, where that is installed."""
    systems = {
        install.package.name: name for name, install in installs.items() if install.package.is_distributed
    }
    found = {}
    for name, install in installs.items():
        for ecosystem, folder, spelt in _OWN_FOLDERS:
            if install.package.ecosystem == ecosystem and any(map(folder.match, install.proofs)):
                owner = systems.get(spelt.format(install.package.name.lower().replace("_", "-")))
                if owner is not None:
                    found[name] = owner
    return found


def _placed(install: Install, distribution: Distribution | None) -> Install:
    """A distribution's package with its release, and by the name that its distribution gives itself, as one that is read in
    an image has it: makers of SBOMs write `redhat` or `rhel`, `suse` or `sles`."""
    package = install.package
    if not package.is_distributed:
        return install
    own = package.distribution
    if own is None and distribution is not None and not may_be_of(package, distribution):
        return install  # of another root, which the document does not tell of
    is_named = own is not None and (
        own.version_id or own.codename or distribution is None or own.id != distribution.id
    )
    whose = own if is_named and not _is_same(own, distribution) else distribution
    if whose is None or not whose.id:
        return install
    package = msgspec.structs.replace(package, distribution=whose, namespace=whose.id)
    return msgspec.structs.replace(install, package=package)


def _is_same(one: Distribution | None, other: Distribution | None) -> bool:
    return one is not None and other is not None and (one.id, one.version_id) == (other.id, other.version_id)


def unknown_package(name: str) -> Gap:
    shown = name[:200] or "?"
    return Gap(where=Where(), message=Message("package-without-purl", {"name": shown}))
