"""Findings about Dockerfiles in a terminal: how many of each kind, then line by line with the piece concerned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from seamline.model.advisory import Severity
from seamline.model.linting import Dimension, LintFile, LintFinding, LintReport, StageLine
from seamline.render.layout import MOST_COLUMNS, clip, left, plain, right, width, wrapped
from seamline.render.words import say, word

_MOST_LINES = 6
_INDENT = 26
_SHOWN = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.NEGLIGIBLE)


def write_lint(
    report: LintReport, language: str, columns: int = MOST_COLUMNS, *, tells_why: bool = False
) -> str:
    """The text in at most so many columns, ending in a newline; with `tells_why`, the reason and remedy of every rule beside its first finding."""
    told: set[str] | None = set() if tells_why else None
    lines: list[str] = []
    for file in report.files:
        lines += [*_head(file, language, columns), "", *_counts(file, language), ""]
        lines += _findings(file, language, columns, told)
        lines += [*_foot(file, language, columns), ""]
    lines += _runtime(report, language, columns)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(file: LintFile, language: str, columns: int) -> Iterator[str]:
    final, parent = file.stages[-1], file.parent
    yield word(
        "lint-head", language, name=plain(file.name), stages=len(file.stages), instructions=file.instructions
    )
    user = plain(final.user)
    reference = final.resolved
    about = ""
    if parent is not None:
        reference = parent.reference
        known = [parent.distribution, parent.libc if parent.libc != "none" else "", parent.manager]
        about = f" ({', '.join(plain(each) for each in known if each)})" if any(known) else ""
        if not user and (parent.known_from == "image" or parent.libc == "none"):
            user = _by_default(final)
    user = user or word(
        "lint-runs-as-nobody-says", language, user=_by_default(final), reference=plain(reference)
    )
    line = word("lint-parent", language, reference=plain(reference), about=about)
    yield from wrapped(f"{line}   {word('lint-runs-as', language, user=user)}".split(" "), columns)


def _by_default(stage: StageLine) -> str:
    """Who a container runs as where nobody says. Source: Microsoft, "Secure Windows containers"."""
    if not stage.is_windows:
        return "root"
    return "ContainerUser" if "nanoserver" in stage.resolved.lower() else "ContainerAdministrator"


def _counts(file: LintFile, language: str) -> Iterator[str]:
    counted = [each for each in file.findings if not each.ignored]
    if not counted:
        yield " " + word("lint-clean", language)
        return
    heads = [word(f"severity-{severity.value}", language) for severity in _SHOWN]
    yield f" {'':16}" + "".join("  " + right(head, max(width(head), 4)) for head in heads)
    for dimension in Dimension:
        of_it = [each for each in counted if each.dimension == dimension]
        numbers = [sum(each.severity == severity.value for each in of_it) for severity in _SHOWN]
        cells = "".join(
            "  " + right(str(number) if number else "-", max(width(head), 4))
            for number, head in zip(numbers, heads, strict=True)
        )
        yield f" {left(word(f'lint-dimension-{dimension.value}', language), 16)}{cells}"


def _findings(file: LintFile, language: str, columns: int, told: set[str] | None) -> Iterator[str]:
    shown = [each for each in file.findings if not each.ignored]
    for _, group in groupby(shown, key=lambda each: (each.line, each.end_line)):
        findings = sorted(group, key=lambda each: (Severity(each.severity).rank, each.rule, each.detail))
        yield from _excerpt(findings[0], columns)
        for _, same in groupby(findings, key=lambda each: (each.rule, each.title, each.detail)):
            several = list(same)
            yield from _finding((several[0], len(several)), language, columns, told)
        yield ""


def _excerpt(finding: LintFinding, columns: int) -> Iterator[str]:
    shown = finding.excerpt[:_MOST_LINES]
    for number, line in enumerate(shown, finding.line):
        yield f"{number:5} | {clip(plain(line.expandtabs(4)), columns - 8)}"
    if finding.end_line - finding.line + 1 > len(shown):
        yield f"{'':5} | ..."


def _finding(
    counted: tuple[LintFinding, int], language: str, columns: int, told: set[str] | None
) -> Iterator[str]:
    finding, times = counted
    title = finding.title if finding.source != "seamline" else word(f"lint-{finding.rule}", language)
    words = [*title.split(), *(f"({times})" for _ in range(times > 1))]
    if finding.detail:
        words = f"{' '.join(words)}{word('colon', language)}{plain(finding.detail)}".split()
    if finding.fixable:
        words.append(f"[{word('lint-fixable', language)}]")
    severity = left(word(f"severity-{finding.severity}", language), 10)
    for number, line in enumerate(wrapped(words, columns - _INDENT)[:_MOST_LINES]):
        head = f"      {severity}  {left(finding.rule, 7)}"
        yield f"{head if number == 0 else '':25} {line}" if number else f"{head} {line}"
    if finding.advice is not None:
        for line in wrapped(plain(say(finding.advice, language)).split(), columns - _INDENT):
            yield f"{'':{_INDENT}}{line}"
    if told is not None and finding.source == "seamline" and finding.rule not in told:
        told.add(finding.rule)
        for kind in ("why", "mend"):
            for line in wrapped(word(f"{kind}-{finding.rule}", language).split(), columns - _INDENT):
                yield f"{'':{_INDENT}}{line}"


def _foot(file: LintFile, language: str, columns: int) -> Iterator[str]:
    counted = [each for each in file.findings if not each.ignored]
    fixable = sum(each.fixable for each in counted)
    if fixable:
        yield word("lint-foot-fix", language, fixable=fixable, number=len(counted), name=plain(file.name))
    if len(counted) < len(file.findings):
        yield word("lint-foot-ignored", language, number=len(file.findings) - len(counted))
    label = left(word("not-checked", language), 12)
    if not file.gaps:
        yield f"{label} {word('nothing', language)}"
    for number, gap in enumerate(file.gaps):
        lines = wrapped(plain(say(gap.message, language)).split(), columns - 13)
        for at, line in enumerate(lines):
            yield f"{label if number == at == 0 else ' ' * 12} {line}"


def _runtime(report: LintReport, language: str, columns: int) -> Sequence[str]:
    words = [
        word("lint-runtime-title", language),
        word("semicolon", language).join(say(each, language) for each in report.runtime),
    ]
    return wrapped(" ".join(words).split(), columns)
