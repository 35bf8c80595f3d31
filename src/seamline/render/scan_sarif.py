"""Findings as SARIF 2.1.0, as code scanning services take it. Source: OASIS SARIF 2.1.0; GitHub, "SARIF support"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from seamline.model.finding import Finding, ScanReport
from seamline.render.words import say

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/seamline/seamline"
_LEVELS = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "unknown": "warning",
    "low": "note",
    "negligible": "note",
}
_SCORES = {"critical": 9.5, "high": 8.0, "medium": 5.5, "low": 2.0, "negligible": 0.1, "unknown": 5.0}


def write_sarif(reports: Sequence[ScanReport]) -> bytes:
    """One run an image; the same reports give the same bytes."""
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _run(report: ScanReport) -> dict[str, Any]:
    ids = sorted({each.id for each in report.findings})
    places = {name: at for at, name in enumerate(ids)}
    first = {each.id: each for each in reversed(report.findings)}
    return {
        "tool": {
            "driver": {
                "name": "seamline",
                "version": report.seamline,
                "semanticVersion": report.seamline,
                "informationUri": _HOME,
                "rules": [_rule(first[name]) for name in ids],
            }
        },
        "automationDetails": {"id": f"seamline/{report.image.reference}/"},
        "originalUriBaseIds": {"ROOT": {"uri": "file:///", "description": {"text": "the image's root"}}},
        "invocations": [
            {
                "executionSuccessful": True,
                "endTimeUtc": report.as_of,
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": f"not checked: {say(gap.message, 'en')}"}}
                    for gap in report.gaps
                ],
            }
        ],
        "results": [_result(each, places[each.id], report) for each in report.findings],
        "columnKind": "utf16CodeUnits",
        "properties": {
            "image": report.image.reference,
            "digest": report.image.digest or "",
            "asOf": report.as_of,
        },
    }


def _rule(finding: Finding) -> dict[str, Any]:
    link = f"https://osv.dev/vulnerability/{finding.id}"
    text = finding.summary or finding.id
    return {
        "id": finding.id,
        "name": "KnownVulnerability",
        "shortDescription": {"text": f"{finding.id}: {text}"[:1000]},
        "fullDescription": {"text": text[:1000]},
        "helpUri": link,
        "help": {"text": f"{text}\n{link}", "markdown": f"[{finding.id}]({link})"},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {
            "tags": ["security", "vulnerability", finding.ecosystem],
            "precision": "very-high",
            "security-severity": f"{finding.score or _SCORES[finding.severity]:.1f}",
        },
    }


def _result(finding: Finding, rule: int, report: ScanReport) -> dict[str, Any]:
    actions = [action for action in report.actions if action.key in finding.actions]
    fixed = f"fixed in {', '.join(finding.fixed_in)}" if finding.fixed_in else finding.status
    text = f"{finding.package} {finding.version} ({finding.side.value} side, {finding.owner}): {fixed}"
    steps = "; ".join(f"{say(action.message, 'en')}" for action in actions)
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{text}. {steps}".strip()},
        "locations": [_location(finding, path) for path in finding.paths[:1] or ("",)],
        "partialFingerprints": {"seamlineKey/v1": finding.key},
        "properties": {
            "side": finding.side.value,
            "owner": finding.owner,
            "stratum": finding.stratum,
            "layer": finding.layer,
            "purl": finding.purl,
            "fixedIn": list(finding.fixed_in),
            "deadline": finding.deadline.due if finding.deadline else "",
            "kev": finding.kev,
        },
    }
    if finding.suppressed:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": finding.suppressed_why}
        ]
    return result


def _location(finding: Finding, path: str) -> dict[str, Any]:
    inside = f"!{finding.inside}" if finding.inside else ""
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(path) or "image", "uriBaseId": "ROOT"},
            # services show a line; a package has none
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {"name": finding.package, "fullyQualifiedName": f"{path}{inside}", "kind": "module"}
        ],
        "message": {"text": f"layer {finding.layer} ({finding.stratum})"},
    }


def _uri(path: str) -> str:
    return "".join(_quoted(path))


def _quoted(path: str) -> Iterable[str]:
    for char in path:
        if char.isascii() and (char.isalnum() or char in "-._~/+@!,"):
            yield char
        else:
            yield from (f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
