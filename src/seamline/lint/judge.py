"""Every rule asked about a Dockerfile; what its comments forgive is marked so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from seamline.lint.pragmas import ignores_of
from seamline.lint.rule import Found, Rule
from seamline.lint.rules.listing import RULES
from seamline.lint.rules.secrets import masks_of
from seamline.lint.view import View
from seamline.model.evidence import Message
from seamline.model.linting import LintFinding

_EXCERPT_LINES = 12
_BETWEEN = "\0"


def judge(
    view: View,
    chosen: Iterable[Rule] = RULES,
    foreign: Iterable[LintFinding] = (),
    ignored: AbstractSet[str] = frozenset(),
) -> tuple[LintFinding, ...]:
    """The findings, in the order of their lines; `foreign` are another tool's about the same file, `ignored` the rules
    that the settings leave out."""
    masks = masks_of(view)
    found = [finding for rule in chosen for finding in _findings(rule, view)]
    ordered = sorted(
        (*found, *(_excerpted(each, view) for each in foreign)), key=lambda each: (each.line, each.rule)
    )
    return tuple(_silent(list(_forgiven(ordered, view, ignored)), masks))


def _silent(findings: Sequence[LintFinding], masks: Sequence[tuple[str, str]]) -> Iterator[LintFinding]:
    """The findings with every secret that their lines hold left out."""
    shown = {text for each in findings for text in (each.detail, *each.excerpt)} if masks else set()
    silent = _masked(sorted(shown), masks)
    for each in findings:
        excerpt = tuple(silent.get(line, line) for line in each.excerpt)
        detail = silent.get(each.detail, each.detail)
        same = (excerpt, detail) == (each.excerpt, each.detail)
        yield each if same else msgspec.structs.replace(each, excerpt=excerpt, detail=detail)


def _masked(texts: Sequence[str], masks: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Each text with its secrets masked: all of them at once, as thousands of both may come together."""
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) != len(texts) - 1 or any(_BETWEEN in secret for secret, _ in masks):
        return {text: masked for text in texts for masked in [_replaced(text, masks)]}
    return dict(zip(texts, _replaced(joined, masks).split(_BETWEEN), strict=True))


def _replaced(text: str, masks: Sequence[tuple[str, str]]) -> str:
    for secret, mask in masks:
        text = text.replace(secret, mask)
    return text


def _findings(rule: Rule, view: View) -> Iterator[LintFinding]:
    for found in dict.fromkeys(rule.check(view)):
        yield LintFinding(
            rule=rule.id,
            dimension=rule.dimension,
            severity=rule.severity.value,
            title="",
            line=found.line,
            end_line=found.end_line,
            stage="" if found.stage is None else view.stages[found.stage].stage.label,
            detail=found.detail,
            excerpt=tuple(_excerpt(view, found)),
            advice=None if found.advice is None else Message(found.advice[0], {"subject": found.advice[1]}),
        )


def _excerpt(view: View, found: Found) -> Sequence[str]:
    return view.dockerfile.lines(found.line, min(found.end_line, found.line + _EXCERPT_LINES - 1))


def _excerpted(finding: LintFinding, view: View) -> LintFinding:
    lines = view.dockerfile.lines(finding.line, min(finding.end_line, finding.line + _EXCERPT_LINES - 1))
    return msgspec.structs.replace(finding, excerpt=tuple(lines))


def _forgiven(
    findings: Iterable[LintFinding], view: View, ignored: AbstractSet[str]
) -> Iterator[LintFinding]:
    ignores = ignores_of(view.dockerfile)
    for finding in findings:
        if ignores.covers(finding.rule, view.dockerfile.start_of(finding.line)):
            yield msgspec.structs.replace(finding, ignored="comment")
        elif finding.rule in ignored:
            yield msgspec.structs.replace(finding, ignored="settings")
        else:
            yield finding
