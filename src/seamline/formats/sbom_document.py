"""SBOMs in JSON -> what they say is installed: CycloneDX 1.4 to 1.6, SPDX 2.2 and 2.3, Syft's own form, Seamline's own.

Source: SPDX 2.3 clauses 7 and 11; the others in their own modules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from seamline.errors import Malformed, Unsupported
from seamline.expression import expression
from seamline.formats.json_document import mapping, mappings, parse_json, string
from seamline.formats.sbom_cyclonedx import read_cyclonedx
from seamline.formats.sbom_rows import (
    GROUPS,
    OWNS,
    SYSTEM,
    Row,
    finished,
    install_of,
    layer_told,
    unknown_package,
)
from seamline.formats.sbom_syft import read_syft
from seamline.model.document import SbomDocument
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Package, Side
from seamline.model.purl import distribution_id, parse_purl

MOST_BYTES = 512 << 20
_OWN = "seamline.sbom/1"
_OWN_SOURCE = expression(
    r"side (system|application|unknown)(?:; layer (\d{1,5})(?:->(\d{1,5}))?)?; read from (?:the image|(/.*))",
    re.DOTALL,
)


def parse_sbom_document(data: bytes, where: str) -> SbomDocument:
    """What the document says is installed.

    Raises:
        Malformed: it is none of the forms, or damaged.
        Unsupported: an SBOM in XML or as tags and values.
    """
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"<", b"SPDXVersion:")):
        raise Unsupported(
            where, expected="an SBOM in JSON", got="XML or tags and values", hint="write it as JSON"
        )
    document = parse_json(data, dict[str, Any], where, MOST_BYTES)
    if document.get("bomFormat") == "CycloneDX":
        return read_cyclonedx(document)
    if str(document.get("spdxVersion", "")).startswith("SPDX-2"):
        return _spdx(document)
    schema = str(document.get("schema", ""))
    if schema == _OWN:
        return _seamline(document)
    if schema.startswith("seamline."):
        raise Unsupported(where, expected=_OWN, got=schema[:80], hint="write it with seamline sbom -f json")
    if isinstance(document.get("artifacts"), list) and "descriptor" in document:
        return read_syft(document)
    from seamline.formats import stranger as strange  # noqa: PLC0415 - only what is no SBOM needs it

    told = strange.stranger(data[: strange.MOST_BYTES], where)
    raise Malformed(
        where,
        expected="an image or an SBOM (CycloneDX, SPDX 2, Syft, Seamline)",
        got=told.kind if told is not None else "another document",
        hint=told.hint if told is not None else "write one with seamline sbom IMAGE -f cyclonedx-json",
    )


def _spdx(document: Mapping[str, Any]) -> SbomDocument:
    rows: list[Row] = []
    gaps: list[Gap] = []
    distribution = None
    told = document.get("documentDescribes")
    described = {string(each) for each in told} if isinstance(told, list) else set()
    edges = mappings(document.get("relationships"))
    described |= {
        string(e.get("relatedSpdxElement")) for e in edges if e.get("relationshipType") == "DESCRIBES"
    }
    for each in mappings(document.get("packages")):
        name, purpose = string(each.get("SPDXID")), string(each.get("primaryPackagePurpose"))
        if purpose == "OPERATING-SYSTEM":
            distribution = Distribution(
                id=distribution_id(string(each.get("name"))), version_id=string(each.get("versionInfo"))
            )
            continue
        purl = next(
            (
                string(r.get("referenceLocator"))
                for r in mappings(each.get("externalRefs"))
                if r.get("referenceType") == "purl"
            ),
            "",
        )
        package = parse_purl(purl)
        if package is not None and package.ecosystem not in ("oci", "docker"):
            told = string(each.get("sourceInfo"))
            rows.append((name, install_of(_built_from(package, told), **_source(told))))
        elif (
            package is None
            and name not in described
            and purpose != "CONTAINER"
            and not _is_group(each, purpose)
        ):
            gaps.append(unknown_package(string(each.get("name"))))
    systems = {name for name, install in rows if install.package.ecosystem in SYSTEM}
    owners = {
        string(edge.get("relatedSpdxElement")): string(edge.get("spdxElementId"))
        for edge in edges
        if string(edge.get("spdxElementId")) in systems
        and (edge.get("relationshipType") == "CONTAINS" or OWNS in string(edge.get("comment")))
    }
    return finished("spdx", string(document.get("name")), rows, distribution, owners, gaps)


def _is_group(package: Mapping[str, Any], purpose: str) -> bool:
    return purpose.lower() in GROUPS and not package.get("versionInfo")


def _built_from(package: Package, info: str) -> Package:
    """`built package from: openssl 3.0.7-27.el9`, as Trivy writes it; an epoch stands before the version."""
    told = info.removeprefix("built package from: ").split(" ")
    if package.ecosystem not in SYSTEM or package.source_name or len(told) != 2 or told[0] == info:
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


def _seamline(document: Mapping[str, Any]) -> SbomDocument:
    rows: list[Row] = []
    gaps: list[Gap] = []
    owners: dict[str, str] = {}
    for line in mappings(document.get("packages")):
        package = parse_purl(string(line.get("purl")))
        name = string(line.get("key"))
        if package is None:
            gaps.append(unknown_package(name))
            continue
        if package.ecosystem == "generic" and line.get("version"):
            package = msgspec.structs.replace(package, version=string(line.get("version")))
        side, layers = line.get("side"), (line.get("origin_layer"), line.get("current_layer"))
        paths = line.get("paths")
        rows.append(
            (
                name,
                install_of(
                    package,
                    [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else [],
                    side=Side(side) if side in tuple(Side) else Side.UNKNOWN,
                    stratum=string(line.get("stratum")),
                    supplier=string(line.get("supplier")),
                    inside=string(line.get("inside")),
                    layers=tuple(map(layer_told, layers)),
                ),
            )
        )
        owners[name] = string(line.get("owned_by"))
    try:
        named = document.get("distribution")
        distribution = msgspec.convert(named, Distribution) if named else None
    except msgspec.ValidationError:
        distribution = None
    image = mapping(document.get("image"))
    told = finished("seamline", string(image.get("reference")), rows, distribution, owners, gaps)
    return msgspec.structs.replace(told, layers=len(list(mappings(image.get("layers")))))
