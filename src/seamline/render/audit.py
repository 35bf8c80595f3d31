"""An audit in a terminal: the surface by kind and side, the rules with their verdicts, what was not checked."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.audit import AuditReport, RuleLine, SurfaceLine
from seamline.model.package import Side
from seamline.render.layout import clip, plain, table
from seamline.render.words import say, word

_SIDES = (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN)
_MOST_NAMES = 5


def write_audit(report: AuditReport, language: str) -> str:
    """The text of an audit, ending in a newline."""
    lines = [
        *_surface(report, language),
        "",
        *_rules(report, language),
        "",
        *_not_checked(report, language),
    ]
    return "\n".join(lines) + "\n"


def _surface(report: AuditReport, language: str) -> Iterator[str]:
    """One row a kind: how many on each side, and some by name."""
    kinds: dict[str, list[SurfaceLine]] = {}
    for line in report.surface:
        kinds.setdefault(line.kind, []).append(line)
    sides = [side for side in _SIDES if side != Side.UNKNOWN or any(x.side == side for x in report.surface)]
    rows = [[word("surface", language), *(word(f"side-{side.value}", language) for side in sides), ""]]
    for kind, lines in kinds.items():
        counts = [str(sum(line.side == side for line in lines) or "-") for side in sides]
        names = list(dict.fromkeys(plain(line.name) for line in lines))
        shown = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
        rows.append([word(f"surface-{kind.replace(' ', '-').lower()}", language), *counts, shown])
    yield from table(rows, align="l" + "r" * len(sides) + "l", most=(24, *(12,) * len(sides), 40))


def _rules(report: AuditReport, language: str) -> Iterator[str]:
    for rule in report.rules:
        verdict = word(f"verdict-{rule.verdict.value}", language)
        side = word(f"side-{rule.side}", language) if rule.side else ""
        owner = f"{side} | {rule.owner}" if rule.owner else side
        yield f"{rule.id:<10} {verdict}  {rule_title(rule, language)}"
        for text in _reasons(rule, language):
            yield f"{'':10} {clip(plain(text), 88)}"
        if owner:
            yield f"{'':10} {owner}"


def rule_title(rule: RuleLine, language: str) -> str:
    """The rule's title in a language."""
    return word(f"rule-{rule.id.lower()}", language)


def _reasons(rule: RuleLine, language: str) -> Iterator[str]:
    for evidence in rule.evidence:
        yield say(evidence.message, language)
    if rule.mend is not None:
        yield say(rule.mend, language)


def _not_checked(report: AuditReport, language: str) -> Iterator[str]:
    gaps = [f"{plain(str(gap.where))}: {say(gap.message, language)}".lstrip(": ") for gap in report.gaps]
    for text in gaps or [word("nothing", language)]:
        yield f"{word('not-checked', language)}  {text}"
