"""What to do, in a terminal: each act with its command, what it mends on which side, where the fix is stuck, until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.finding import Action, Finding, ScanReport, Step, due_first
from seamline.model.package import Side
from seamline.render.layout import clip, left, plain, right, width, wrapped
from seamline.render.words import owner_name, say, word
from seamline.versions.orders import UnreadableVersion, order_of

_MOST_ACTIONS = 12
_MOST_NAMES = 8
_LONGEST = 1000  # columns; paths that strangers give may be of any length
_MARKS = {True: "[x]", False: "[ ]", None: "[?]"}
_WAITING = ("wait", "renew-base")
_BASES_BUILT = ("rebuild-base", "rebuild-base-on")
_INDENT = "      "
_UNBROKEN = "\u00a0"


def write_actions(report: ScanReport, language: str, columns: int, *, every: bool = False) -> Iterator[str]:
    """The lines of the actions, of very many the first ones unless `every` is asked for; none where there are none."""
    if not report.actions:
        return
    yield word("what-to-do", language)
    by_key = {finding.key: finding for finding in report.findings}
    shown = report.actions if every else report.actions[:_MOST_ACTIONS]
    for number, action in enumerate(shown, 1):
        findings = [by_key[key] for key in action.mends if key in by_key]
        yield from _action(number, action, findings, language, columns)
    if len(report.actions) > len(shown):
        yield f"    {word('more-actions', language, number=len(report.actions) - len(shown))}"
    yield from _rebuild(report, language, columns)


def _rebuild(report: ScanReport, language: str, columns: int) -> Iterator[str]:
    """Whether building the same files again today mends anything, and what."""
    if (instead := _instead(report, language)) is not None:
        yield from (f" {line}" for line in wrapped(instead.split(" "), columns - 1))
        return
    mends = frozenset(report.rebuild_mends)
    names = _names([each for each in report.findings if each.key in mends])
    told = f"rebuild-{report.rebuild}" + ("" if names or not report.rebuild_mends else "-hidden")
    text = word(told, language, number=len(report.rebuild_mends), names=names)
    waiting = {key for action in report.actions if action.what == "renew-base" for key in action.mends}
    if both := len(mends & waiting):
        text += word("rebuild-meanwhile", language, number=both)
    refused = [each for each in report.findings if each.not_offered is not None and not each.suppressed]
    if left := sum(each.key not in mends for each in refused):
        text += word("rebuild-not-offered", language, number=left)
    for each in report.sources_unsure:
        text += word("sources-unsure", language, why=plain(say(each.message, language)))
    yield from (f" {line}" for line in wrapped(text.split(" "), columns - 1))
    if any(action.what == "upgrade" for action in report.actions):
        alone = word("upgrades-alone", language)
        yield from (f" {line}" for line in wrapped(alone.split(" "), columns - 1))


def _instead(report: ScanReport, language: str) -> str | None:
    """What is to be done before this image is built again, or instead of it; None where that is not so."""
    if any(action.what == "pull" for action in report.actions):
        return word("rebuild-not-yours", language)
    if any(action.message.id == "no-newer-image-known" for action in report.actions):
        return word("rebuild-not-yours-yet", language)
    below = [
        action.message for action in report.actions if action.message.id in _BASES_BUILT and action.mends
    ]
    if below and report.rebuild != "needed":
        return word("rebuild-after-base", language, part=str(below[0].args["part"]))
    return None


_PLACES = ("this image", "its package sources")
"""The places on a fix's way that are words; all others are names."""


def place_word(name: str, language: str) -> str:
    """A place on a fix's way."""
    return word(name.replace(" ", "-"), language) if name in _PLACES else plain(name)


def owner_word(name: str, language: str) -> str:
    """Default owners are words, teams are names."""
    return plain(owner_name(name, language))


def _action(
    number: int, action: Action, findings: Sequence[Finding], language: str, columns: int
) -> Iterator[str]:
    owner = owner_word(action.owner, language) if action.owner else word("owner-unknown", language)
    text = f"{owner}{word('colon', language)}{plain(say(action.message, language))}"
    yield from _with_tail(f"{number:2}  ", clip(text, _LONGEST), _tail(action, language), columns)
    if action.command:
        yield f"{_INDENT}{plain(action.command)}"
    for label, told in _body(action, findings, language):
        head = left(label, max(width(label), 12)) + "  "
        for line in wrapped(told.split(" "), columns - len(_INDENT) - width(head)):
            yield f"{_INDENT}{head}{line.replace(_UNBROKEN, ' ')}"
            head = " " * width(head)


def _with_tail(head: str, text: str, tail: str, columns: int) -> Iterator[str]:
    """The text beside its head over as many lines as it needs, its tail at the right of the last or below."""
    told = wrapped(text.split(" "), columns - len(head))
    lines = [(" " * len(head) if at else head) + line for at, line in enumerate(told)]
    fits = width(lines[-1]) + width(tail) + 2 <= columns
    yield from lines[:-1]
    if fits:
        yield lines[-1] + " " * (columns - width(lines[-1]) - width(tail)) + tail
    else:
        yield lines[-1]
        yield right(tail, columns)


def _tail(action: Action, language: str) -> str:
    parts = []
    if action.mends:
        known = "stay-open" if action.what in _WAITING else "mends"
        parts.append(word(known, language, number=len(action.mends)))
    if action.days_left is not None:
        late = "days-left" if action.days_left >= 0 else "days-late"
        parts.append(word(late, language, days=abs(action.days_left)))
    return "   ".join(parts)


def _body(action: Action, findings: Sequence[Finding], language: str) -> Iterator[tuple[str, str]]:
    """Label and text of every line under an action."""
    if action.what not in ("upgrade", "copy-newer", "pin", "next-release"):
        for side in (Side.APPLICATION, Side.UNKNOWN, Side.SYSTEM):
            own = [each for each in findings if each.side == side]
            if own:
                yield f"{word(f'side-{side.value}', language)} {len(own)}", _names(own)
    first = due_first(findings)
    if first is not None:
        yield word("label-due", language), due_words(first, language)
    told = way_to_show(findings)
    if len(told) > 2:
        yield word("the-fix-is-at", language), _way(told, language)
    if action.adds:
        names = ", ".join(plain(each) for each in action.adds[:_MOST_NAMES])
        yield word("label-adds", language), word("newly-adds", language, number=len(action.adds), names=names)
    if action.leaves:
        yield word("label-leaves", language), word("leaves-open", language, number=action.leaves)
    for detail in action.detail:
        yield "", plain(say(detail, language))
    if action.waiting:
        teams = ", ".join(owner_word(each, language) for each in action.waiting)
        yield word("label-waiting", language), teams


def _names(findings: Sequence[Finding]) -> str:
    """The packages, those with the most findings first: `openssl 3.0.17-1 -> 3.0.17-2`, `expat 22`."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.source_name or finding.package, []).append(finding)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    if len(ordered) <= 2:
        return ", ".join(plain(_moved(name, members)) for name, members in ordered)
    shown = [f"{plain(name)} {len(members)}" for name, members in ordered[:_MOST_NAMES]]
    return ", ".join(shown) + (" ..." if len(ordered) > _MOST_NAMES else "")


def _moved(name: str, members: Sequence[Finding]) -> str:
    fixes = [each.fixed_in[-1] for each in members if each.fixed_in]
    target = f" -> {_highest(members[0].ecosystem, fixes)}" if fixes else ""
    number = f" ({len(members)})" if len(members) > 1 else ""
    return f"{name} {members[0].version}{target}{number}"


def way_to_show(findings: Sequence[Finding]) -> Sequence[Step]:
    """The way of the fix that is due first; where none is, the longest."""
    first = due_first(findings)
    return first.way if first is not None else max((each.way for each in findings), key=len, default=())


def _highest(ecosystem: str, versions: Sequence[str]) -> str:
    """The version that has all the fixes; the most frequent where they cannot be compared."""
    order = order_of(ecosystem)
    try:
        if order is not None:
            return max(versions, key=order)
    except UnreadableVersion:
        pass
    return max(versions, key=versions.count)


def due_words(finding: Finding, language: str) -> str:
    """Until when a finding is to be mended, and from which day that counts; empty where it has no deadline."""
    deadline = finding.deadline
    if deadline is None:
        return ""
    since = word(f"since-{deadline.because}", language, day=deadline.since)
    severity = word(f"severity-{finding.severity}", language) if finding.severity != "unknown" else ""
    cause = " ".join(part for part in (plain(finding.id), severity) if part)
    return f"{deadline.due}  {cause}{word('colon', language)}{since}"


def _way(way: Sequence[Step], language: str) -> str:
    """Where the fix is, from its publisher to this image; the first place above the last that has it is where it is stuck."""
    last = max((at for at, step in enumerate(way) if step.has_fix), default=-1)
    parts = []
    for at, step in enumerate(way):
        place = place_word(step.place, language)
        stuck = word("stuck-here", language) if at == last + 1 else ""
        words = (part for part in (place, step.day, _MARKS[step.has_fix], stuck) if part)
        parts.append(" ".join(words).replace(" ", _UNBROKEN))
    return " ".join(parts)
