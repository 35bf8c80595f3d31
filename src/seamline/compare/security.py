"""The indicators of security."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seamline.compare.indicator import LESS, Indicator, counted
from seamline.model.advisory import Status
from seamline.model.audit import Verdict
from seamline.model.comparison import Measured
from seamline.model.evidence import Message
from seamline.model.finding import Finding
from seamline.model.portrait import Portrait


def _surface(*kinds: str) -> Callable[[Portrait], Measured]:
    return lambda portrait: counted(line.side for line in portrait.audit.surface if line.kind in kinds)


def _findings(portrait: Portrait) -> Iterator[Finding]:
    return (each for each in portrait.scan.findings if not each.suppressed)


def _fixable(portrait: Portrait) -> Measured:
    return counted(each.side for each in _findings(portrait) if each.status == Status.FIXED.value)


def _overdue(portrait: Portrait) -> Measured:
    late = (each for each in _findings(portrait) if each.deadline is not None and each.deadline.is_overdue)
    return counted(each.side for each in late)


def _rules(portrait: Portrait) -> Measured:
    """Passes, fails and undecidable ones; a rule that fails on two sides failed once."""
    verdicts: dict[str, set[Verdict]] = {}
    for rule in portrait.audit.rules:
        verdicts.setdefault(rule.id, set()).add(rule.verdict)
    failed = {name for name, found in verdicts.items() if Verdict.FAIL in found}
    args = {
        "passed": sum(found == {Verdict.PASS} for found in verdicts.values()),
        "failed": len(failed),
        "undecidable": sum(Verdict.UNDECIDABLE in found for found in verdicts.values()),
    }
    fails = counted(rule.side for rule in portrait.audit.rules if rule.verdict == Verdict.FAIL)
    return Measured(
        shown=Message("measured-rules", args),
        number=len(failed),
        system=fails.system,
        application=fails.application,
    )


INDICATORS = (
    Indicator(id="shells", measure=_surface("shell"), better=LESS),
    Indicator(id="package-managers", measure=_surface("package manager"), better=LESS),
    Indicator(id="network-clients", measure=_surface("network client"), better=LESS),
    Indicator(
        id="privileged-files", measure=_surface("setuid file", "setgid file", "file capability"), better=LESS
    ),
    Indicator(id="fixable-findings", measure=_fixable, better=LESS),
    Indicator(id="overdue-findings", measure=_overdue, better=LESS),
    Indicator(id="rules", measure=_rules, better=LESS),
)
