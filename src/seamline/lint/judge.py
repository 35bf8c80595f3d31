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
from seamline.model.linting import LintFinding

_EXCERPT_LINES = 12


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
    return tuple(_silent(each, masks) for each in _forgiven(ordered, view, ignored))


def _silent(finding: LintFinding, masks: Sequence[tuple[str, str]]) -> LintFinding:
    """The finding with every secret that its lines hold left out."""
    excerpt = tuple(_masked(line, masks) for line in finding.excerpt)
    detail = _masked(finding.detail, masks)
    if (excerpt, detail) == (finding.excerpt, finding.detail):
        return finding
    return msgspec.structs.replace(finding, excerpt=excerpt, detail=detail)


def _masked(text: str, masks: Sequence[tuple[str, str]]) -> str:
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
