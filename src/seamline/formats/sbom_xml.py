"""CycloneDX in XML -> the same document as JSON has it. Source: CycloneDX 1.6 XML schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from seamline.errors import Malformed, Unsupported
from seamline.formats.json_document import check_size

_NAMESPACE = "{http://cyclonedx.org/schema/bom/"
_MOST_DEPTH = 8
_TEXTS = ("group", "name", "version", "purl", "cpe", "description")


class _NoDoctype(ET.TreeBuilder):
    """A tree of elements; what declares a document type is refused before any of its entities is read."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ET.ParseError(f"a document type {name}, {pubid}, {system}")


def parse_cyclonedx_xml(data: bytes, where: str, most_bytes: int) -> Mapping[str, Any]:
    """The document's components and what it is about.

    Raises:
        Bomb: it is larger than `most_bytes`.
        Malformed: it is no XML, or declares a document type.
        Unsupported: XML of another kind.
    """
    check_size(data, where, most_bytes)
    try:
        root = ET.fromstring(data, ET.XMLParser(target=_NoDoctype()))  # noqa: S314 - see above
    except (ET.ParseError, ValueError, LookupError) as fault:
        raise Malformed(
            where, expected="XML", got=str(fault)[:120], hint="the file is damaged or something else"
        ) from fault
    if not root.tag.startswith(_NAMESPACE) or not root.tag.endswith("}bom"):
        raise Unsupported(
            where,
            expected="an SBOM (CycloneDX in JSON or XML, SPDX 2 in JSON or as tags and values, Syft, Seamline)",
            got="XML of another kind",
            hint="write it in one of these forms",
        )
    prefix = root.tag.removesuffix("bom")
    about = root.find(f"{prefix}metadata/{prefix}component")
    return {
        "bomFormat": "CycloneDX",
        "metadata": {"component": _component(about, prefix, _MOST_DEPTH)} if about is not None else {},
        "components": _components(root, prefix, 0),
    }


def _components(holder: ET.Element, prefix: str, depth: int) -> list[dict[str, Any]]:
    return [
        _component(each, prefix, depth) for each in holder.iterfind(f"{prefix}components/{prefix}component")
    ]


def _component(element: ET.Element, prefix: str, depth: int) -> dict[str, Any]:
    told: dict[str, Any] = {"type": element.get("type", ""), "bom-ref": element.get("bom-ref", "")}
    for name in _TEXTS:
        told[name] = (element.findtext(f"{prefix}{name}") or "").strip()
    told["properties"] = [
        {"name": each.get("name", ""), "value": (each.text or "").strip()}
        for each in element.iterfind(f"{prefix}properties/{prefix}property")
    ]
    places = element.iterfind(f"{prefix}evidence/{prefix}occurrences/{prefix}occurrence/{prefix}location")
    told["evidence"] = {"occurrences": [{"location": (each.text or "").strip()} for each in places]}
    if depth < _MOST_DEPTH:
        told["components"] = _components(element, prefix, depth + 1)
    return told
