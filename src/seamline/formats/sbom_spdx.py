"""SPDX 2 -> what it says is installed. Source: SPDX 2.3 clauses 7, 8 and 11."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from seamline.expression import expression
from seamline.formats.json_document import mappings, string, texts
from seamline.formats.sbom_rows import (
    GROUPS,
    OWNS,
    Row,
    finished,
    housed,
    install_of,
    layer_told,
    unknown_package,
)
from seamline.model.document import SbomDocument
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Package, Side
from seamline.model.purl import distribution_id, parse_purl

_SYSTEM_ID = "SPDXRef-OperatingSystem"
_SOURCES = frozenset(("bitbucket", "generic", "github", "gitlab"))
"""Kinds of purl that may name what a package was built from."""
_OWN_SOURCE = expression(
    r"side (system|application|unknown)(?:; layer (\d{1,5})(?:->(\d{1,5}))?)?; read from (?:the image|(/.*))",
    re.DOTALL,
)


def read_spdx(document: Mapping[str, Any]) -> SbomDocument:
    """What the document says is installed. Where a package tells no place, the files that it contains do, as Trivy has it."""
    rows: list[Row] = []
    gaps: list[Gap] = []
    houses: dict[str, str] = {}
    distribution = None
    edges = mappings(document.get("relationships"))
    described = {*texts(document.get("documentDescribes")), *_related(edges, "DESCRIBES")}
    files = _files(document, edges)
    sources = _related(edges, "GENERATED_FROM")
    for each in mappings(document.get("packages")):
        name = string(each.get("SPDXID"))
        purpose = string(each.get("primaryPackagePurpose")).replace("_", "-")
        if purpose == "SOURCE" or name in sources:  # what something was built from is not installed
            continue
        if purpose == "OPERATING-SYSTEM" or name.startswith(_SYSTEM_ID):
            distribution = Distribution(
                id=distribution_id(string(each.get("name"))), version_id=string(each.get("versionInfo"))
            )
            continue
        package = _identified(each)
        if package is not None and package.ecosystem not in ("oci", "docker"):
            told = string(each.get("sourceInfo"))
            install = install_of(_built_from(package, told), **_source(told))
            if not install.proofs and not package.is_distributed:
                paths = files.get(name, ())
                install = msgspec.structs.replace(install, proofs=install_of(package, paths).proofs)
            rows.append((name, install))
        elif (
            package is None
            and name not in described
            and purpose != "CONTAINER"
            and not _is_group(each, purpose)
        ):
            gaps.append(unknown_package(string(each.get("name"))))
        elif package is None and _is_group(each, purpose):
            houses[name] = string(each.get("name"))
    systems = {name for name, install in rows if install.package.is_distributed}
    owners = {
        string(edge.get("relatedSpdxElement")): string(edge.get("spdxElementId"))
        for edge in edges
        if string(edge.get("spdxElementId")) in systems
        and (edge.get("relationshipType") == "CONTAINS" or OWNS in string(edge.get("comment")))
    }
    needs = _needs(edges)
    placed = housed(rows, houses, needs)
    return finished("spdx", string(document.get("name")), placed, distribution, owners, gaps, needs)


def _related(edges: Sequence[Mapping[str, Any]], kind: str) -> set[str]:
    """What stands at the far end of every relation of a kind."""
    return {string(e.get("relatedSpdxElement")) for e in edges if e.get("relationshipType") == kind}


def _needs(edges: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What each element needs or holds."""
    found: dict[str, list[str]] = {}
    for edge in edges:
        ends = string(edge.get("spdxElementId")), string(edge.get("relatedSpdxElement"))
        kind = edge.get("relationshipType")
        if kind in ("DEPENDS_ON", "CONTAINS"):
            found.setdefault(ends[0], []).append(ends[1])
        elif kind == "DEPENDENCY_OF":
            found.setdefault(ends[1], []).append(ends[0])
    return found


def _identified(package: Mapping[str, Any]) -> Package | None:
    """What its purls say it is. apko names what it was built from beside it, by purls of their own."""
    locators = (
        string(r.get("referenceLocator"))
        for r in mappings(package.get("externalRefs"))
        if string(r.get("referenceType")).endswith("purl")  # by its address in SPDX 2.1
    )
    named = [each for each in map(parse_purl, locators) if each is not None]
    return next((each for each in named if each.ecosystem not in _SOURCES), named[0] if named else None)


def _files(document: Mapping[str, Any], edges: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The files that packages contain, by the names that both have in the document."""
    names = {
        string(each.get("SPDXID")): string(each.get("fileName")) for each in mappings(document.get("files"))
    }
    found: dict[str, list[str]] = {}
    for edge in edges if names else ():
        path = names.get(string(edge.get("relatedSpdxElement")), "")
        if path and edge.get("relationshipType") == "CONTAINS":
            found.setdefault(string(edge.get("spdxElementId")), []).append(path)
    return found


def _is_group(package: Mapping[str, Any], purpose: str) -> bool:
    return purpose.lower() in GROUPS and not package.get("versionInfo")


def _built_from(package: Package, info: str) -> Package:
    """`built package from: openssl 3.0.7-27.el9`, as Trivy writes it; an epoch stands before the version."""
    told = info.removeprefix("built package from: ").split(" ")
    if not package.is_distributed or package.source_name or len(told) != 2 or told[0] == info:
        return package
    return msgspec.structs.replace(package, source_name=told[0], source_version=told[1])


def _source(info: str) -> dict[str, Any]:
    """Where a package was read: `acquired package info from ...: /usr/lib/x` of Syft, and with its side what we write."""
    own = _OWN_SOURCE.fullmatch(info)
    if own is None:
        return {"paths": [info.rpartition(": ")[2].partition(",")[0].strip() if ": /" in info else ""]}
    side, origin, current, paths = own.groups()
    path, _, inside = (paths or "").partition(", /")[0].partition("!")
    layers = (layer_told(origin), layer_told(current or origin))
    return {"paths": [path], "inside": inside, "side": Side(side), "layers": layers}
