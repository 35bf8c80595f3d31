"""What `--fix` did: a listing with the rules, and a diff with the reasons above it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from seamline.model.linting import LintFile, LintFinding
from seamline.render.layout import clip, left, plain, right, wrapped
from seamline.render.words import say, word


def write_mended(file: LintFile, language: str, columns: int, alone: Mapping[str, str]) -> str:
    """What was mended and what is left for a person, a line each. `alone` are the names that were pinned to the digest of
    one platform."""
    counted = [each for each in file.findings if not each.ignored and each.source == "seamline"]
    mended = [each for each in counted if each.fixable]
    left_over = len(counted) - len(mended)
    lines = [word("lint-mended", language, name=plain(file.name), number=len(mended), left=left_over)]
    lines += _lines(mended, language, columns)
    for rule in dict.fromkeys(each.rule for each in mended):
        if rule in _CAUTIONS:
            lines.append(f"  {rule}: {word(f'lint-caution-{rule}', language)}")
    if any(each.rule in _PINS for each in mended):
        for name, platform in alone.items():
            lines.append(f"  {word('lint-pinned-alone', language, name=plain(name), platform=platform)}")
    advised = [each for each in counted if each.advice is not None]
    if advised:
        lines.append(word("lint-left-over", language))
    for each in advised:
        if each.advice is not None:
            told = wrapped(plain(say(each.advice, language)).split(), columns - 16)
            lines += [*_lines((each,), language, columns), *(f"{'':16}{line}" for line in told)]
    return "\n".join(lines) + "\n"


_PINS = frozenset(("DL3006", "DL3007", "SL2001"))
_CAUTIONS = frozenset(("DL3015", "DL3057", "DL4006", "SL1001"))
"""What changes more than the file: the reader should look at it."""


def _lines(findings: Iterable[LintFinding], language: str, columns: int) -> Iterator[str]:
    for each in findings:
        title = word(f"lint-{each.rule}", language)
        detail = f"{word('colon', language)}{plain(each.detail)}" if each.detail else ""
        yield f"{right(str(each.line), 6)}  {left(each.rule, 7)} {clip(title + detail, columns - 16)}"


def write_diff(name: str, before: str, after: str, file: LintFile) -> str:
    """A unified diff that patch(1) takes; above it, as comments, each rule with the lines that it is about."""
    by_rule: dict[str, list[str]] = {}
    for each in file.findings:
        if each.fixable:
            by_rule.setdefault(each.rule, []).append(str(each.line))
    head = [
        f"# {rule}: {word(f'lint-{rule}', 'en')} ({', '.join(lines)})\n"
        for rule, lines in sorted(by_rule.items())
    ]
    parts = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(
        [
            *head,
            *(part if part.endswith("\n") else f"{part}\n\\ No newline at end of file\n" for part in parts),
        ]
    )
