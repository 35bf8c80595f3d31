"""A flaw of an install -> a finding: its severity, whose it is, until when, where its fix is stuck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import msgspec

from seamline.advisories.ecosystems import Subject
from seamline.advisories.keys import Numbered, NumberedKey
from seamline.advisories.ratings import best_number, severity_of
from seamline.advisories.series import told_apart
from seamline.advisories.verdict import Flaw, Hit, Verdict
from seamline.expression import expression
from seamline.model.advisory import Advisory, Score, Severity, Status, Weather
from seamline.model.day import day_after, days_between
from seamline.model.entry import path_text
from seamline.model.evidence import Evidence, Message
from seamline.model.finding import Deadline, Finding, Step
from seamline.model.package import Install, Side
from seamline.model.purl import install_key, purl_of
from seamline.model.seam import Base

_NOTICE = expression(r"^(DSA|DLA|USN|LSN|ALSA|RLSA|RHSA|SUSE-SU|openSUSE-SU|ALAS\w*|ELSA|OESA|MGASA|CGA)-")
_PUBLISHERS = {
    "pypi": "PyPI",
    "npm": "npm",
    "golang": "Go",
    "cargo": "crates.io",
    "maven": "Maven Central",
    "gem": "RubyGems",
    "composer": "Packagist",
    "nuget": "NuGet",
}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an install stands: its stratum and the position of that, bottom up, its side and base, who keeps it, and whether
    its maker is one's own team (`is_ours`), who can build it again."""

    side: Side = Side.UNKNOWN
    stratum: str = ""
    owner: str = ""
    base: Base | None = None
    position: int = 0
    is_ours: bool = False


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What a judgement asks: an advisory by (ecosystem key, id), what an install is called through rebuilds, where it stands,
    how long an owner has, what is known of a CVE, the steps of a fix (of a flaw at a place, by the finding's key, from the
    day its publisher had one) between the distribution and this image, and the day it is judged by (`2026-11-24`)."""

    advisory: Callable[[str, str], Advisory | None]

    name_of: Callable[[Install], str]
    place_of: Callable[[Install], Place]
    days_for: Callable[[Severity, str], int | None]
    kev_days: Callable[[str], int | None]
    weather: Callable[[str], Weather | None]
    steps: Callable[[Flaw, Place, str, str], tuple[Step, ...]]
    today: str


class _Rated(msgspec.Struct, frozen=True):
    """What a finding says of its flaw whatever install has it. `available` is the day when its publisher had a fix, and how
    that is known."""

    severity: Severity
    number: float
    scores: tuple[Score, ...]
    advisories: tuple[str, ...]
    summary: str
    published: str
    available: tuple[str, str]
    epss: float
    percentile: float
    kev: bool
    kev_due: str
    evidence: tuple[Evidence, ...]


class _Standing(msgspec.Struct, frozen=True):
    """What the findings of one install have in common."""

    install: Install
    place: Place
    name: str
    fields: dict[str, Any]


def judged(flaws: Iterable[Flaw], bench: Bench) -> list[Finding]:
    """The findings, their actions not yet decided."""
    return told_apart(_judged(flaws, bench))


def _judged(flaws: Iterable[Flaw], bench: Bench) -> Iterator[Finding]:
    """What flaws or installs share is found out once."""
    bench = msgspec.structs.replace(bench, advisory=cache(bench.advisory))
    rated: dict[int, tuple[Verdict, _Rated]] = {}
    standing: _Standing | None = None
    numbered = Numbered()
    for flaw in flaws:
        if standing is None or standing.install is not flaw.install:
            standing = _standing(flaw.install, bench)
        known = rated.get(id(flaw.verdict))
        if known is None:  # the verdict is kept with it, so that no other can take its identity
            known = rated[id(flaw.verdict)] = (flaw.verdict, _rated(flaw.verdict, bench))
        yield _finding(flaw, standing, known[1], bench, numbered.next(flaw.id, standing.name))


def _standing(install: Install, bench: Bench) -> _Standing:
    package, place = install.package, bench.place_of(install)
    is_named_apart = package.namespace and not install.package.is_distributed
    fields = {
        "purl": purl_of(package),
        "package": f"{package.namespace}/{package.name}" if is_named_apart else package.name,
        "version": package.version,
        "source_name": package.source_name,
        "paths": tuple(path_text(proof) for proof in install.proofs),
        "inside": install.inside,
        "root": path_text(install.root),
        "install": install_key(install),
        "side": place.side,
        "stratum": place.stratum,
        "layer": install.current_layer,
        "origin_layer": install.origin_layer,
        "publisher": publisher_of(install),
    }
    return _Standing(install, place, bench.name_of(install), fields)


def _rated(verdict: Verdict, bench: Bench) -> _Rated:
    weather = _weather(verdict, bench)
    exploited = [each for each in weather if each.is_exploited_by(bench.today)]
    told = records_of(verdict, bench.advisory)
    scores = _scores(told, weather)
    severity, number = severity_of(scores, (hit.affected.word for hit in verdict.hits))
    return _Rated(
        severity=severity,
        number=number,
        scores=scores,
        advisories=verdict.advisories,
        summary=next((each.summary for each in told if each.summary), ""),
        published=min((each.published for each in told if each.published), default=""),
        available=available(verdict, told),
        epss=max((each.epss for each in weather), default=-1.0),
        percentile=max((each.percentile for each in weather), default=-1.0),
        kev=bool(exploited),
        kev_due=min((each.kev_due for each in exploited if each.kev_due), default=""),
        evidence=tuple(Evidence(message=reason_of(hit)) for hit in verdict.hits),
    )


def _finding(flaw: Flaw, standing: _Standing, rated: _Rated, bench: Bench, name: NumberedKey) -> Finding:
    verdict, place = flaw.verdict, standing.place
    steps = bench.steps(flaw, place, name.key, rated.available[0])
    is_fixed = verdict.status == Status.FIXED
    return Finding(
        key=name.key,
        series=name.series if name.number > 1 else "",
        number=name.number if name.number > 1 else 0,
        id=verdict.id,
        aliases=verdict.aliases,
        advisories=rated.advisories,
        summary=rated.summary,
        ecosystem=verdict.hits[0].subject.ecosystem,
        owner=_acting(steps, place),
        severity=rated.severity.value,
        score=rated.number,
        scores=rated.scores,
        epss=rated.epss,
        percentile=rated.percentile,
        kev=rated.kev,
        kev_due=rated.kev_due,
        fixed_in=verdict.fixed_in,
        status=verdict.status.value,
        published=rated.published,
        deadline=_deadline(rated, place, steps, bench) if is_fixed else None,
        way=steps,
        actions=(),
        evidence=rated.evidence,
        **standing.fields,
    )


def publisher_of(install: Install) -> str:
    """Who releases the fix."""
    package = install.package
    if install.supplier:
        return install.supplier
    if install.package.is_distributed:
        distribution = package.distribution
        return distribution.pretty_name or distribution.id if distribution is not None else "unknown"
    return _PUBLISHERS.get(package.ecosystem, package.name)


def _weather(flaw: Verdict, bench: Bench) -> list[Weather]:
    names = (flaw.id, *flaw.aliases)
    found = (bench.weather(name) for name in names if name.startswith("CVE-"))
    return [each for each in found if each is not None]


def records_of(verdict: Verdict, advisory: Callable[[str, str], Advisory | None]) -> tuple[Advisory, ...]:
    """The advisories that speak of a flaw, in the order of its hits."""
    keys = dict.fromkeys((hit.subject.ecosystem, hit.affected.advisory) for hit in verdict.hits)
    found = (advisory(ecosystem, name) for ecosystem, name in keys)
    return tuple(each for each in found if each is not None)


def _scores(told: Sequence[Advisory], weather: Iterable[Weather]) -> tuple[Score, ...]:
    given = {score for advisory in told if len(advisory.covers) <= 1 for score in advisory.scores}
    words = {score for advisory in told for score in advisory.scores if not score.number}
    given |= words
    if not best_number(given):
        given |= {score for each in weather for score in each.scores}
    return tuple(sorted(given, key=lambda score: (score.kind, score.text)))


def _acting(steps: Sequence[Step], place: Place) -> str:
    """The owner of the first place above the last one that has the fix; those further up wait."""
    return next((step.owner for step in lacking(steps) if step.owner), place.owner)


def lacking(steps: Sequence[Step]) -> Sequence[Step]:
    """The places that the fix has not come to: those above the last that has it. What lies below that one and lacks it
    holds nobody up."""
    last = max((at for at, step in enumerate(steps) if step.has_fix), default=-1)
    return steps[last + 1 :]


def _deadline(rated: _Rated, place: Place, steps: Sequence[Step], bench: Bench) -> Deadline | None:
    """The clock runs from the day when the fix stood at the place above the one that must act."""
    owner = _acting(steps, place)
    since, because = _since(rated.available, steps)
    days = bench.days_for(rated.severity, owner)
    due = day_after(since, days) if days is not None else ""
    if rated.kev:
        allowed = bench.kev_days(owner)
        kev_due = rated.kev_due if allowed is None else day_after(since or rated.kev_due, allowed)
        if kev_due and (not due or kev_due < due):
            due, because = kev_due, "kev"
    left = days_between(bench.today, due)
    return Deadline(due=due, since=since, because=because, days_left=left) if left is not None else None


def _since(available: tuple[str, str], steps: Sequence[Step]) -> tuple[str, str]:
    """The day when the fix stood at the place right above which it is missing, and what that place is."""
    had = [step for step in steps if step.has_fix and step.day]
    if had and had[-1] is not steps[0]:
        return had[-1].day, "base"
    return available


def available(verdict: Verdict, told: Sequence[Advisory]) -> tuple[str, str]:
    """The day when the publisher had a fix, and how that is known: its own notice of the fix (DSA, USN, ALSA ...) has that
    day (`distribution`); a record of the flaw has the day when the flaw became known (`advisory`). What tells no day of
    publication was there at the latest on the day of its last change (`modified`)."""
    fixing = {hit.affected.advisory for hit in verdict.hits if hit.fixed}
    dated = [each for each in told if each.published or each.modified]
    fixes = [each for each in dated if each.id in fixing]
    notices = [each for each in fixes if _NOTICE.match(each.id)]
    asked = notices or fixes or dated
    if published := min((each.published for each in asked if each.published), default=""):
        return published, "distribution" if notices else "advisory"
    return min((each.modified for each in asked), default=""), "modified"


def reason_of(hit: Hit) -> Message:
    """Why an advisory holds for a package."""
    args = reason_args(hit.affected.advisory, hit.subject)
    if hit.fixed is None:
        return Message("names-the-version", args)
    if not hit.fixed:
        return Message("in-an-open-range", args)
    what = "fixed-for-payers" if hit.is_for_payers else "before-the-fix"
    return Message(what, {**args, "fixed": hit.fixed})


def reason_args(advisory: str, subject: Subject) -> dict[str, str]:
    """What every reason tells: which advisory, and what of the package it was held against."""
    return {"advisory": advisory, **subject._asdict()}


def urgency(finding: Finding) -> tuple[int, int, int, float, float, str, str]:
    """What sorts findings, most urgent first: known exploited, severity, overdue, EPSS, score."""
    overdue = finding.deadline is not None and finding.deadline.is_overdue
    return (
        0 if finding.kev else 1,
        Severity(finding.severity).rank,
        0 if overdue else 1,
        -finding.epss,
        -finding.score,
        finding.id,
        finding.install,
    )
