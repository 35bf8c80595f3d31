"""A gate that does not hold, in words: which, how many findings, and what to do next."""

from __future__ import annotations

from seamline.model.finding import BrokenGate, ScanReport
from seamline.render.words import word


def gate_words(broken: BrokenGate, report: ScanReport, language: str) -> str:
    """One line, with the worst of the findings that break it."""
    name = f"gate-{broken.why}" if broken.why else "gate-broken"
    if broken.why == "unknown-side" and report.image.given:  # a document is found on no base
        name = "gate-unknown-side-document"
    worst = next((each for each in report.findings if each.key in broken.keys), None)
    return word(
        name,
        language,
        gate=broken.gate,
        number=len(broken.keys),
        worst=f"{worst.id} {worst.package}" if worst is not None else "",
        id=worst.id if worst is not None else "",
        image=report.image.given or report.image.reference,
    )
