"""An earlier report of ours -> the keys of the findings that counted in it: from JSON, SARIF or CycloneDX, which all have them.

Source: SARIF 2.1.0, 3.27.17 and 3.27.23; CycloneDX 1.6 JSON reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.formats.json_document import mapping, mappings, parse_json, string
from seamline.formats.stranger import stranger

_KEY = "seamlineKey/v1"
_BLANKS = expression(r"[ \t\r\n]*")
Told = Mapping[str, Any]


def parse_known_findings(data: bytes, name: str, most_bytes: int) -> frozenset[str]:
    """The keys; of one document, however it is laid out, or of several one behind the other.

    Raises:
        Malformed: it is damaged, or no report of findings that we wrote.
        Bomb: it is larger than `most_bytes`.
    """
    return frozenset(
        key for document in _documents(data, name, most_bytes) for key in _keys(document, data, name)
    )


def _documents(data: bytes, name: str, most_bytes: int) -> Iterator[Told]:
    try:
        yield parse_json(data, dict[str, Any], name, most_bytes)
        return
    except Malformed as fault:
        first = fault
    try:
        text, at, decoder = data.decode("utf-8-sig"), 0, json.JSONDecoder()
        found = []
        while at < len(text):
            document, end = decoder.raw_decode(text, at)
            found.append(mapping(document))
            blanks = _BLANKS.match(text, end)
            at = blanks.end() if blanks is not None else end
    except (ValueError, RecursionError):
        found = []
    if not found:
        raise _no_report(data, name, first.got)
    yield from found


def _keys(document: Told, data: bytes, name: str) -> Iterator[str]:
    if string(document.get("schema")).startswith("seamline.scan/"):
        told = mappings(document.get("findings"))
        yield from (string(each.get("key")) for each in told if not each.get("suppressed"))
    elif isinstance(document.get("runs"), list) and all(map(_is_ours, mappings(document["runs"]))):
        results = [each for run in mappings(document["runs"]) for each in mappings(run.get("results"))]
        counted = [each for each in results if not each.get("suppressions")]
        yield from (string(mapping(each.get("partialFingerprints")).get(_KEY)) for each in counted)
    elif document.get("bomFormat") == "CycloneDX" and _is_made_by_us(document):
        counted = [each for each in mappings(document.get("vulnerabilities")) if "analysis" not in each]
        yield from (_property(each, "seamline:key") for each in counted)
    else:
        raise _no_report(data, name, "another document")


def _is_ours(run: Told) -> bool:
    """Whether a run of SARIF is a scan of ours: those of the audit and of lint have fingerprints of another kind."""
    results = mappings(run.get("results"))
    is_named = string(mapping(mapping(run.get("tool")).get("driver")).get("name")).casefold() == "seamline"
    return is_named and all(_KEY in mapping(each.get("partialFingerprints")) for each in results)


def _is_made_by_us(document: Told) -> bool:
    tools = mapping(mapping(document.get("metadata")).get("tools"))
    return any(each.get("name") == "seamline" for each in mappings(tools.get("components")))


def _property(each: Told, name: str) -> str:
    return next(
        (string(p.get("value")) for p in mappings(each.get("properties")) if p.get("name") == name), ""
    )


def _no_report(data: bytes, name: str, got: str) -> Malformed:
    found = stranger(data, name)
    return Malformed(
        name,
        expected="a report that seamline scan wrote as json, sarif or cyclonedx-json",
        got=found.kind if found is not None else got,
        hint="write it with seamline scan IMAGE -f json -o FILE",
    )
