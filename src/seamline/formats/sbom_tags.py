"""SPDX as tags and values -> the same document as JSON has it. Source: SPDX 2.3 clauses 4 and 7 to 11, "Tag/value format"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamline.errors import Malformed
from seamline.formats.json_document import check_size

_OF_PACKAGES = {
    "PackageVersion": "versionInfo",
    "PackageSourceInfo": "sourceInfo",
    "PrimaryPackagePurpose": "primaryPackagePurpose",
    "SPDXID": "SPDXID",
}
_OTHERS = frozenset(("FileName", "SnippetSPDXID", "LicenseID", "Annotator", "Reviewer"))
"""Tags that begin something of which nothing is asked."""
_OPEN, _CLOSE = "<text>", "</text>"
_PURL = "purl"
_EDGE = 3


def parse_spdx_tags(data: bytes, where: str, most_bytes: int) -> Mapping[str, Any]:
    """The document's version, name, packages, files and relationships.

    Raises:
        Bomb: it is larger than `most_bytes`.
        Malformed: it is no UTF-8, or a text in it has no end.
    """
    check_size(data, where, most_bytes)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Malformed(
            where, expected="UTF-8", got=str(fault)[:80], hint="the file is damaged or something else"
        ) from fault
    packages: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    edges: list[dict[str, str]] = []
    told: dict[str, Any] = {"packages": packages, "files": files, "relationships": edges}
    holder: dict[str, Any] = told
    for tag, value in _pairs(text, where):
        if tag == "PackageName":
            holder = {"name": value, "externalRefs": []}
            packages.append(holder)
        elif tag in _OTHERS:
            holder = {"fileName": value} if tag == "FileName" else {}
            files.extend([holder] if tag == "FileName" else [])
        elif tag == "Relationship" and len(parts := value.split()) == _EDGE:
            edges.append(
                dict(zip(("spdxElementId", "relationshipType", "relatedSpdxElement"), parts, strict=True))
            )
        elif tag == "RelationshipComment" and edges:
            edges[-1]["comment"] = value
        elif tag == "ExternalRef" and holder in packages[-1:]:
            _, _, named = value.partition(" ")
            kind, _, locator = named.strip().partition(" ")
            holder["externalRefs"].append({"referenceType": kind, "referenceLocator": locator.strip()})
        elif tag in ("SPDXVersion", "DocumentName"):
            told["spdxVersion" if tag == "SPDXVersion" else "name"] = value
        elif tag in _OF_PACKAGES and holder is not told:
            holder[_OF_PACKAGES[tag]] = value
    return told


def _pairs(text: str, where: str) -> Iterator[tuple[str, str]]:
    """Tags with their values; a value in `<text>` may be of many lines."""
    lines = iter(text.splitlines())
    for line in lines:
        tag, colon, value = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        value = value.strip()
        if value.startswith(_OPEN):
            parts = [value.removeprefix(_OPEN)]
            while _CLOSE not in parts[-1]:
                more = next(lines, None)
                if more is None:
                    raise Malformed(
                        where,
                        expected=_CLOSE,
                        got="the end of the file",
                        hint="the file is damaged or something else",
                    )
                parts.append(more)
            value = "\n".join(parts).partition(_CLOSE)[0]
        yield tag.strip(), value
