"""Gates of an audit: which rules may not fail, on which side. `high`, `app=medium`, `CIS-4.1`, `system=SL-0006`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from seamline.audit import RULES
from seamline.errors import Usage
from seamline.model.audit import RuleLine, Verdict
from seamline.model.finding import BrokenGate
from seamline.model.package import Side

_LEVELS = ("high", "medium", "low")
_SIDES = {"app": Side.APPLICATION, "sys": Side.SYSTEM, **{side.value: side for side in Side}}


class AuditGate(msgspec.Struct, frozen=True, kw_only=True):
    """One demand: no failed rule of `side` (None: any) that is as bad as `level`, or not that `rule`."""

    text: str
    side: Side | None = None
    level: str = _LEVELS[-1]
    rule: str = ""


def parse_audit_gate(text: str) -> AuditGate:
    """The gate of `[side=]severity|any|rule`.

    Raises:
        Usage: a word in it is unknown.
    """
    name, equals, rest = text.partition("=")
    side, word = (_SIDES.get(name.strip().lower()), rest) if equals else (None, text)
    rule = word.strip().upper() if word.strip().upper() in {each.id for each in RULES} else ""
    level = _LEVELS[-1] if rule or word.strip().lower() == "any" else word.strip().lower()
    if (equals and side is None and name.strip().lower() != "any") or level not in _LEVELS:
        raise Usage(
            f"--fail-on {text}",
            expected="[app|system|unknown|any=]high, medium, low, any or the id of a rule",
            got=repr(text),
            hint="for example --fail-on app=high --fail-on CIS-4.1",
        )
    return AuditGate(text=text, side=side, level=level, rule=rule)


def breaches(gates: Iterable[AuditGate], rules: Iterable[RuleLine]) -> Iterator[BrokenGate]:
    """The gates that do not hold. A fail of unknown side breaks the gates of both sides: nobody may guess."""
    failed = [rule for rule in rules if rule.verdict == Verdict.FAIL]
    for gate in gates:
        broken = [rule for rule in failed if _meets(gate, rule)]
        if broken:
            unknown = [
                rule.id for rule in broken if rule.side not in (Side.SYSTEM, Side.APPLICATION) and gate.side
            ]
            yield BrokenGate(
                gate=gate.text, keys=tuple(rule.id for rule in broken), unknown_side=tuple(unknown)
            )


def _meets(gate: AuditGate, rule: RuleLine) -> bool:
    if gate.side is not None and rule.side not in (gate.side.value, Side.UNKNOWN.value, ""):
        return False
    if gate.rule:
        return rule.id == gate.rule
    return _LEVELS.index(rule.severity) <= _LEVELS.index(gate.level)
