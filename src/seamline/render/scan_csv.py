"""Findings as a table for spreadsheets. Source: RFC 4180; a cell that a spreadsheet would run begins with a quote."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from seamline.expression import expression
from seamline.model.finding import Finding, ScanReport, place_of
from seamline.render.gaps import gap_text
from seamline.render.layout import plain

_COLUMNS = (
    "image", "id", "aliases", "severity", "score", "epss", "kev", "side", "owner", "publisher", "stratum", "layer", "package",
    "version", "fixed_in", "status", "purl", "path", "published", "due", "counted_from", "because", "days_left", "suppressed", "key", "not_checked",
)  # fmt: skip
_RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER = expression(r"-?\d+(?:\.\d+)?")


def write_csv(reports: Sequence[ScanReport]) -> bytes:
    """A line a finding below the line of the columns' names; then one for everything that could not be judged, with nothing but
    `image` and `not_checked`."""
    target = io.StringIO()
    rows = csv.writer(target)
    rows.writerow(_COLUMNS)
    for report in reports:
        for finding in report.findings:
            rows.writerow([*(_safe(cell) for cell in _row(report, finding)), ""])
        for gap in report.gaps:
            blanks = [""] * (len(_COLUMNS) - 2)
            rows.writerow([_safe(report.image.reference), *blanks, _safe(gap_text(gap, "en"))])
    return target.getvalue().encode("utf-8", "replace")


def _row(report: ScanReport, finding: Finding) -> list[str]:
    deadline = finding.deadline
    return [
        report.image.reference,
        finding.id,
        " ".join(finding.aliases),
        finding.severity,
        f"{finding.score:.1f}" if finding.score else "",
        f"{finding.epss:.5f}" if finding.epss >= 0 else "",
        "yes" if finding.kev else "",
        finding.side.value,
        finding.owner,
        finding.publisher,
        finding.stratum,
        "" if finding.layer is None else str(finding.layer),
        finding.package,
        finding.version,
        " ".join(finding.fixed_in),
        finding.status,
        finding.purl,
        place_of(finding).removeprefix("/"),
        finding.published,
        deadline.due if deadline else "",
        deadline.since if deadline else "",
        deadline.because if deadline else "",
        str(deadline.days_left) if deadline else "",
        finding.suppressed,
        finding.key,
    ]


def _safe(text: str) -> str:
    """A cell that a spreadsheet takes for what it says, and a terminal too. Source: OWASP, "CSV Injection"."""
    text = plain(text)
    return f"'{text}" if text.startswith(_RUNS) and not _NUMBER.fullmatch(text) else text
