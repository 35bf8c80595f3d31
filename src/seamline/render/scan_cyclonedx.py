"""Findings beside the packages they are about, as CycloneDX 1.6. Source: CycloneDX 1.6, `vulnerabilities`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from seamline.model.advisory import Score
from seamline.model.finding import Finding, ScanReport
from seamline.model.report import SbomReport
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.words import say

_METHODS = {"CVSS_V2": "CVSSv2", "CVSS_V3": "CVSSv31", "CVSS_V4": "CVSSv4"}
_SEVERITIES = {"negligible": "info"}
_OSV = "https://osv.dev/vulnerability/"


def write_scan_cyclonedx(report: ScanReport, sbom: SbomReport) -> bytes:
    """One document with components and vulnerabilities."""
    known = {package.key for package in sbom.packages}
    whole = msgspec.structs.replace(sbom, gaps=report.gaps)
    return write_cyclonedx(whole, [_vulnerability(each, report, known) for each in report.findings])


def _vulnerability(finding: Finding, report: ScanReport, known: set[str]) -> dict[str, Any]:
    steps = [say(action.message, "en") for action in report.actions if action.key in finding.actions]
    made: dict[str, Any] = {
        "bom-ref": f"vulnerability-{finding.key}-{finding.version}",
        "id": finding.id,
        "source": {"name": "OSV", "url": f"{_OSV}{finding.id}"},
        "references": [{"id": name, "source": {"url": f"{_OSV}{name}"}} for name in finding.aliases],
        "ratings": list(_ratings(finding)),
        "description": finding.summary,
        "recommendation": "; ".join(steps),
        "published": f"{finding.published}T00:00:00Z" if finding.published else "",
        "affects": [{"ref": finding.install if finding.install in known else "image"}],
        "properties": list(_properties(finding)),
    }
    if finding.suppressed:
        made["analysis"] = {"state": "not_affected", "detail": finding.suppressed_why}
    return {name: value for name, value in made.items() if value}


def _ratings(finding: Finding) -> Iterator[dict[str, Any]]:
    yield {"severity": _SEVERITIES.get(finding.severity, finding.severity), "source": {"name": "seamline"}}
    for score in finding.scores:
        yield from _rating(score)


def _rating(score: Score) -> Iterator[dict[str, Any]]:
    if score.kind in _METHODS:
        method = "CVSSv3" if score.text.startswith("CVSS:3.0") else _METHODS[score.kind]
        yield {"method": method, "vector": score.text, "score": score.number}


def _properties(finding: Finding) -> Iterator[dict[str, str]]:
    values: Sequence[tuple[str, str]] = (
        ("side", finding.side.value),
        ("owner", finding.owner),
        ("publisher", finding.publisher),
        ("status", finding.status),
        ("fixed-in", " ".join(finding.fixed_in)),
        ("due", finding.deadline.due if finding.deadline else ""),
        ("due-counted-from", finding.deadline.since if finding.deadline else ""),
        ("due-because", finding.deadline.because if finding.deadline else ""),
        ("kev", finding.kev_due if finding.kev else ""),
        ("epss", f"{finding.epss:.5f}" if finding.epss >= 0 else ""),
        ("key", finding.key),
    )
    return ({"name": f"seamline:{name}", "value": value} for name, value in values if value)
