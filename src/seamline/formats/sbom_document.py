"""SBOMs -> what they say is installed: CycloneDX 1.2 to 1.6 in JSON and XML, SPDX 2.2 and 2.3 in JSON and as tags and values,
Syft's own form, Seamline's own; also in what a registry or a build wraps around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from seamline.errors import Malformed, Unsupported
from seamline.formats.json_document import mapping, mappings, parse_json, string, texts
from seamline.formats.sbom_cyclonedx import read_cyclonedx
from seamline.formats.sbom_rows import (
    Row,
    finished,
    install_of,
    layer_told,
    unknown_package,
)
from seamline.formats.sbom_spdx import read_spdx
from seamline.formats.sbom_syft import read_syft
from seamline.formats.wrapped_document import SBOM, is_wrapped, unwrapped
from seamline.model.document import SbomDocument
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Side
from seamline.model.purl import parse_purl

MOST_BYTES = 512 << 20
_OWN = "seamline.sbom/1"


def parse_sbom_document(data: bytes, where: str) -> SbomDocument:
    """What the document says is installed.

    Raises:
        Malformed: it is none of the forms, or damaged.
        Unsupported: a form or version of one that is not read.
    """
    document = _document(data, where)
    if document.get("bomFormat") == "CycloneDX":
        return read_cyclonedx(document)
    if str(document.get("spdxVersion", "")).startswith("SPDX-2"):
        return read_spdx(document)
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


def _document(data: bytes, where: str) -> Mapping[str, Any]:
    """The document as JSON has it, whatever it is written in and wrapped in."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        from seamline.formats.sbom_xml import parse_cyclonedx_xml  # noqa: PLC0415 - few write it

        return parse_cyclonedx_xml(data, where, MOST_BYTES)
    if head.startswith(b"SPDXVersion:") or (head.startswith(b"#") and b"\nSPDXVersion:" in head):
        from seamline.formats.sbom_tags import parse_spdx_tags  # noqa: PLC0415 - few write it

        return parse_spdx_tags(data, where, MOST_BYTES)
    document = parse_json(data, dict[str, Any], where, MOST_BYTES)
    return unwrapped(document, where, MOST_BYTES, SBOM) if is_wrapped(document) else document


def _seamline(document: Mapping[str, Any]) -> SbomDocument:
    rows: list[Row] = []
    gaps: list[Gap] = []
    owners: dict[str, str] = {}
    needs: dict[str, list[str]] = {}
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
        needs[name] = texts(line.get("depends"))
    try:
        named = document.get("distribution")
        distribution = msgspec.convert(named, Distribution) if named else None
    except msgspec.ValidationError:
        distribution = None
    image = mapping(document.get("image"))
    told = finished("seamline", string(image.get("reference")), rows, distribution, owners, gaps, needs)
    return msgspec.structs.replace(told, layers=len(list(mappings(image.get("layers")))))
