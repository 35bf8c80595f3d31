"""An explanation in a terminal: the answer, why, whose, until when, what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.advisory import Score
from seamline.model.explanation import ExplainReport
from seamline.model.finding import Finding, place_of
from seamline.model.vex import Heard
from seamline.render.gaps import not_checked
from seamline.render.layout import left, plain, wrapped
from seamline.render.scan_acts import owner_word, place_word
from seamline.render.words import part_name, say, word

_COLUMNS = 80
_END = "end of life"
_MOST_REASONS = 4
_MOST_PRODUCTS = 3
_OTHER = "vex-other-product"


def write_explain(report: ExplainReport, language: str) -> str:
    """The text, ending in a newline."""
    lines = [each for line in _answer(report, language) for each in wrapped(line.split(), _COLUMNS)]
    lines.append("")
    lines += [*_advisories(report, language), *_compared(report, language), *_vex(report, language)]
    for finding in report.findings:
        lines += [*([""] if lines[-1] else []), *_finding(finding, report, language)]
    if report.gaps:
        lines += not_checked(report.gaps, language, _COLUMNS)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _answer(report: ExplainReport, language: str) -> Iterator[str]:
    name, image = plain(report.id), plain(report.image.reference)
    if report.findings:
        counted = [each for each in report.findings if not each.suppressed]
        what = "explain-holds" if counted else "explain-suppressed"
        yield word(what, language, id=name, image=image, number=len(report.findings))
    elif any(each.affected for each in report.compared):
        if any(told.id == "told-later" for told in report.told):
            yield word("explain-later", language, id=name, image=image)
        else:
            yield word("explain-hidden", language, id=name, image=image)
    elif report.compared:
        yield word("explain-not-affected", language, id=name, image=image)
    elif report.advisories:
        yield word("explain-not-there", language, id=name, image=image)
    else:
        yield word("explain-unknown", language, id=name)
    for told in report.told:
        yield plain(say(told, language))


def _advisories(report: ExplainReport, language: str) -> Iterator[str]:
    """Those that spoke of a package here; the others, of other distributions, by name alone."""
    spoke = {str(each.reason.args.get("advisory", "")) for each in report.compared}
    spoke.update(name for finding in report.findings for name in finding.advisories)
    here = [each for each in report.advisories if each.id in spoke] or list(report.advisories)
    for advisory in here:
        ratings = ", ".join(f"{_kind(score)} {score.number or score.text}" for score in advisory.scores)
        head = "  ".join(part for part in (advisory.id, advisory.published, plain(ratings)) if part)
        yield from _labelled("label-advisory", [head], language)
        for line in wrapped(plain(advisory.summary).split(), _COLUMNS - 13):
            yield f"{'':13}{line}"
        if advisory.reference:  # an address in two pieces cannot be opened
            yield f"{'':13}{plain(advisory.reference)}"
    others = ", ".join(plain(each.id) for each in report.advisories if each not in here)
    if others:
        yield from _labelled("label-elsewhere", [word("records-elsewhere", language, names=others)], language)


def _compared(report: ExplainReport, language: str) -> Iterator[str]:
    texts = [
        word(
            "explain-compared",
            language,
            mark="[!]" if each.affected else "[ ]",
            package=plain(each.package),
            version=plain(each.version),
            path=f"/{plain(each.path)}",
            reason=plain(say(each.reason, language)),
        )
        for each in report.compared
    ]
    yield from _labelled("label-compared", texts, language)


def _finding(finding: Finding, report: ExplainReport, language: str) -> Iterator[str]:
    named = finding.ecosystem == _END and not finding.purl  # a release as its distribution calls it
    yield plain(finding.package if named else f"{finding.package} {finding.version}")
    if len({(each.package, each.version) for each in report.findings}) < len(report.findings):
        yield from _labelled("label-found", [plain(place_of(finding))], language)
    owner = word("explain-owner", language, owner=finding.owner, publisher=plain(finding.publisher))
    yield from _labelled("label-side", list(_side(finding, report, language)), language)
    yield from _labelled("label-owner", [owner], language)
    yield from _labelled("label-severity", list(_severity(finding, language)), language)
    yield from _labelled("label-urgency", [_urgency(finding, language)], language)
    yield from _labelled("label-way", list(_way(finding, language)), language)
    if finding.not_offered is not None:
        why = plain(say(finding.not_offered.message, language))
        yield from _labelled("label-sources", [word("explain-not-offered", language, why=why)], language)
    if finding.deadline is not None:
        yield from _labelled("label-deadline", [_deadline(finding, language)], language)
    if finding.suppressed:
        by, why = finding.suppressed, plain(finding.suppressed_why)
        text = word("explain-suppressed-by", language, by=by, why=why)
        yield from _labelled("label-suppressed", [text], language)
    for action in report.actions:
        if finding.key in action.mends:
            yield from _labelled("label-action", [plain(say(action.message, language))], language)
            if action.command:
                yield f"{'':13}{plain(action.command)}"


def _side(finding: Finding, report: ExplainReport, language: str) -> Iterator[str]:
    yield word(
        "explain-side" if finding.layer is None else "explain-side-layer",
        language,
        side=word(f"side-{finding.side.value}", language),
        part=plain(part_name(finding.stratum, language)),
        layer=str(finding.layer),
    )
    if finding.is_changed_above:
        yield word("changed-above", language, origin=str(finding.origin_layer), layer=str(finding.layer))
    told = (
        plain(say(each, language))
        for part in report.parts
        if (part.stratum, part.side) == (finding.stratum, finding.side.value)
        for each in part.reasons
    )
    yield from list(dict.fromkeys(told))[:_MOST_REASONS]


def _severity(finding: Finding, language: str) -> Iterator[str]:
    yield word(f"severity-{finding.severity}", language)
    for score in finding.scores:
        yield f"{_kind(score)} {plain(score.text)}" + (f" = {score.number}" if score.number else "")


def _way(finding: Finding, language: str) -> Iterator[str]:
    marks = {True: "[x]", False: "[ ]", None: "[?]"}
    for step in finding.way:
        place, owner = place_word(step.place, language), owner_word(step.owner, language)
        yield f"{marks[step.has_fix]} {place} {step.day} {owner}"


def _kind(score: Score) -> str:
    """Whose rating it is, as people write it: CVSS v3 of OSV's CVSS_V3."""
    return plain(score.kind.replace("_V", " v"))


def _urgency(finding: Finding, language: str) -> str:
    """One line that says why it stands where it stands."""
    parts = [word("urgency-kev", language, day=finding.kev_due)] if finding.kev else []
    parts.append(word(f"severity-{finding.severity}", language))
    if finding.deadline is not None and finding.deadline.is_overdue:
        parts.append(word("days-late", language, days=-finding.deadline.days_left))
    if finding.epss >= 0:
        parts.append(word("urgency-epss", language, chance=f"{finding.epss:.1%}"))
    return word("between", language).join(parts)


def _deadline(finding: Finding, language: str) -> str:
    deadline = finding.deadline
    assert deadline is not None  # noqa: S101 - asked for one only
    because = "publisher" if deadline.because == "distribution" else deadline.because
    since = word(f"since-{because}", language, day=deadline.since, publisher=plain(finding.publisher))
    left_over = word(
        "days-left" if deadline.days_left >= 0 else "days-late", language, days=abs(deadline.days_left)
    )
    return word("explain-deadline", language, day=deadline.due, left=left_over, since=since)


def _vex(report: ExplainReport, language: str) -> Iterator[str]:
    """What VEX documents say of it, each with why it decides here or not: what decides first, what is about something else
    last. A vendor's file has a statement for every product: those that differ in nothing else are one line."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for heard in sorted(report.statements, key=_nearness):
        told = heard.statement
        said = ", ".join(part for part in (told.status, told.justification, told.impact, told.action) if part)
        whose = ", ".join(part for part in (told.author, told.timestamp[:10], told.source) if part)
        is_other = heard.reason.id == _OTHER
        reason = "" if is_other else say(heard.reason, language)
        parts = ("[x]" if heard.decides else "[ ]", heard.package, said, whose, reason)
        alike.setdefault(parts, []).extend(told.products if is_other else ())
    texts = (_statement(parts, products, language) for parts, products in alike.items())
    yield from _labelled("label-vex", list(texts), language)


def _nearness(heard: Heard) -> int:
    return 0 if heard.decides else 2 if heard.reason.id == _OTHER else 1


def _statement(parts: tuple[str, ...], others: Sequence[str], language: str) -> str:
    mark, package, said, whose, reason = map(plain, parts)
    if others:
        names = list(dict.fromkeys(map(plain, others)))
        shown = word("comma", language).join(names[:_MOST_PRODUCTS])
        reason = word(_OTHER, language, products=shown)
        if len(names) > _MOST_PRODUCTS:
            reason += word("and-more", language, number=len(names) - _MOST_PRODUCTS)
    return word("explain-vex", language, mark=mark, package=package, said=said, whose=whose, reason=reason)


def _labelled(name: str, texts: Sequence[str], language: str) -> Iterator[str]:
    label = left(word(name, language), 12)
    for text in texts:
        for line in wrapped(text.split(), _COLUMNS - 13) if text else ():
            yield f"{label} {line}"
            label = " " * 12
