"""A rule explained: what it asks, its verdict here and why, whose it is, what mends it, where else it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.audit import RuleLine
from seamline.model.explanation import ExplainReport
from seamline.render.audit import rule_title, verdict_of
from seamline.render.layout import left, plain, wrapped
from seamline.render.words import owner_name, say, word

_COLUMNS = 80


def write_rule(report: ExplainReport, language: str) -> str:
    """The text, ending in a newline."""
    rule = report.rules[0]
    verdict = word(f"verdict-{verdict_of(report.rules).value}", language)
    answer = word("explain-rule", language, id=report.id, image=report.image.reference, verdict=verdict)
    lines = [*wrapped(answer.split(), _COLUMNS), rule_title(rule, language), ""]
    lines += _labelled("label-asks", word(f"asks-{rule.id.lower()}", language), language)
    lines += _labelled("label-decided", word(f"decided-{report.decided_by}", language), language)
    for line in report.rules:
        lines += ["", *_line(line, language)]
    tags = ", ".join(name for name in (rule.benchmark, *rule.tags) if name)
    lines += ["", *_labelled("label-tags", tags, language)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _line(line: RuleLine, language: str) -> Iterator[str]:
    yield from _labelled("label-verdict", word(f"verdict-{line.verdict.value}", language), language)
    for evidence in line.evidence:
        yield from wrapped_below(plain(say(evidence.message, language)))
    if line.side:
        yield from _labelled("label-side", word(f"side-{line.side}", language), language)
    if line.owner:
        yield from _labelled("label-owner", plain(owner_name(line.owner, language)), language)
    if line.needs is not None:
        needs = word("needs-to-decide-one", language, rules=line.id, needs=say(line.needs, language))
        yield from wrapped_below(plain(needs))
    if line.mend is not None and line.verdict.value == "fail":
        yield from _labelled("label-mend", plain(say(line.mend, language)), language)


def wrapped_below(text: str) -> Sequence[str]:
    """Lines below a label's column."""
    return [f"{'':13}{each}" for each in wrapped(text.split(), _COLUMNS - 13)]


def _labelled(name: str, text: str, language: str) -> Iterator[str]:
    label = left(word(name, language), 12)
    for line in wrapped(text.split(), _COLUMNS - 13) if text else ():
        yield f"{label} {line}"
        label = " " * 12
