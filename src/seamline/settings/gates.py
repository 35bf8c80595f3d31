"""Gates: what may not be in an image, on which side. `app=high`, `system=kev`, `any=overdue`, `app=high,fixable`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import msgspec

from seamline.errors import Malformed, SeamlineError, Usage, Where
from seamline.model.advisory import Severity, Status
from seamline.model.finding import BrokenGate, Finding
from seamline.model.package import Side
from seamline.settings.file import side_named

_CONDITIONS = ("kev", "overdue", "fixable", "new")
_LEVELS = {severity.value: severity for severity in Severity if severity != Severity.UNKNOWN}


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One demand: no finding of `side` (None: any) that meets every condition. `level` is that severity or worse."""

    text: str
    side: Side | None = None
    level: Severity | None = None
    conditions: tuple[str, ...] = ()


OPTION = "--fail-on"
"""Where gates come from, unless a file names them."""


def parse_gate(text: str, where: Where | None = None) -> Gate:
    """The gate of `[side=]condition[,condition...]`, written in a file at `where` or given as an option.

    Raises:
        Usage, Malformed: a word in it is unknown; Malformed names the file.
    """
    name, equals, rest = text.partition("=")
    side = side_named(name) if equals else None
    if equals and side is None and name.strip().lower() != "any":
        raise _unknown(text, name, where)
    level, conditions = None, []
    for word in (each.strip().lower() for each in (rest if equals else text).split(",")):
        if word in _LEVELS:
            level = _LEVELS[word]
        elif word in _CONDITIONS:
            conditions.append(word)
        elif word != "any":
            raise _unknown(text, word, where)
    return Gate(text=text, side=side, level=level, conditions=tuple(conditions))


def _unknown(text: str, word: str, where: Where | None) -> SeamlineError:
    expected, got = "[app|system|unknown|any=]severity, kev, overdue, fixable or new", repr(word)
    if where is not None:
        return Malformed(where, expected=expected, got=got, hint='for example fail-on = ["app=high", "kev"]')
    hint = "for example --fail-on app=high --fail-on kev"
    return Usage(f"{OPTION} {text}", expected=expected, got=got, hint=hint)


def breaches(
    gates: Iterable[Gate], findings: Iterable[Finding], baseline: AbstractSet[str]
) -> Iterator[BrokenGate]:
    """The gates that do not hold. A finding of unknown side breaks the gates of both sides, as a break of its own with
    the reason `unknown-side`: nobody may guess."""
    counted = [each for each in findings if not each.suppressed]
    for gate in gates:
        broken = [each for each in counted if _meets(gate, each, baseline)]
        is_guess = gate.side not in (None, Side.UNKNOWN)
        unknown = tuple(each.key for each in broken if is_guess and each.side == Side.UNKNOWN)
        told = tuple(each.key for each in broken if each.key not in unknown)
        if told:
            yield BrokenGate(gate=gate.text, keys=told)
        if unknown:
            yield BrokenGate(gate=gate.text, keys=unknown, unknown_side=unknown, why="unknown-side")


def _meets(gate: Gate, finding: Finding, baseline: AbstractSet[str]) -> bool:
    if gate.side is not None and finding.side not in (gate.side, Side.UNKNOWN):
        return False
    if gate.level is not None and Severity(finding.severity).rank > gate.level.rank:
        return False
    met = {
        "kev": finding.kev,
        "overdue": finding.deadline is not None and finding.deadline.is_overdue,
        "fixable": finding.status == Status.FIXED.value,
        "new": finding.key not in baseline,
    }
    return all(met[condition] for condition in gate.conditions)
