"""Findings as a GitLab container scanning report. Source: GitLab security report schemas 15.2, container_scanning.

GitLab refuses a whole report for one field that its schema does not know, so what an advisory says is written only in that form.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec

from seamline.expression import expression
from seamline.model.finding import Finding, ScanReport
from seamline.render.gaps import gap_text
from seamline.render.scan_acts import due_words
from seamline.render.words import say

_IDS = uuid.UUID("2b7c3f5e-5b0e-4b77-9d7e-8f3f4d1b6a20")
_VERSION = "15.2.1"
# CVSS 2 bare, CVSS 3 with its prefix; the schema has no CVSS 4
_V2 = (
    r"AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(?:U|POC|F|H|ND)|RL:(?:OF|TF|W|U|ND)|RC:(?:UC|UR|C|ND)"
    r"|CDP:(?:N|L|LM|MH|H|ND)|TD:(?:N|L|M|H|ND)|[CIA]R:(?:L|M|H|ND)"
)
_V3 = (
    r"AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]"
    r"|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH]"
)
_VECTOR = expression(
    rf"(?=.{{16,128}}\Z)(?:{_V2})(?:/(?:{_V2}))*|(?=.{{32,128}}\Z)CVSS:3\.[01](?:/(?:{_V3}))+"
)
_VECTORS = 10
_KINDS = (
    (expression(r"^CVE-"), "cve", "https://nvd.nist.gov/vuln/detail/{}"),
    (expression(r"^GHSA-"), "ghsa", "https://github.com/advisories/{}"),
    (expression(r""), "osv", "https://osv.dev/vulnerability/{}"),
)


def write_gitlab(reports: Sequence[ScanReport]) -> bytes:
    """One document for all images; suppressed findings are left out, as GitLab has no place for them."""
    newest = max(report.as_of for report in reports)
    tool = {
        "id": "seamline",
        "name": "Seamline",
        "version": reports[0].seamline,
        "vendor": {"name": "Seamline"},
    }
    document = {
        "version": _VERSION,
        "vulnerabilities": [
            _vulnerability(each, report)
            for report in reports
            for each in report.findings
            if not each.suppressed
        ],
        "remediations": [],
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "container_scanning",
            "messages": [
                {"level": "warn", "value": f"{report.image.reference}: not checked: {gap_text(gap, 'en')}"}
                for report in reports
                for gap in report.gaps
            ],
            "start_time": newest[:19],
            "end_time": newest[:19],
            "status": "success",
        },
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _vulnerability(finding: Finding, report: ScanReport) -> dict[str, Any]:
    steps = [say(action.message, "en") for action in report.actions if action.key in finding.actions]
    vectors = _vectors(finding)
    return {
        "id": str(uuid.uuid5(_IDS, f"{report.image.reference} {finding.key}")),
        # one name a flaw: the schema asks for nothing of the single finding here
        "name": (f"{finding.id}: {finding.summary}" if finding.summary else finding.id)[:255],
        "description": f"{finding.summary} [{finding.side.value} side, owner: {finding.owner}]"[:1000],
        "severity": {"negligible": "Info"}.get(finding.severity, finding.severity.capitalize()),
        "solution": "; ".join(steps)[:7000] or finding.status,
        "location": {
            "dependency": {"package": {"name": finding.package}, "version": finding.version},
            "operating_system": _system(report),
            "image": report.image.reference or "-",
        },
        "identifiers": [_identifier(name) for name in (finding.id, *finding.aliases)[:20]],
        **({"cvss_vectors": vectors} if vectors else {}),
        "links": [{"url": _identifier(finding.id)["url"]}],
        "details": {
            "side": {"name": "Side", "type": "text", "value": finding.side.value},
            "stratum": {"name": "Part", "type": "text", "value": finding.stratum or "-"},
            "owner": {"name": "Owner", "type": "text", "value": finding.owner or "-"},
            "deadline": {
                "name": "Deadline",
                "type": "text",
                "value": due_words(finding, "en") or "-",
            },
        },
    }


def _vectors(finding: Finding) -> list[dict[str, str]]:
    """The ratings that GitLab reads; records do not say who made them."""
    read = dict.fromkeys(score.text for score in finding.scores if _VECTOR.fullmatch(score.text))
    return [{"vendor": "unknown", "vector": vector} for vector in list(read)[:_VECTORS]]


def _system(report: ScanReport) -> str:
    found = report.distribution
    return f"{found.id} {found.version_id}".strip() if found is not None else "unknown"


def _identifier(name: str) -> dict[str, str]:
    kind, address = next((kind, address) for pattern, kind, address in _KINDS if pattern.match(name))
    return {"type": kind, "name": name, "value": name, "url": address.format(name)}
