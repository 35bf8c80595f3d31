"""One team's part of a scan as a ticket in Markdown: what, by when, with which command, who waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.advisory import Status
from seamline.model.finding import Action, Finding, ScanReport, Step, due_first, place_of
from seamline.render.markdown import code, escaped
from seamline.render.scan_acts import due_words, owner_word, place_word, way_to_show
from seamline.render.scan_markdown import unchecked
from seamline.render.severity import both_severities
from seamline.render.told_once import alike
from seamline.render.words import say, word

_MOST_FINDINGS = 60
_MARKS = {True: "x", False: " ", None: "?"}


def write_ticket(report: ScanReport, team: str, language: str, *, every: bool = False) -> str:
    """The text, ending in a newline; of a team with nothing to do it says that. With `every`, all findings of each act."""
    return "\n".join(_ticket(report, team, language, every=every)) + "\n"


def owners_in(report: ScanReport) -> tuple[str, ...]:
    """Every team that the report names."""
    told = {each.owner for each in report.findings} | {each.owner for each in report.actions}
    told |= {step.owner for each in report.findings for step in each.way}
    return tuple(sorted(filter(None, told | set(report.contacts))))


def _ticket(report: ScanReport, team: str, language: str, *, every: bool) -> Iterator[str]:
    actions = [each for each in report.actions if each.owner == team and each.what != "wait"]
    mended = {key for action in actions for key in action.mends}
    due = min((each.due for each in actions if each.due), default="")
    owner = escaped(owner_word(team, language))
    yield f"## {escaped(report.image.reference)}: {word('ticket-for', language, team=owner, number=len(mended))}"
    yield ""
    digest = report.image.digest or word("no-digest", language)
    subject = " ".join(filter(None, (code(digest), escaped(report.image.platform))))
    yield f"{subject}{word('between', language)}{word('as-of', language, day=report.as_of[:10])}"
    if contact := report.contacts.get(team):
        yield f"{word('contact', language)}{word('colon', language)}{escaped(contact)}"
    if due:
        yield f"**{word('ticket-due', language, day=due)}**"
    yield ""
    by_key = {finding.key: finding for finding in report.findings}
    for number, action in enumerate(actions, 1):
        found = [by_key[key] for key in action.mends if key in by_key]
        yield from _action(number, action, found, language, most=len(found) if every else _MOST_FINDINGS)
    if not actions:
        yield word("nothing-to-do", language)
        yield ""
    waits = list(_waits(report, team, language))
    yield from [*waits, ""] if waits else ()
    yield unchecked(report, language)


def _action(
    number: int, action: Action, findings: Sequence[Finding], language: str, *, most: int
) -> Iterator[str]:
    yield f"### {number}. {escaped(say(action.message, language))}"
    yield ""
    if action.command:
        yield code(action.command)
        yield ""
    facts = [word("mends", language, number=len(action.mends))] if action.mends else []
    if action.due:
        late = (action.days_left or 0) < 0
        left = word("days-late" if late else "days-left", language, days=abs(action.days_left or 0))
        first = due_first(findings)
        told = escaped(due_words(first, language)) if first is not None else action.due
        facts.append(f"{word('label-due', language)} {told}{word('aside', language, text=left)}")
    if action.adds:
        names = ", ".join(map(escaped, action.adds))
        facts.append(word("newly-adds", language, number=len(action.adds), names=names))
    if action.leaves:
        left = word("leaves-open", language, number=action.leaves)
        facts.append(f"{word('label-leaves', language)}{word('colon', language)}{left}")
    yield from (f"- {fact}" for fact in facts)
    yield from (f"- {escaped(say(detail, language))}" for detail in action.detail)
    if action.waiting:
        teams = escaped(word("comma", language).join(owner_word(each, language) for each in action.waiting))
        yield f"- {word('they-wait-for-you', language, teams=teams)}"
    yield ""
    yield from _lines(findings[:most], language)
    if len(findings) > most:
        yield f"- {word('more-findings', language, number=len(findings) - most)}"
    yield ""
    way = way_to_show(findings)
    if len(way) > 1:
        yield f"{word('the-fix-is-at', language)}{word('colon', language)}".rstrip()
        yield ""
        yield from (f"- [{_MARKS[step.has_fix]}] {_step(step, language)}" for step in way)
        yield ""


def _step(step: Step, language: str) -> str:
    place = escaped(place_word(step.place, language))
    owner = word("aside", language, text=escaped(owner_word(step.owner, language))) if step.owner else ""
    return " ".join(part for part in (place, step.day) if part) + owner


def _lines(findings: Sequence[Finding], language: str) -> Iterator[str]:
    """A line each; those that would be the same name their places."""
    for group in alike(findings, len(findings)):
        for each in group:
            place = f" {code(place_of(each))}" if len(group) > 1 and each.paths else ""
            yield f"- [ ] {_line(each, language)}{place}"


def _line(finding: Finding, language: str) -> str:
    parts = [escaped(finding.id)]
    if finding.kev:
        parts.append("**KEV**")
    if finding.severity != "unknown":
        parts.append(escaped(both_severities(finding, language)))
    parts.append(f"{escaped(finding.package)} {escaped(finding.version)}")
    if finding.fixed_in:
        parts.append(f"-> {escaped(', '.join(finding.fixed_in))}")
    if finding.deadline is not None:
        due = f"{word('label-due', language)} {finding.deadline.due}"
        return " ".join(parts) + word("aside", language, text=due)
    return " ".join(parts)


def _waits(report: ScanReport, team: str, language: str) -> Iterator[str]:
    """For whom this team waits, and what nobody can mend yet."""
    waited: dict[str, int] = {}
    for action in report.actions:
        if team in action.waiting:
            waited[action.owner] = waited.get(action.owner, 0) + len(action.mends)
    for owner, number in sorted(waited.items()):
        name = escaped(owner_word(owner, language))
        yield f"- {word('you-wait-for', language, team=name, number=number)}"
    unfixed = [
        each
        for each in report.findings
        if each.owner == team
        and not each.suppressed
        and each.status != Status.FIXED.value
        and each.ecosystem not in ("end of life", "tag")
    ]
    never = sum(each.status == Status.WILL_NOT_FIX.value for each in unfixed)
    for told, number in (("no-fix-for-yours", len(unfixed) - never), ("never-for-yours", never)):
        if number:
            yield f"- {word(told, language, number=number)}"
    acting = {each.owner for each in report.actions} - {"", team} - set(waited)
    if acting:
        teams = escaped(word("comma", language).join(owner_word(each, language) for each in sorted(acting)))
        yield f"- {word('others-act-too', language, teams=teams)}"
