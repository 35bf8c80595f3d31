"""What the lists of findings of all forms have in common: copies that a row cannot tell apart, and what fixes a flaw."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from seamline.model.finding import Finding
from seamline.render.words import word


def alike(findings: Iterable[Finding], most: int) -> list[list[Finding]]:
    """The first `most` rows of a list: findings that follow each other and differ in nothing but their place are one."""
    rows: list[list[Finding]] = []
    for _, group in groupby(findings, _shown):
        if len(rows) == most:
            break
        rows.append(list(group))
    return rows


def _shown(finding: Finding) -> tuple[object, ...]:
    due = finding.deadline.due if finding.deadline is not None else ""
    return (finding.id, finding.package, finding.version, finding.fixed_in, finding.side, finding.severity,
            finding.status, finding.origin_layer, finding.layer, finding.kev, due, finding.suppressed_why)  # fmt: skip


def fixed_words(finding: Finding, language: str) -> str:
    """What fixes it, or why nothing does; of an end of support the day when it came."""
    if finding.ecosystem == "end of life":
        return word("support-over", language, day=finding.published)
    return ", ".join(finding.fixed_in) or word(f"status-{finding.status.replace(' ', '-')}", language)
