"""How bad a finding is, in words: what to act by, with the CVSS base score and who said the word; what none at all means."""

from __future__ import annotations

from seamline.model.finding import Finding, ScanReport
from seamline.render.layout import plain
from seamline.render.words import word

_UNJUDGED = frozenset(
    ("advisories-not-there", "distribution-without-advisories", "ecosystem-without-advisories", "no-package-found",
     "packages-without-distribution", "release-not-told", "release-without-advisories", "supplier-without-advisories")
)  # fmt: skip
"""Gaps by which packages were not judged at all."""


def severity_words(finding: Finding, language: str) -> str:
    """The severity to act by and, where there is one, the base score beside it: `medium 9.8`."""
    told = word(f"severity-{finding.severity}", language)
    return f"{told} {finding.score:.1f}" if finding.score > 0 else told


def both_severities(finding: Finding, language: str) -> str:
    """The same with everybody's own word: `medium (CVSS 9.8, Ubuntu medium)`."""
    told = [f"CVSS {finding.score:.1f}"] if finding.score > 0 else []
    told += [
        f"{plain(each.kind)} {plain(each.text)}" for each in finding.scores if not each.number and each.text
    ]
    spelt = word(f"severity-{finding.severity}", language)
    return spelt + word("aside", language, text=", ".join(told)) if told else spelt


def is_judged(scan: ScanReport) -> bool:
    """Whether there were advisories to judge by: no finding without any is no clean result."""
    return scan.database.kind not in ("none", "starter") and not scan.database.missing


def nothing_found(scan: ScanReport, language: str) -> str:
    """What it means that a scan found nothing: without the advisories to look in, nothing was looked for."""
    if is_judged(scan):
        is_whole = all(gap.message.id not in _UNJUDGED for gap in scan.gaps)
        return word("nothing-found" if is_whole else "nothing-found-in-part", language)
    if scan.database.kind in ("none", "starter"):
        return word("page-not-judged", language)
    return word("page-feeds-missing", language, names=", ".join(scan.database.missing))
