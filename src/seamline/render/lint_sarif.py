"""Findings about Dockerfiles as SARIF 2.1.0, with their lines."""

from __future__ import annotations

from typing import Any

from seamline.model.linting import LintFile, LintFinding, LintReport
from seamline.render.sarif import LEVELS, SCORES, document, run, uri
from seamline.render.words import say

_ROOT = {"SRCROOT": {"uri": "file:///", "description": {"text": "where the Dockerfiles lie"}}}


def write_lint_sarif(report: LintReport) -> bytes:
    """One run with every file; the same report gives the same bytes."""
    findings = [(file, finding) for file in report.files for finding in file.findings]
    ids = sorted({finding.rule for _, finding in findings})
    places = {name: at for at, name in enumerate(ids)}
    first = {finding.rule: finding for _, finding in reversed(findings)}
    words = {line.id: (line.title, line.why, line.mend) for line in report.rules}
    return document(
        [
            run(
                version=report.seamline,
                identity="seamline/lint/",
                rules=[_rule(first[name], words.get(name)) for name in ids],
                results=[_result(file, finding, places[finding.rule]) for file, finding in findings],
                bases=_ROOT,
                unchecked=[
                    f"{file.name}: {say(gap.message, 'en')}" for file in report.files for gap in file.gaps
                ],
            )
        ]
    )


def _rule(finding: LintFinding, words: tuple[str, str, str] | None) -> dict[str, Any]:
    title, why, mend = words or (finding.title, "", "")
    rule: dict[str, Any] = {
        "id": finding.rule,
        "name": finding.rule,
        "shortDescription": {"text": title},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {
            "tags": ["dockerfile", finding.dimension.value],
            "security-severity": f"{SCORES[finding.severity]:.1f}",
        },
    }
    if why:
        rule["fullDescription"] = {"text": f"{title}: {why}."}
        rule["help"] = {"text": f"{why}. {mend}.", "markdown": f"**Why.** {why}.\n\n**Mend.** {mend}."}
    return rule


def _result(file: LintFile, finding: LintFinding, rule: int) -> dict[str, Any]:
    detail = f": {finding.detail}" if finding.detail else ""
    detail += f". {say(finding.advice, 'en')}" if finding.advice is not None else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.title}{detail}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(file.name.lstrip("/")), "uriBaseId": "SRCROOT"},
                    "region": {"startLine": finding.line, "endLine": finding.end_line},
                }
            }
        ],
        "properties": {
            "dimension": finding.dimension.value,
            "stage": finding.stage,
            "fixable": finding.fixable,
        },
    }
    if finding.ignored:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted"}]
    return result
