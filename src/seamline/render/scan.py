"""Findings in a terminal: how many on each side, what to do, the worst first; what was not checked stands last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.advisory import Severity, Status
from seamline.model.finding import Action, Finding, ScanReport
from seamline.model.package import Side
from seamline.render.layout import clip, left, plain, right, table, width, wrapped
from seamline.render.words import say, word

_COLUMNS = 100
_MOST_ACTIONS = 12
_MOST_FINDINGS = 20
_MOST_GAPS = 12
_SHOWN = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def write_scan(
    report: ScanReport, language: str, *, every: bool = False, show_suppressed: bool = False
) -> str:
    """The text of a scan, ending in a newline; with `every`, all findings instead of the worst."""
    lines = [
        *_head(report, language),
        "",
        *_counts(report, language),
        "",
        *_actions(report, language),
        "",
        *_worst(report, language, every=every),
        *(_suppressed(report, language) if show_suppressed else ()),
        "",
        *_foot(report, language),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(report: ScanReport, language: str) -> Iterator[str]:
    image = report.image
    digest = f"{image.digest[:19]}..{image.digest[-4:]}" if image.digest else word("no-digest", language)
    place = word(f"place-{image.place}", language)
    moment = word("as-of", language, day=report.as_of[:10])
    yield "   ".join(part for part in (plain(image.reference), digest, image.platform, place, moment) if part)
    yield from wrapped(database_words(report, language).split(), _COLUMNS)


def database_words(report: ScanReport, language: str) -> str:
    """What the findings were judged with, and how old it is."""
    database = report.database
    names = ", ".join(state.ecosystem for state in database.ecosystems) or word("nothing", language)
    if database.kind == "starter":
        return word("database-starter", language)
    if database.kind == "none":
        return word("database-none", language)
    told = word("database-osv", language, names=names, days=database.age_days or 0)
    return told + (" " + word("database-stale", language) if database.stale else "")


def _counts(report: ScanReport, language: str) -> Iterator[str]:
    """A row a side, the application's above the seam."""
    heads = [word(f"severity-{severity.value}", language) for severity in _SHOWN]
    heads += [word(name, language) for name in ("column-other", "column-overdue", "column-kev")]
    widths = [max(width(head), 4) for head in heads]
    yield (
        f" {'':18}"
        + "".join("  " + right(head, w) for head, w in zip(heads, widths, strict=True))
        + "   "
        + word("column-owner", language)
    )
    sides = [
        side
        for side in (Side.APPLICATION, Side.UNKNOWN, Side.SYSTEM)
        if _of(report, side) or side != Side.UNKNOWN
    ]
    for side in sides:
        if side == Side.SYSTEM:
            text = f" {word('seam', language)} "
            before = (_COLUMNS - 2 - width(text)) // 2
            yield " " + "=" * before + text + "=" * (_COLUMNS - 2 - before - width(text))
        found = _of(report, side)
        numbers = [sum(each.severity == severity.value for each in found) for severity in _SHOWN]
        numbers.append(len(found) - sum(numbers))
        numbers.append(sum(each.deadline is not None and each.deadline.is_overdue for each in found))
        numbers.append(sum(each.kev for each in found))
        owners = sorted({each.owner for each in found if each.owner})
        shown = ", ".join(owners) or word(f"owner-{side.value}", language)
        cells = "".join("  " + right(str(n) if n else "-", w) for n, w in zip(numbers, widths, strict=True))
        yield f" {left(word(f'side-of-{side.value}', language), 18)}{cells}   {plain(_owner(shown, language))}"
    yield " " + _summary(report, language)


def _owner(name: str, language: str) -> str:
    """Default owners are words, teams are names."""
    defaults = {word(f"owner-{side.value}", "en"): word(f"owner-{side.value}", language) for side in Side}
    return ", ".join(defaults.get(each, each) for each in name.split(", "))


def _of(report: ScanReport, side: Side) -> list[Finding]:
    return [each for each in report.findings if each.side == side and not each.suppressed]


def _summary(report: ScanReport, language: str) -> str:
    counted = [each for each in report.findings if not each.suppressed]
    if not counted:
        return word("nothing-found", language)
    acting = [action for action in report.actions if action.what not in ("wait", "renew-base")]
    mended = {key for action in acting for key in action.mends}
    waiting = sum(each.status != Status.FIXED.value for each in counted)
    return word(
        "scan-summary",
        language,
        findings=len(counted),
        mended=len(mended),
        actions=len(acting),
        waiting=waiting,
    )


def _actions(report: ScanReport, language: str) -> Iterator[str]:
    if not report.actions:
        return
    yield word("what-to-do", language)
    for number, action in enumerate(report.actions[:_MOST_ACTIONS], 1):
        yield from _action(number, action, report, language)
    if len(report.actions) > _MOST_ACTIONS:
        yield f"    {word('more-actions', language, number=len(report.actions) - _MOST_ACTIONS)}"
    yield f" {word(f'rebuild-{report.rebuild}', language)}"


def _action(number: int, action: Action, report: ScanReport, language: str) -> Iterator[str]:
    owner = _owner(action.owner, language) if action.owner else word("owner-unknown", language)
    mends = word("mends" if action.what != "wait" else "stay-open", language, number=len(action.mends))
    due = _due(action.days_left, language)
    tail = "  ".join(part for part in (mends, due) if part)
    text = f"{number:2}  {plain(owner)}: {plain(say(action.message, language))}"
    lines = wrapped(text.split(" "), _COLUMNS - 1)
    for at, line in enumerate(lines):
        last = at == len(lines) - 1
        fits = last and width(line) + width(tail) + 2 <= _COLUMNS
        shown = line if at == 0 else f"    {line}"
        yield shown + (" " * max(_COLUMNS - width(shown) - width(tail), 2) + tail if fits else "")
        if last and not fits:
            yield right(tail, _COLUMNS)
    if action.command:
        yield f"      {plain(action.command)}"
    for detail in action.detail:
        yield f"      {plain(say(detail, language))}"
    if action.adds:
        yield f"      {word('newly-adds', language, number=len(action.adds), names=', '.join(action.adds[:4]))}"
    if action.leaves and action.what != "wait":
        yield f"      {word('leaves-open', language, number=action.leaves)}"
    yield from _examples(action, report, language)


def _examples(action: Action, report: ScanReport, language: str) -> Iterator[str]:
    """Where the worst finding of an action is on its way."""
    worst = next((each for each in report.findings if each.key in action.mends and len(each.way) > 1), None)
    if worst is None or action.what in ("wait", "upgrade"):
        return
    marks = {True: "[x]", False: "[ ]", None: "[?]"}
    way = "   ".join(
        f"{plain(step.place)} {step.day} {marks[step.has_fix]}".replace("  ", " ") for step in worst.way
    )
    yield f"      {word('the-fix-is-at', language)} {clip(way, _COLUMNS - 24)}"


def _due(days_left: int | None, language: str) -> str:
    if days_left is None:
        return ""
    return word("days-left" if days_left >= 0 else "days-late", language, days=abs(days_left))


def _worst(report: ScanReport, language: str, *, every: bool) -> Iterator[str]:
    counted = [each for each in report.findings if not each.suppressed]
    if not counted:
        return
    shown = counted if every else counted[:_MOST_FINDINGS]
    rows = [_heads(language), *(_row(finding, language) for finding in shown)]
    yield word("worst-first", language)
    yield from (f" {line}" for line in table(rows, align="llrlllll", most=(22, 10, 5, 11, 26, 26, 20, 18)))
    if len(counted) > len(shown):
        yield f" {word('more-findings', language, number=len(counted) - len(shown))}"


def _heads(language: str) -> list[str]:
    names = ("finding", "severity", "epss", "side", "package", "version", "fixed-in", "layer")
    return ["" if name == "finding" else word(f"column-{name}", language) for name in names]


def _row(finding: Finding, language: str) -> list[str]:
    fixed = ", ".join(finding.fixed_in) or word(f"status-{finding.status.replace(' ', '-')}", language)
    return [
        plain(finding.id) + (" KEV" if finding.kev else ""),
        word(f"severity-{finding.severity}", language),
        f"{finding.epss:.0%}" if finding.epss >= 0 else "-",
        word(f"side-{finding.side.value}", language),
        plain(finding.package),
        plain(finding.version),
        plain(fixed),
        f"{finding.layer} {plain(finding.stratum)}",
    ]


def _suppressed(report: ScanReport, language: str) -> Iterator[str]:
    rows = [
        [plain(each.id), plain(each.package), plain(each.suppressed), plain(each.suppressed_why)]
        for each in report.findings
        if each.suppressed
    ]
    if rows:
        yield ""
        yield word("suppressed-title", language)
        yield from (f" {line}" for line in table(rows, align="llll", most=(22, 26, 14, 60)))


def _foot(report: ScanReport, language: str) -> Iterator[str]:
    for note in report.notes:
        yield from wrapped(say(note, language).split(), _COLUMNS)
    suppressed = report.suppressed.settings + report.suppressed.vex
    yield word(
        "suppressed",
        language,
        number=suppressed,
        settings=report.suppressed.settings,
        vex=report.suppressed.vex,
    )
    gaps = [f"{plain(str(gap.where))}: {say(gap.message, language)}".lstrip(": ") for gap in report.gaps]
    yield from _labelled(word("not-checked", language), gaps[:_MOST_GAPS] or [word("nothing", language)])
    if len(gaps) > _MOST_GAPS:
        yield f"{'':12} {word('more-gaps', language, number=len(gaps) - _MOST_GAPS)}"
    name = plain(report.image.reference)
    first = next((each.id for each in report.findings if not each.suppressed), "CVE-...")
    yield f"{word('next', language)}: seamline explain {name} {first} | seamline scan {name} --all"


def _labelled(label: str, texts: Sequence[str]) -> Iterator[str]:
    shown = left(label, 12)
    for text in texts:
        for line in wrapped(text.split(), _COLUMNS - 13):
            yield f"{shown} {line}"
            shown = " " * 12
