"""An audit in Markdown, for a merge request or a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seamline.model.audit import AuditReport, RuleLine, Verdict
from seamline.model.deployment import WorkloadLine
from seamline.model.package import Side
from seamline.render.audit import by_rule, rule_title, verdict_of
from seamline.render.deployed import deployment_notes
from seamline.render.forked import fork_lines
from seamline.render.markdown import code, escaped, not_checked_section, table
from seamline.render.readiness import manifest, ready_word, reasons, verdicts, want_word
from seamline.render.words import owner_name, say, word

_ORDER = (Verdict.FAIL, Verdict.UNDECIDABLE, Verdict.SUPERSEDED, Verdict.PASS, Verdict.NOT_APPLICABLE)
_SIDES = (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN)


def write_audit_markdown(report: AuditReport, language: str) -> str:
    """The text, ending in a newline."""
    counts = Counter(verdict_of(lines) for lines in by_rule(report.rules).values())
    told = word("between", language).join(
        word(f"count-{verdict.value}", language, number=counts[verdict]) for verdict in _ORDER[:4]
    )
    lines = [
        f"# {code(report.image.reference)}",
        "",
        f"{word('as-of', language, day=report.as_of[:10])}{word('colon', language)}{told}",
        *_deployment(report, language),
        *_rules(report, language),
        *_surface(report, language),
        *_knobs(report, language),
        *_readiness(report, language),
        *_fork(report, language),
        *not_checked_section(report.gaps, language),
    ]
    return "\n".join(lines) + "\n"


def _deployment(report: AuditReport, language: str) -> Iterator[str]:
    found = report.deployment
    if found is None:
        return
    yield from ("", f"## {word('deployment', language)}", "")
    yield from (f"- {escaped(each)}" for each in deployment_notes(found, language))
    heads = [word(name, language) for name in ("deployment-where", "column-image", "page-verdict")]
    yield ""
    yield from table(heads, [_workload(each, language) for each in found.workloads])


def _workload(each: WorkloadLine, language: str) -> tuple[str, ...]:
    why = say(each.why, language) if each.why is not None else ""
    judged = word("deployment-judged" if each.is_judged else "deployment-other", language)
    return code(each.where), code(each.image or "-"), escaped(why or judged)


def _rules(report: AuditReport, language: str) -> Iterator[str]:
    yield from ("", f"## {word('page-rules', language)}", "")
    names = ("page-rule", "column-severity", "page-verdict", "column-side", "column-owner", "page-why")
    shown = sorted(
        (rule for rule in report.rules if rule.verdict != Verdict.NOT_APPLICABLE),
        key=lambda rule: _ORDER.index(rule.verdict),
    )
    yield from table([word(name, language) for name in names], [_rule(rule, language) for rule in shown])


def _rule(rule: RuleLine, language: str) -> tuple[str, ...]:
    why = [say(each.message, language) for each in rule.evidence]
    if rule.verdict == Verdict.FAIL and rule.mend is not None:
        why.append(f"-> {say(rule.mend, language)}")
    if rule.needs is not None:
        why.append(word("page-needs", language, needs=say(rule.needs, language)))
    return (
        f"{rule.id} {escaped(rule_title(rule, language))}",
        word(f"severity-{rule.severity}", language),
        word(f"verdict-{rule.verdict.value}", language),
        word(f"side-{rule.side}", language) if rule.side else "-",
        escaped(owner_name(rule.owner, language)) or "-",
        escaped(" ".join(why)),
    )


def _surface(report: AuditReport, language: str) -> Iterator[str]:
    yield from ("", f"## {word('surface', language)}", "")
    kinds: dict[str, Counter[Side]] = {}
    for line in report.surface:
        kinds.setdefault(line.kind, Counter())[line.side] += 1
    heads = [word("surface", language), *(word(f"side-{side.value}", language) for side in _SIDES)]
    rows = [
        [word(f"surface-{kind.replace(' ', '-').lower()}", language), *(str(found[side]) for side in _SIDES)]
        for kind, found in kinds.items()
    ]
    yield from table(heads, rows, numbers=(1, 2, 3))


def _knobs(report: AuditReport, language: str) -> Iterator[str]:
    yield from ("", f"## {word('knobs', language)}", "")
    heads = [word(name, language) for name in ("page-setting", "page-verdict", "page-why")]
    rows = [
        [
            code(f"{knob.name}={knob.value}" if knob.value else knob.name),
            word(f"knob-{knob.verdict.value.replace(' ', '-')}", language),
            escaped(
                say(knob.why, language) + (f" -> {say(knob.add, language)}" if knob.add is not None else "")
            ),
        ]
        for knob in report.knobs
    ]
    yield from table(heads, rows)


def _readiness(report: AuditReport, language: str) -> Iterator[str]:
    found = report.readiness
    if found is None:
        return
    yield from ("", f"## {word('least-privilege', language)}", "")
    for want, ready in verdicts(found):
        why = word("semicolon", language).join(reasons(found, want, language))
        yield f"- {want_word(want, language)}{word('colon', language)}**{ready_word(ready, language)}**" + (
            f" - {escaped(why)}" if why else ""
        )
    yield from (
        "",
        "```sh",
        found.run_line.replace("`", ""),
        "```",
        "",
        "```yaml",
        manifest(found).rstrip(),
        "```",
    )


def _fork(report: AuditReport, language: str) -> Iterator[str]:
    if report.fork is not None:
        yield from ("", f"## {word('fork', language)}", "")
        yield from (f"- {label}: {escaped(text)}" for label, text in fork_lines(report.fork, language))
