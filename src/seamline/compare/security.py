"""The indicators of security."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from seamline.compare.indicator import LESS, NEITHER, NONE, UNKNOWN, Indicator, Needs, counted
from seamline.model.advisory import Status
from seamline.model.audit import Verdict
from seamline.model.comparison import Measured
from seamline.model.evidence import Message
from seamline.model.finding import Finding
from seamline.model.package import Side
from seamline.model.portrait import Portrait

KINDS = (
    ("shells", ("shell",)),
    ("package-managers", ("package manager", "language package manager")),
    ("interpreters", ("interpreter",)),
    ("build-tools", ("compiler", "debugger", "editor")),
    ("network-clients", ("network client", "cloud client")),
    ("network-tools", ("network scanner", "sniffer", "remote shell")),
    ("daemons", ("daemon", "container tool")),
    ("privileged-files", ("setuid file", "setgid file", "file capability")),
    ("privilege-tools", ("privilege tool", "sudo rule", "second name of root")),
    ("accounts", ("account that can log in", "account without password", "readable account file")),
    ("writable", ("world-writable file", "world-writable folder", "writable folder on PATH", "writable library folder", "writable start script")),
    ("self-starting", ("cron job", "enabled unit", "preloaded library", "startup file", "boot script", "profile script", "authorized key")),
)  # fmt: skip
"""The kinds of the attack surface, as rows of a comparison."""


def _surface(kinds: tuple[str, ...]) -> Callable[[Portrait], Measured]:
    return lambda portrait: counted(
        (line.side, line.name) for line in portrait.audit.surface if line.kind in kinds
    )


def _secrets(portrait: Portrait) -> Measured:
    """Each secret once, wherever it lies."""
    by_group = {line.group: line for line in portrait.audit.secrets}
    return counted((line.side, line.kind) for line in by_group.values())


def findings_of(portrait: Portrait) -> Iterator[Finding]:
    """The findings that count."""
    return (each for each in portrait.scan.findings if not each.suppressed)


def is_judged(portrait: Portrait) -> bool:
    """Whether there were advisories to judge by: no finding without any is no clean result."""
    database = portrait.scan.database
    return database.kind not in ("none", "starter") and not database.missing


def fixable_of(portrait: Portrait) -> list[Finding]:
    """The findings that a fix is to be had for."""
    return [each for each in findings_of(portrait) if each.status == Status.FIXED.value]


def _fixable(portrait: Portrait) -> Measured:
    found = fixable_of(portrait)
    if not found and not is_judged(portrait):
        return UNKNOWN
    late = sum(each.deadline is not None and each.deadline.is_overdue for each in found)
    shown = Message("measured-fixable", {"number": len(found), "overdue": late})
    return msgspec.structs.replace(counted((each.side, each.package) for each in found), shown=shown)


def _worst(portrait: Portrait) -> Measured:
    found = [each for each in findings_of(portrait) if each.severity in ("critical", "high")]
    if not found and not is_judged(portrait):
        return UNKNOWN
    return counted((each.side, each.package) for each in found)


def _inherited(portrait: Portrait) -> Measured:
    """The system side's share of the fixable findings; of all findings where none can be mended."""
    found = fixable_of(portrait) or list(findings_of(portrait))
    if not found:
        return NONE if is_judged(portrait) else UNKNOWN
    share = round(100 * sum(each.side == Side.SYSTEM for each in found) / len(found))
    return Measured(shown=Message("measured-percent", {"number": share}), number=share)


def _rules(list_name: str) -> Callable[[Portrait], Measured]:
    """Passes, fails and undecidable ones of a list; a rule that fails on two sides failed once."""

    def measure(portrait: Portrait) -> Measured:
        rules = [rule for rule in portrait.audit.rules if rule.id.startswith(list_name)]
        verdicts: dict[str, set[Verdict]] = {}
        for rule in rules:
            verdicts.setdefault(rule.id, set()).add(rule.verdict)
        failed = {name for name, found in verdicts.items() if Verdict.FAIL in found}
        args: dict[str, str | int] = {
            "passed": sum(found == {Verdict.PASS} for found in verdicts.values()),
            "failed": len(failed),
            "undecidable": sum(
                Verdict.UNDECIDABLE in found and name not in failed for name, found in verdicts.items()
            ),
        }
        fails = counted((rule.side, rule.id) for rule in rules if rule.verdict == Verdict.FAIL)
        return msgspec.structs.replace(fails, shown=Message("measured-rules", args), number=len(failed))

    return measure


INDICATORS = (
    *(Indicator(id=name, measure=_surface(kinds), better=LESS, needs=Needs.FILES) for name, kinds in KINDS),
    Indicator(id="secrets", measure=_secrets, better=LESS, needs=Needs.FILES),
    Indicator(id="worst-findings", measure=_worst, better=LESS, needs=Needs.PACKAGES),
    Indicator(id="fixable-findings", measure=_fixable, better=LESS, needs=Needs.PACKAGES),
    Indicator(id="inherited", measure=_inherited, better=NEITHER, needs=Needs.PACKAGES),
    Indicator(id="rules-cis-4", measure=_rules("CIS-4."), better=LESS, needs=Needs.FILES),
    Indicator(id="rules-cis-5", measure=_rules("CIS-5."), better=LESS, needs=Needs.FILES),
    Indicator(id="rules-own", measure=_rules("SL-"), better=LESS, needs=Needs.FILES),
)
