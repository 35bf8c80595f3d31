"""An audit in a terminal: the answer by side, the surface by kind, the rules that fail, what was not checked."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from seamline.model.audit import AuditReport, RuleLine, SurfaceLine, Verdict
from seamline.model.package import Side
from seamline.render.gaps import not_checked
from seamline.render.layout import MOST_COLUMNS, clip, left, packed, plain, table, width, wrapped
from seamline.render.next_steps import next_steps
from seamline.render.readiness import manifest, write_readiness
from seamline.render.secrets import kind_told, place_told
from seamline.render.words import owner_name, say, word

_SIDES = (Side.APPLICATION, Side.UNKNOWN, Side.SYSTEM)
_MOST_NAMES = 5
_MOST_KNOBS = 14
_MOST_SECRETS = 40
_ORDER = (Verdict.FAIL, Verdict.UNDECIDABLE, Verdict.SUPERSEDED, Verdict.PASS, Verdict.NOT_APPLICABLE)
_SEVERITIES = ("high", "medium", "low")


def write_audit(
    report: AuditReport, language: str, columns: int = MOST_COLUMNS, *, every: bool = False
) -> str:
    """The text of an audit in at most so many columns, ending in a newline; with `every`, also the rules that pass or do not
    apply."""
    lines = [
        *_head(report, language, columns),
        *_deployment(report, language, columns),
        "",
        *_surface(report, language, columns),
        "",
        *_knobs(report, language, columns),
        *_secrets(report, language, columns),
        *_privilege(report, language, columns, every=every),
        *_failed(report, language, columns),
        *_decided(report, language, columns, every=every),
        "",
        *not_checked(report.gaps, language, columns),
        *_next(report, language, columns, every=every),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(report: AuditReport, language: str, columns: int) -> Iterator[str]:
    image = report.image
    digest = f"{image.digest[:19]}..{image.digest[-4:]}" if image.digest else word("no-digest", language)
    place = word(f"place-{image.place}", language)
    moment = word("as-of", language, day=report.as_of[:10])
    yield from packed((plain(image.reference), digest, image.platform, place, moment), "   ", columns)
    counts = Counter(verdict_of(lines) for lines in by_rule(report.rules).values())
    parts = [word(f"count-{verdict.value}", language, number=counts[verdict]) for verdict in _ORDER[:4]]
    fails = Counter(rule.side for rule in report.rules if rule.verdict == Verdict.FAIL)
    sides = [
        f"{word(f'side-{side.value}', language)} {fails[side.value]}" for side in _SIDES if fails[side.value]
    ]
    comma = word("comma", language)
    told = word("rules-counted", language, counts=comma.join(parts), sides=comma.join(sides) or "-")
    yield from wrapped(told.split(), columns)


def _deployment(report: AuditReport, language: str, columns: int) -> Iterator[str]:
    if report.deployment is not None:
        from seamline.render.deployed import write_deployment  # noqa: PLC0415 - only a deployment needs it

        yield ""
        yield from write_deployment(report.deployment, language, columns)


def by_rule(rules: Iterable[RuleLine]) -> dict[str, list[RuleLine]]:
    """The lines of each rule, in the order of the report."""
    found: dict[str, list[RuleLine]] = {}
    for rule in rules:
        found.setdefault(rule.id, []).append(rule)
    return found


def verdict_of(lines: Iterable[RuleLine]) -> Verdict:
    """What a rule says as a whole: the worst of its lines."""
    return min((line.verdict for line in lines), key=_ORDER.index)


def _surface(report: AuditReport, language: str, columns: int) -> Iterator[str]:
    """One row a kind: what it allows, how many on each side, and some by name."""
    kinds: dict[str, list[SurfaceLine]] = {}
    for line in report.surface:
        kinds.setdefault(line.kind, []).append(line)
    if not kinds:
        yield f"{word('surface', language)}{word('colon', language)}{word('nothing', language)}"
        return
    sides = [side for side in _SIDES if side != Side.UNKNOWN or any(x.side == side for x in report.surface)]
    rows = [
        [
            word("surface", language),
            word("allows", language),
            *(word(f"side-{side.value}", language) for side in sides),
            "",
        ]
    ]
    for kind, lines in kinds.items():
        counts = [str(sum(line.side == side for line in lines) or "-") for side in sides]
        names = list(dict.fromkeys(plain(line.name) for line in lines))
        shown = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
        allows = word(f"danger-{lines[0].danger.value.replace(' ', '-')}", language)
        rows.append([word(f"surface-{kind.replace(' ', '-').lower()}", language), allows, *counts, shown])
    yield from table(
        rows, align="ll" + "r" * len(sides) + "l", most=(26, 16, *(11,) * len(sides), max(columns - 64, 16))
    )


def _knobs(report: AuditReport, language: str, columns: int) -> Iterator[str]:
    """One line a knob that was tested: its verdict, why, what to add."""
    if not report.knobs:
        return
    yield word("knobs", language)
    for knob in report.knobs[:_MOST_KNOBS]:
        verdict = word(f"knob-{knob.verdict.value.replace(' ', '-')}", language)
        why = say(knob.why, language) + (f" -> {say(knob.add, language)}" if knob.add is not None else "")
        name = f"{knob.name}={knob.value}" if knob.value else knob.name
        head = f" {left(plain(name), 30)} {left(verdict, 10)} "
        for at, line in enumerate(wrapped(plain(why).split(), columns - width(head))):
            yield f"{' ' * width(head) if at else head}{line}"
    if len(report.knobs) > _MOST_KNOBS:
        yield " " + word("more-knobs", language, number=len(report.knobs) - _MOST_KNOBS)
    yield ""


def _privilege(report: AuditReport, language: str, columns: int, *, every: bool) -> Iterator[str]:
    """Readiness for least privilege, with the manifest where everything is asked for; the record of a fork."""
    if report.readiness is not None:
        yield from write_readiness(report.readiness, language, columns)
        if every:
            yield f" {word('kubernetes-says', language)}{word('colon', language).rstrip()}"
            yield from (f"   {plain(line)}" for line in manifest(report.readiness).splitlines())
        yield ""
    if report.fork is not None:
        from seamline.render.forked import write_fork  # noqa: PLC0415 - few images are forks

        yield from write_fork(report.fork, language, columns)
        yield ""


def _secrets(report: AuditReport, language: str, columns: int) -> Iterator[str]:
    """One line a secret: its kind and place, whose, and where it still lies; never its value."""
    if not report.secrets:
        return
    yield word("secrets", language)
    met: set[int] = set()
    for line in report.secrets[:_MOST_SECRETS]:
        told = [word(f"side-{line.side.value}", language)]
        if line.state != "visible":
            until = "?" if line.until is None else line.until
            told.append(word(f"secret-state-{line.state}", language, until=until, layer=line.layer or 0))
        if line.note:
            told.append(word(f"secret-note-{line.note}", language))
        if line.why is not None and (line.side == Side.UNKNOWN or not line.stratum):
            told.append(say(line.why, language))
        if line.group in met:
            told.append(word("secret-same", language, group=line.group))
        met.add(line.group)
        place = plain(place_told(line, language))
        yield f" {line.group:>3} {left(kind_told(line, language), 26)} {place}"
        yield from (
            f"{'':32}{text}" for text in wrapped(word("semicolon", language).join(told).split(), columns - 32)
        )
    if len(report.secrets) > _MOST_SECRETS:
        yield " " + word("more-secrets", language, number=len(report.secrets) - _MOST_SECRETS)
    yield ""


def _failed(report: AuditReport, language: str, columns: int) -> Iterator[str]:
    """The rules that fail, the worst first, each with whose it is, why, and what mends it."""
    failed = [rule for rule in report.rules if rule.verdict == Verdict.FAIL]
    if failed:
        yield word("rules-broken", language)
    for rule in sorted(failed, key=lambda each: _SEVERITIES.index(each.severity)):
        whose = " | ".join(part for part in (_side(rule, language), _owner(rule, language)) if part)
        severity = word(f"severity-{rule.severity}", language)
        room = columns - 23 - width(whose) - 2
        first, *more = wrapped(rule_title(rule, language).split(), room)
        yield f" {left(rule.id, 9)} {left(severity, 9)} {left(first, room + 1)} {whose}"
        yield from (f"{'':21}{line}" for line in more)
        for text in _reasons(rule, language):
            for at, line in enumerate(wrapped(plain(text).split(), columns - 12)):
                yield f"{'':11}{'  ' if at else ''}{line}"


def _decided(report: AuditReport, language: str, columns: int, *, every: bool) -> Iterator[str]:
    """The other rules in short: what would decide the undecidable ones, and the rest where every rule is asked for."""
    open_ones: dict[str, list[str]] = {}
    for rule in report.rules:
        if rule.verdict in (Verdict.UNDECIDABLE, Verdict.SUPERSEDED) and rule.needs is not None:
            open_ones.setdefault(say(rule.needs, language), []).append(rule.id)
    for needs, ids in open_ones.items():
        yield ""
        several = "" if len(dict.fromkeys(ids)) > 1 else "-one"
        text = word(f"needs-to-decide{several}", language, rules=shortened(ids), needs=needs)
        yield from wrapped(text.split(), columns)
    if every:
        yield ""
        for name, lines in by_rule(report.rules).items():
            verdict = verdict_of(lines)
            if verdict != Verdict.FAIL:
                told = word("semicolon", language).join(
                    say(e.message, language) for line in lines[:1] for e in line.evidence
                )
                text = rule_title(lines[0], language) + (f"{word('colon', language)}{told}" if told else "")
                yield f" {left(name, 9)} {left(word(f'verdict-{verdict.value}', language), 15)} {clip(plain(text), columns - 27)}"


def shortened(ids: Sequence[str]) -> str:
    """`CIS-5.2 5.3 5.4`: the list's name once."""
    names: list[str] = []
    before = ""
    for name in dict.fromkeys(ids):
        head, _, number = name.partition("-")
        names.append(number if head == before else name)
        before = head
    return " ".join(names)


def rule_title(rule: RuleLine, language: str) -> str:
    """The rule's title in a language."""
    return word(f"rule-{rule.id.lower()}", language)


def _side(rule: RuleLine, language: str) -> str:
    return word(f"side-{rule.side}", language) if rule.side else ""


def _owner(rule: RuleLine, language: str) -> str:
    return plain(owner_name(rule.owner, language))


def _reasons(rule: RuleLine, language: str) -> Iterator[str]:
    for evidence in rule.evidence:
        where = f" ({evidence.where})" if evidence.where is not None and evidence.where.line else ""
        yield say(evidence.message, language) + where
    if rule.mend is not None:
        yield "-> " + say(rule.mend, language)


def _next(report: AuditReport, language: str, columns: int, *, every: bool) -> Iterator[str]:
    name = shlex.quote(plain(report.image.reference))
    told = (
        each.message.args for rule in report.rules if rule.verdict == Verdict.FAIL for each in rule.evidence
    )
    paths = (str(args.get("path", args.get("paths", ""))).partition(", ")[0].strip("/") for args in told)
    commands = [f"seamline scan {name}"]
    commands += [
        f"seamline files {name} {shlex.quote(f'/{plain(path)}')}" for path in islice(filter(None, paths), 1)
    ]
    if not every:
        commands.insert(0, f"seamline audit {name} --all")
    return next_steps(commands, language, columns)
