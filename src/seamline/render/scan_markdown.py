"""Findings as Markdown: a comment on a pull request.

Source: GitHub Flavored Markdown; GitHub takes comments of 65,536 characters. Whatever an image says of itself is escaped: it may neither break a table nor call
anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from seamline.model.advisory import Severity
from seamline.model.finding import Action, Finding, ScanReport
from seamline.model.package import Side
from seamline.render.gaps import gap_texts
from seamline.render.gates import gate_words
from seamline.render.markdown import code, escaped
from seamline.render.scan_acts import owner_word
from seamline.render.severity import both_severities
from seamline.render.told_once import alike, fixed_words
from seamline.render.words import say, word

_MOST_CHARS = 65_000
_SIZES = ((20, 40, 4000), (5, 10, 1000), (0, 3, 200), (0, 0, 0))
"""How many findings, acts and characters of what was not checked an image is told with, the fullest first."""
_Size = tuple[int, int, int]
_SHOWN = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def write_markdown(reports: Sequence[ScanReport], language: str, *, every: bool = False) -> bytes:
    """A comment for every image, one after the other, as full as all of them together may be; with `every`, all findings
    instead of the worst, whatever size that is."""
    if every:
        return _comments(reports, language, None).encode()
    for size in _SIZES:
        text = _comments(reports, language, size)
        if len(text) <= _MOST_CHARS:
            return text.encode()
    told = [_comments([report], language, _SIZES[-1]) for report in reports]
    # one line more tells how many images are left out
    whole = accumulate(len(each) + 1 for each in told)
    fitting = [text for text, until in zip(told, whole, strict=True) if until <= _MOST_CHARS - 100]
    return "\n".join(
        [*fitting, word("more-images", language, number=len(told) - len(fitting)) + "\n"]
    ).encode()


def _comments(reports: Sequence[ScanReport], language: str, size: _Size | None) -> str:
    return "\n".join("\n".join(_comment(report, language, size)) + "\n" for report in reports)


def _comment(report: ScanReport, language: str, size: _Size | None) -> Iterator[str]:
    most_findings, most_acts, most_chars = size or (len(report.findings), len(report.actions), 1 << 30)
    counted = [each for each in report.findings if not each.suppressed]
    acting = [action for action in report.actions if action.what not in ("wait", "renew-base")]
    yield f"### {escaped(report.image.reference)}"
    yield ""
    yield f"**{word('headline', language, findings=len(counted), actions=len(acting))}**"
    yield ""
    for broken in report.broken:
        yield f"- ❌ {escaped(gate_words(broken, report, language))}"
    if report.gates and not report.broken:
        yield f"- ✅ {escaped(word('gates-hold', language, gates=', '.join(report.gates)))}"
    if report.gates:
        yield ""
    if counted:
        yield from _counts(counted, language)
        yield ""
        yield from _acts(report.actions, most_acts, language)
        if most_findings:
            yield from _worst(counted, language, most_findings)
    suppressed = report.suppressed
    number = suppressed.settings + suppressed.vex
    yield word("suppressed", language, number=number, settings=suppressed.settings, vex=suppressed.vex)
    yield ""
    yield unchecked(report, language, most_chars)


def unchecked(report: ScanReport, language: str, most_chars: int = 1 << 30) -> str:
    """What could not be read or decided, as a paragraph: the first of it, and how much more there is."""
    every = [escaped(text) for text in gap_texts(report.gaps, language)]
    whole = list(accumulate(map(len, every)))
    texts = [text for text, until in zip(every, whole, strict=True) if until <= most_chars]
    if len(texts) < len(every):
        texts.append(word("more-gaps", language, number=len(every) - len(texts)))
    return (
        f"{word('not-checked', language)}{word('colon', language)}{word('semicolon', language).join(texts)}"
    )


def _counts(findings: Sequence[Finding], language: str) -> Iterator[str]:
    named = {severity.value for severity in _SHOWN}
    other = any(each.severity not in named for each in findings)
    heads = [word(f"severity-{severity.value}", language) for severity in _SHOWN]
    heads += [word("column-other", language)] if other else []
    yield f"| | {' | '.join(heads)} | {word('column-overdue', language)} | {word('column-owner', language)} |"
    yield "|---|" + "--:|" * (len(heads) + 1) + "---|"
    for side in Side:
        found = [each for each in findings if each.side == side]
        if not found:
            continue
        numbers = [str(sum(each.severity == severity.value for each in found) or "-") for severity in _SHOWN]
        numbers += [str(sum(each.severity not in named for each in found) or "-")] if other else []
        late = sum(each.deadline is not None and each.deadline.is_overdue for each in found)
        acting = sorted({owner_word(each.owner, language) for each in found if each.owner})
        owners = escaped(word("comma", language).join(acting))
        yield f"| {word(f'side-of-{side.value}', language)} | {' | '.join(numbers)} | {late or '-'} | {owners} |"


def _acts(actions: Sequence[Action], most: int, language: str) -> Iterator[str]:
    yield f"#### {word('what-to-do', language)}"
    yield ""
    for number, action in enumerate(actions[:most], 1):
        yield from _action(number, action, language)
    if len(actions) > most:
        yield ""
        yield word("more-actions", language, number=len(actions) - most)
    yield ""


def _action(number: int, action: Action, language: str) -> Iterator[str]:
    told = "stay-open" if action.what in ("wait", "renew-base") else "mends"
    mends = word(told, language, number=len(action.mends))
    due = f"{word('between', language)}{_due(action, language)}" if action.days_left is not None else ""
    aside = word("aside", language, text=f"{mends}{due}")
    owner = escaped(owner_word(action.owner, language)) + word("colon", language) if action.owner else ""
    yield f"{number}. {owner}{escaped(say(action.message, language))}{aside}"
    if action.command:
        yield f"   {code(action.command)}"


def _due(action: Action, language: str) -> str:
    days = action.days_left or 0
    return word("days-left" if days >= 0 else "days-late", language, days=abs(days))


def _worst(findings: Sequence[Finding], language: str, most: int) -> Iterator[str]:
    yield f"<details><summary>{word('worst-first', language)}</summary>"
    yield ""
    heads = [
        word(f"column-{name}", language) for name in ("severity", "side", "package", "version", "fixed-in")
    ]
    yield f"| | {' | '.join(heads)} |"
    yield "|---|" + "---|" * len(heads)
    shown = alike(findings, most)
    for group in shown:
        each = group[0]
        cells = (
            each.id + (" KEV" if each.kev else ""),
            both_severities(each, language),
            word(f"side-{each.side.value}", language),
            each.package + (f" ({len(group)})" if len(group) > 1 else ""),
            each.version,
            fixed_words(each, language),
        )
        yield f"| {' | '.join(map(escaped, cells))} |"
    left_over = len(findings) - sum(map(len, shown))
    if left_over:
        yield ""
        yield word("more-findings", language, number=left_over)
    yield ""
    yield "</details>"
    yield ""
