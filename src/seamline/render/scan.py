"""Findings in a terminal: how many on each side, what to do, the worst first; what was not checked stands last."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from seamline.model.advisory import Severity, Status
from seamline.model.finding import Finding, ScanReport
from seamline.model.package import Side
from seamline.render.database import part_name
from seamline.render.gaps import not_checked
from seamline.render.layout import clip, layers_word, left, plain, right, table, width, wrapped
from seamline.render.next_steps import next_steps
from seamline.render.scan_acts import owner_word, write_actions
from seamline.render.severity import nothing_found, severity_words
from seamline.render.told_once import alike, fixed_words
from seamline.render.words import say, word

_COLUMNS = 80
_SIDE = 16
_MOST_FINDINGS = 20
_LEAST_FIXED = 7
_WHOLE = (0, 1, 2, 3, 6)  # columns that are never cut
_PACKAGE = 4
_CUT = (_PACKAGE, 5)  # the package, and what fixes it
_FITTING = (("side", True), ("short-side", True), ("short-side", False))
"""Ways to write a row, the fullest first: the word for the side, and whether the score stands beside the vendor's word."""
_LEAST_ROOM = 16
_SHOWN = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def write_scan(
    report: ScanReport,
    language: str,
    *,
    every: bool = False,
    show_suppressed: bool = False,
    columns: int = _COLUMNS,
) -> str:
    """The text of a scan, ending in a newline; with `every`, all findings and acts instead of the worst. Text keeps to 80
    columns; the list of findings may be as wide as `columns` where that saves names and versions from being cut."""
    parts = (
        _head(report, language),
        _counts(report, language),
        write_actions(report, language, _COLUMNS, every=every),
        _worst(report, language, columns, every=every),
        _suppressed(report, language) if show_suppressed else (),
        _foot(report, language),
    )
    told = ("\n".join(line.rstrip() for line in part) for part in parts)
    return "\n\n".join(filter(None, told)) + "\n"


def _head(report: ScanReport, language: str) -> Iterator[str]:
    image = report.image
    digest = f"{image.digest[:15]}..{image.digest[-4:]}" if image.digest else word("no-digest", language)
    place = word(f"place-{image.place}", language)
    moment = word("as-of", language, day=report.as_of[:10])
    name = (
        f"{image.reference} ({image.given})"
        if image.given not in ("", "-", image.reference)
        else image.reference
    )
    parts = [plain(part) for part in (name, digest, image.platform, place, moment) if part]
    yield from wrapped_parts(parts, _COLUMNS)
    for note in report.notes:
        if note.id == "copy-is-old":
            yield from wrapped(f"! {plain(say(note, language))}".split(" "), _COLUMNS)
    yield from wrapped(database_words(report, language).split(" "), _COLUMNS)


def wrapped_parts(parts: Sequence[str], columns: int) -> list[str]:
    """Parts with three blanks between them, in as few lines as they fit in."""
    lines: list[str] = []
    for part in parts:
        if lines and width(lines[-1]) + 3 + width(part) <= columns:
            lines[-1] += f"   {part}"
        else:
            lines += wrapped(part.split(" "), columns)
    return lines


def database_words(report: ScanReport, language: str) -> str:
    """What the findings were judged with, and how old it is."""
    database = report.database
    if database.kind == "starter":
        return word("database-starter", language)
    if database.kind == "none":
        return word("database-none", language)
    if not database.ecosystems:
        return word("database-nothing", language)
    names = ", ".join(part_name(state.ecosystem, language) for state in database.ecosystems)
    fetched = max(state.fetched for state in database.ecosystems)[:10]
    if fetched > report.as_of[:10]:
        return word("database-later", language, names=names, day=fetched)
    told = word("database-osv", language, names=names, days=database.age_days or 0)
    return told + (" " + word("database-stale", language) if database.stale else "")


def _counts(report: ScanReport, language: str) -> Iterator[str]:
    """A row a side, the application's above the seam."""
    counted = [each for each in report.findings if not each.suppressed]
    other = any(each.severity not in {severity.value for severity in _SHOWN} for each in counted)
    heads = [word(f"severity-{severity.value}", language) for severity in _SHOWN]
    heads += [
        word(name, language)
        for name in (*(("column-other",) if other else ()), "column-overdue", "column-kev")
    ]
    gap = " " if other else "  "
    cells = "".join(gap + right(head, max(width(head), 3)) for head in heads)
    yield f" {'':{_SIDE}}{cells}  {word('column-acts', language)}"
    for side in (Side.APPLICATION, Side.UNKNOWN, Side.SYSTEM):
        found = _of(report, side)
        if side == Side.SYSTEM:
            text = f" {word('seam', language)} "
            before = (_COLUMNS - 2 - width(text)) // 2
            yield " " + "=" * before + text + "=" * (_COLUMNS - 2 - before - width(text))
        if not found and side == Side.UNKNOWN:
            continue
        cells = "".join(
            gap + right(str(n) if n else "-", max(width(head), 3))
            for n, head in zip(_numbers(found, other=other), heads, strict=True)
        )
        owners = sorted({each.owner for each in found if each.owner}) or [word(f"owner-{side.value}", "en")]
        row = f" {left(word(f'side-of-{side.value}', language), _SIDE)}{cells}  "
        yield row + _owners(owners, _COLUMNS - width(row), language)
    yield from (f" {line}" for line in wrapped(_summary(report, language).split(" "), _COLUMNS - 1))


def _owners(owners: Sequence[str], columns: int, language: str) -> str:
    """The owners, or the shortest name and how many more, as they fit."""
    every = ", ".join(owner_word(each, language) for each in owners)
    if width(every) <= columns or len(owners) == 1:
        return clip(every, columns)
    more = f" +{len(owners) - 1}"
    first = min((owner_word(each, language) for each in owners), key=width)
    return clip(first, columns - len(more)) + more


def _numbers(found: Sequence[Finding], *, other: bool) -> Iterator[int]:
    """How many of each severity, of others where they are asked for, overdue, known exploited."""
    shown = [sum(each.severity == severity.value for each in found) for severity in _SHOWN]
    yield from shown
    if other:
        yield len(found) - sum(shown)
    yield sum(each.deadline is not None and each.deadline.is_overdue for each in found)
    yield sum(each.kev for each in found)


def _of(report: ScanReport, side: Side) -> list[Finding]:
    return [each for each in report.findings if each.side == side and not each.suppressed]


def _why_nothing(report: ScanReport, language: str) -> str:
    """What is left out or suppressed was found nevertheless; without advisories nothing was looked for."""
    if any(note.id == "findings-not-shown" for note in report.notes):
        return word("nothing-shown", language)
    return word("nothing-counts", language) if report.findings else nothing_found(report, language)


def _summary(report: ScanReport, language: str) -> str:
    counted = [each for each in report.findings if not each.suppressed]
    if not counted:
        return _why_nothing(report, language)
    acting = [each for each in report.actions if each.mends and each.what not in ("wait", "renew-base")]
    asked = {key for each in report.actions if each.what == "renew-base" for key in each.mends}
    mended = {key for action in acting for key in action.mends}
    unmended = [each for each in counted if each.key not in mended and each.key not in asked]
    never = sum(each.status == Status.WILL_NOT_FIX for each in unmended)
    fixed = sum(each.status == Status.FIXED for each in unmended)
    numbers = {
        "findings": len(counted),
        "mended": len(mended),
        "actions": len(acting),
        "waiting": len(unmended) - never - fixed,
    }
    text = word("scan-summary" if mended else "scan-summary-none", language, **numbers)
    text += word("scan-summary-not-brought", language, number=fixed) if fixed else ""
    text += word("scan-summary-never", language, number=never) if never else ""
    return text + _asked(report, asked, language)


def _asked(report: ScanReport, asked: AbstractSet[str], language: str) -> str:
    """How many wait for a base of somebody else's; those that a rebuild here mends all the same are counted among them."""
    if not asked:
        return ""
    text = word("scan-summary-asked", language, number=len(asked))
    both = len(asked & set(report.rebuild_mends))
    return text + (word("scan-summary-meanwhile", language, number=both) if both else "")


def _worst(report: ScanReport, language: str, columns: int, *, every: bool) -> Iterator[str]:
    counted = [each for each in report.findings if not each.suppressed]
    if not counted:
        return
    shown = alike(counted, len(counted) if every else _MOST_FINDINGS)
    firsts = [group[0] for group in shown]
    rows: list[list[str]] = []
    versions = Counter((flaw, name) for flaw, name, _ in {(e.id, e.package, e.version) for e in firsts})
    for side, has_score in _FITTING:
        rows = [_heads(language), *(_row(each, language, side, has_score=has_score) for each in firsts)]
        for row, group in zip(rows[1:], shown, strict=True):
            first = group[0]
            row[_PACKAGE] += f" {plain(first.version)}" if versions[first.id, first.package] > 1 else ""
            row[_PACKAGE] += f" ({len(group)})" if len(group) > 1 else ""
        if sum(_widest(rows, at) for at in _CUT) <= _room(rows, _COLUMNS):
            break
    room = min(_room(rows, columns), max(_room(rows, _COLUMNS), sum(_widest(rows, at) for at in _CUT)))
    least = room * 5 // 11 if max(versions.values()) == 1 else room - _LEAST_FIXED  # versions tell rows apart
    package = min(_widest(rows, 4), max(least, room - _widest(rows, 5)))
    limits = (99, 99, 99, 99, package, room - package, 99)
    yield word("worst-first", language)
    yield from (f" {line}" for line in table(rows, align="llrlllr", most=limits))
    left_over = len(counted) - sum(map(len, shown))
    if left_over:
        yield f" {word('more-findings', language, number=left_over)}"


def _widest(rows: Sequence[Sequence[str]], at: int) -> int:
    return max(width(row[at]) for row in rows)


def _room(rows: Sequence[Sequence[str]], columns: int) -> int:
    """The columns that are left for the package and what fixes it, beside those that are never cut."""
    whole = sum(_widest(rows, at) for at in _WHOLE)
    return max(columns - 1 - whole - 2 * (len(rows[0]) - 1), _LEAST_ROOM)


def _heads(language: str) -> list[str]:
    names = ("finding", "severity", "epss", "side", "package", "fixed-in", "layer")
    return ["" if name == "finding" else word(f"column-{name}", language) for name in names]


def _row(finding: Finding, language: str, side: str, *, has_score: bool) -> list[str]:
    """The cells of a finding; `side` is the word for its side, whole or short."""
    return [
        plain(finding.id) + (" KEV" if finding.kev else ""),
        severity_words(finding, language) if has_score else word(f"severity-{finding.severity}", language),
        f"{finding.epss:.0%}" if finding.epss >= 0 else "-",
        word(f"{side}-{finding.side.value}", language),
        plain(_short(finding)),
        plain(fixed_words(finding, language)),
        layers_word(finding.origin_layer, finding.layer),
    ]


def _short(finding: Finding) -> str:
    """A package as a table has room for it: of Maven's the artifact."""
    return finding.package.rpartition("/")[2] if finding.ecosystem == "Maven" else finding.package


def _suppressed(report: ScanReport, language: str) -> Iterator[str]:
    hidden = [each for each in report.findings if each.suppressed]
    rows = [
        [
            plain(group[0].id),
            plain(_short(group[0])) + (f" ({len(group)})" if len(group) > 1 else ""),
            plain(group[0].suppressed),
            plain(group[0].suppressed_why),
        ]
        for group in alike(hidden, len(hidden))
    ]
    if rows:
        yield word("suppressed-title", language)
        yield from (f" {line}" for line in table(rows, align="llll", most=(22, 26, 14, 60)))


def _foot(report: ScanReport, language: str) -> Iterator[str]:
    for note in report.notes:
        if note.id != "copy-is-old":
            yield from wrapped(plain(say(note, language)).split(" "), _COLUMNS)
    suppressed = report.suppressed.settings + report.suppressed.vex
    yield word(
        "suppressed",
        language,
        number=suppressed,
        settings=report.suppressed.settings,
        vex=report.suppressed.vex,
    )
    if not report.gates:
        yield word("no-gate", language)
    yield from not_checked(report.gaps, language, _COLUMNS)
    name = shlex.quote(plain(report.image.given or report.image.reference))
    owners = (action.owner for action in report.actions if action.owner)
    told = (each.id for each in report.findings if not each.suppressed)
    commands = [
        f"seamline scan {name} --for {shlex.quote(owner_word(owner, language))}"
        for owner in islice(owners, 1)
    ]
    commands += [f"seamline explain {name} {first}" for first in islice(told, 1)]
    yield from next_steps(commands, language, _COLUMNS)
