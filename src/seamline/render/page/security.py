"""What to do, findings by owner and deadline, the attack surface by side, the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.advisory import Status
from seamline.model.audit import RuleLine, Verdict
from seamline.model.finding import Finding
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.secret import SecretLine
from seamline.render.audit import rule_title
from seamline.render.page.charts import Bar, bars, legend
from seamline.render.page.html import Child, Markup, join, tag
from seamline.render.page.parts import Tongue, command, rows, side_bars
from seamline.render.secrets import kind_told, place_told
from seamline.render.severity import both_severities

_MOST_FINDINGS = 1000
_SOON_DAYS = 30
_DEADLINES = ("late", "soon", "later", "waiting")


def actions(portrait: Portrait, tongue: Tongue) -> Markup:
    """The acts that mend, each with its command, its owner and its day."""
    found = portrait.scan.actions
    if not found:
        return tag("p", tongue.no_flaw(portrait.scan))
    heads = tongue.heads("page-what", "page-command", "column-owner", "page-mends", "page-due")
    body = (
        (
            tongue.say(each.message),
            command(each.command) if each.command else "",
            tongue.owner(each.owner),
            str(len(each.mends)),
            tongue.due(each.days_left),
        )
        for each in found
    )
    return rows(heads, body, numbers=(3,), caption=tongue.word("page-actions"))


def findings(portrait: Portrait, tongue: Tongue) -> Markup:
    """How many findings each owner has, by deadline; then every one."""
    found = [each for each in portrait.scan.findings if not each.suppressed]
    if not found:
        return tag("p", tongue.no_flaw(portrait.scan))
    owners: dict[str, list[Finding]] = {}
    for each in found:
        owners.setdefault(tongue.owner(each.owner), []).append(each)
    charts = [Bar(label=owner, pieces=tuple(_deadlines(mine, tongue))) for owner, mine in owners.items()]
    heads = tongue.heads(
        "column-severity",
        "page-id",
        "column-side",
        "column-package",
        "column-fixed-in",
        "page-due",
        "column-owner",
    )
    shown = (_finding(each, tongue) for each in found[:_MOST_FINDINGS])
    table = rows(heads, shown, caption=tongue.word("page-findings"))
    keys = legend((f"f-{name}", tongue.word(f"page-key-{name}")) for name in _DEADLINES)
    return join((keys, bars(charts, tongue.word("page-findings-told")), tongue.every(len(found), table)))


def _finding(each: Finding, tongue: Tongue) -> tuple[Child, ...]:
    return (
        tag("span", both_severities(each, tongue.language), class_=each.severity),
        tag("span", each.id, class_="mono"),
        tongue.side(each.side),
        f"{each.package} {each.version}",
        ", ".join(each.fixed_in) or "-",
        tongue.due(each.deadline.days_left if each.deadline is not None else None),
        tongue.owner(each.owner),
    )


def _deadlines(found: Sequence[Finding], tongue: Tongue) -> Iterator[tuple[str, float, str]]:
    """Overdue, due soon, due later, without a fix: the pieces of an owner's bar."""
    days = [each.deadline.days_left if each.deadline is not None else None for each in found]
    waiting = sum(each.status != Status.FIXED.value for each in found)
    late = sum(left is not None and left < 0 for left in days)
    soon = sum(left is not None and 0 <= left <= _SOON_DAYS for left in days)
    later = max(len(found) - late - soon - waiting, 0)
    yield "f-late", late, tongue.word("page-overdue", number=late)
    yield "f-soon", soon, tongue.word("page-soon", number=soon)
    yield "f-later", later, tongue.word("page-later", number=later)
    yield "f-waiting", waiting, tongue.word("page-waiting", number=waiting)


def surface(portrait: Portrait, tongue: Tongue) -> Markup:
    """The surface by kind and side, then every item."""
    kinds: dict[str, dict[Side, int]] = {}
    for line in portrait.audit.surface:
        counts = kinds.setdefault(line.kind, dict.fromkeys(Side, 0))
        counts[line.side] += 1
    charts = [
        Bar(
            label=_kind(kind, tongue),
            pieces=tuple(
                (f"f-{side.value}", number, f"{tongue.word(f'side-{side.value}')} {number}")
                for side, number in sides.items()
            ),
        )
        for kind, sides in kinds.items()
    ]
    heads = tongue.heads("surface", "page-path", "allows", "column-side", "page-brought-by")
    body = (
        (
            _kind(each.kind, tongue),
            tag("span", f"/{each.path}", class_="mono"),
            tongue.word(f"danger-{each.danger.value.replace(' ', '-')}"),
            tongue.side(each.side),
            each.supplier or each.detail or "-",
        )
        for each in portrait.audit.surface
    )
    table = rows(heads, body, caption=tongue.word("page-surface"))
    if not charts:
        return tag("p", tongue.word("nothing"))
    picture = side_bars(charts, tongue.word("page-surface-told"), tongue)
    return join((picture, tongue.every(len(portrait.audit.surface), table)))


def _kind(kind: str, tongue: Tongue) -> str:
    return tongue.word(f"surface-{kind.replace(' ', '-').lower()}")


def secrets(portrait: Portrait, tongue: Tongue) -> Markup:
    """Each secret by its kind and place, never by its value."""
    found = portrait.audit.secrets
    if not found:
        return tag("p", tongue.word("nothing"))
    heads = tongue.heads("column-kind", "page-path", "column-side", "page-state")
    body = (
        (
            kind_told(line, tongue.language),
            tag("span", place_told(line, tongue.language), class_="mono"),
            tongue.side(line.side),
            "-" if line.state == "visible" else _state(line, tongue),
        )
        for line in found
    )
    return rows(heads, body, caption=tongue.word("page-secrets"))


def _state(line: SecretLine, tongue: Tongue) -> str:
    until = "?" if line.until is None else line.until
    return tongue.word(f"secret-state-{line.state}", until=until, layer=line.layer or 0)


def rules(portrait: Portrait, tongue: Tongue) -> Markup:
    """The rules that fail, then all others."""
    failed = [rule for rule in portrait.audit.rules if rule.verdict == Verdict.FAIL]
    others = [rule for rule in portrait.audit.rules if rule.verdict != Verdict.FAIL]
    heads = tongue.heads("page-rule", "page-verdict", "column-side", "column-owner", "page-why")
    return join(
        (
            rows(heads, (_rule(rule, tongue) for rule in failed), caption=tongue.word("rules-broken"))
            if failed
            else tag("p", tongue.word("nothing")),
            tongue.every(
                len(others),
                rows(
                    heads, (_rule(rule, tongue) for rule in others), caption=tongue.word("page-other-rules")
                ),
                tongue.word("page-other-rules"),
            ),
        )
    )


def _rule(rule: RuleLine, tongue: Tongue) -> tuple[Child, ...]:
    why = [tongue.say(each.message) for each in rule.evidence]
    if rule.verdict == Verdict.FAIL and rule.mend is not None:
        why.append(f"-> {tongue.say(rule.mend)}")
    if rule.needs is not None:
        why.append(tongue.word("page-needs", needs=tongue.say(rule.needs)))
    return (
        join((tag("span", rule.id, class_="mono"), " ", rule_title(rule, tongue.language))),
        tag("span", tongue.word(f"verdict-{rule.verdict.value}"), class_=rule.verdict.value),
        tongue.side(rule.side),
        tongue.owner(rule.owner),
        " ".join(why),
    )
