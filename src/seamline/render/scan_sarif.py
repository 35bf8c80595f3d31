"""Findings as SARIF 2.1.0, as code scanning services take it. Source: OASIS SARIF 2.1.0; GitHub, "SARIF support"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seamline.model.finding import Finding, ScanReport
from seamline.render.sarif import LEVELS, SCORES, document, run, uri
from seamline.render.words import say

_ROOT = {"ROOT": {"uri": "file:///", "description": {"text": "the image's root"}}}


def write_sarif(reports: Sequence[ScanReport]) -> bytes:
    """One run an image; the same reports give the same bytes."""
    return document(_run(report) for report in reports)


def _run(report: ScanReport) -> dict[str, Any]:
    ids = sorted({each.id for each in report.findings})
    places = {name: at for at, name in enumerate(ids)}
    first = {each.id: each for each in reversed(report.findings)}
    properties = {"image": report.image.reference, "digest": report.image.digest or "", "asOf": report.as_of}
    whole = run(
        version=report.seamline,
        identity=f"seamline/{report.image.reference}/",
        rules=[_rule(first[name]) for name in ids],
        results=[_result(each, places[each.id], report) for each in report.findings],
        bases=_ROOT,
        unchecked=[say(gap.message, "en") for gap in report.gaps],
        end_time=report.as_of,
    )
    return whole | {"properties": properties}


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
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {
            "tags": ["security", "vulnerability", finding.ecosystem],
            "precision": "very-high",
            "security-severity": f"{finding.score or SCORES[finding.severity]:.1f}",
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
        "level": LEVELS[finding.severity],
        "message": {"text": f"{text}. {steps}".strip()},
        "locations": [_location(finding, path) for path in finding.paths[:1] or ("",)],
        # GitHub heeds its own name alone: without it flaws of one name in one file are one alert
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.key}:1", "seamlineKey/v1": finding.key},
        "properties": {
            "side": finding.side.value,
            "owner": finding.owner,
            "stratum": finding.stratum,
            **({"layer": finding.layer} if finding.layer is not None else {}),
            "purl": finding.purl,
            "fixedIn": list(finding.fixed_in),
            "deadline": finding.deadline.due if finding.deadline else "",
            "deadlineCountedFrom": finding.deadline.since if finding.deadline else "",
            "deadlineBecause": finding.deadline.because if finding.deadline else "",
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
    part = finding.stratum or "image"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(path) or "image", "uriBaseId": "ROOT"},
            # services show a line; a package has none
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {"name": finding.package, "fullyQualifiedName": f"{path}{inside}", "kind": "module"}
        ],
        "message": {"text": part if finding.layer is None else f"layer {finding.layer} ({part})"},
    }
