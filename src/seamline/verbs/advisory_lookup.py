"""Single questions to the advisory index: a package's flaws and what could not be judged of it, the records of an id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.advisories.ecosystems import base_of
from seamline.advisories.judge import records_of
from seamline.advisories.match import match
from seamline.advisories.ratings import severity_of
from seamline.advisories.verdict import Verdict, status_without_fix
from seamline.errors import Where
from seamline.model.advisory import Advisory, Affected, LookupLine, Score
from seamline.model.database import LookupReport
from seamline.model.evidence import Gap, Message
from seamline.model.package import Install, Package
from seamline.stores.advisory_index import WEATHER, Advisories
from seamline.verbs.scan import database_gaps, database_line, needed_ecosystems, unjudged

OF_ALL = ("only-starter-set", "advisories-too-old", "told-fetched")
"""Gaps that leave an answer one: there may be more."""


def lookup_report(index: Advisories, package: Package | None, asked: str, as_of: str) -> LookupReport:
    """What is known of a package or an id, and why that may not be all: no advisories of its kind, or old ones."""
    found = look_up(index, package, asked)
    bases = (
        needed_ecosystems([_install(package)])
        if package is not None
        else tuple(sorted({base_of(line.ecosystem) for line in found}))
    )
    gaps = unanswered(index, package) if package is not None else _elsewhere(index, found)
    return LookupReport(
        asked=asked, found=found, gaps=(*database_gaps(database_line(index, bases, as_of)), *gaps)
    )


def look_up(index: Advisories, package: Package | None, name: str) -> tuple[LookupLine, ...]:
    """The flaws of a package at its version, or what every record that has the id or alias `name` says of each package; where none
    has, what records say of the packages of that name."""
    if package is not None:
        found = match([_install(package)], index.affected).flaws
        return tuple(_line(flaw.verdict, index) for flaw in found)
    spelt = dict.fromkeys((name, name.upper(), _upper_kind(name)))
    named = (line for each in spelt for line in _named(index, each))
    return tuple(dict.fromkeys(named)) or tuple(dict.fromkeys(_about(index, name)))


def _elsewhere(index: Advisories, found: Sequence[LookupLine]) -> tuple[Gap, ...]:
    """That an id which is nowhere may be in what was never fetched."""
    fetched = [state.ecosystem for state in index.manifest.ecosystems if state.ecosystem != WEATHER]
    told = Message("told-fetched", {"ecosystems": ", ".join(fetched) or "-"})
    return () if found else (Gap(where=Where(), message=told),)


def unanswered(index: Advisories, package: Package) -> tuple[Gap, ...]:
    """Why the index cannot tell a package's flaws: no advisories of its kind, no release or version told, none that compares."""
    install = _install(package)
    if not package.version:
        return (Gap(where=Where(), message=Message("version-not-told", {"package": package.name})),)
    return tuple(unjudged(match([install], index.affected), [install], index))


def _install(package: Package) -> Install:
    return Install(package=package, proofs=(), origin_layer=0, current_layer=0, found_by="lookup")


def _line(flaw: Verdict, index: Advisories) -> LookupLine:
    told = records_of(flaw, index.advisory)
    return LookupLine(
        id=flaw.id,
        aliases=flaw.aliases,
        advisories=flaw.advisories,
        ecosystem=flaw.hits[0].subject.ecosystem,
        package=flaw.hits[0].subject.name,
        severity=severity_of(_scores(flaw.id, told, index))[0].value,
        status=flaw.status.value,
        fixed_in=flaw.fixed_in,
        summary=next((each.summary for each in told if each.summary), ""),
    )


def _scores(name: str, told: Sequence[Advisory], index: Advisories) -> list[Score]:
    """What its records say of it, and what the CVE's own does: many distributions rate nothing."""
    weather = index.weather(name)
    own = weather.scores if weather is not None else ()
    return [*(score for advisory in told for score in advisory.scores), *own]


def _named(index: Advisories, name: str) -> Iterator[LookupLine]:
    for state in index.manifest.ecosystems:
        for each in index.named(state.ecosystem, name) if state.ecosystem != WEATHER else ():
            advisory = index.advisory(state.ecosystem, each)
            if advisory is not None:
                spoken: list[tuple[str, str, Affected | None]] = [*index.speaks_of(state.ecosystem, each)]
                for said in spoken or [(state.ecosystem, "", None)]:
                    yield _record_line(advisory, *said, index)


def _upper_kind(name: str) -> str:
    """`ghsa-jfh8-c2jp-5v3q` as it is spelt: its kind in capitals alone."""
    kind, dash, rest = name.partition("-")
    return kind.upper() + dash + rest


def _about(index: Advisories, package: str) -> Iterator[LookupLine]:
    """What every record says of the packages of a name, in whatever ecosystem."""
    for state in index.manifest.ecosystems:
        base = state.ecosystem
        for release, name, rows in index.spoken_of(base, (package,)) if base != WEATHER else ():
            for row in rows:
                advisory = index.advisory(base, row.advisory)
                if advisory is not None:
                    yield _record_line(advisory, release, name, row, index)


def _record_line(
    advisory: Advisory, ecosystem: str, package: str, affected: Affected | None, index: Advisories
) -> LookupLine:
    """What a record says of one package; what it is where it speaks of none."""
    names = tuple(sorted({*advisory.aliases, *advisory.covers}))
    told = [score for each in (advisory.id, *names) for score in _scores(each, (advisory,), index)]
    fixed = tuple(dict.fromkeys(each.fixed for each in affected.ranges if each.fixed)) if affected else ()
    end = "" if affected is None else "fixed" if fixed else status_without_fix(affected).value
    return LookupLine(
        id=advisory.id,
        aliases=names,
        advisories=(advisory.id,),
        ecosystem=ecosystem,
        package=package,
        severity=severity_of(told, (affected.word,) if affected else ())[0].value,
        status="withdrawn" if advisory.withdrawn else end,
        fixed_in=fixed,
        summary=advisory.summary,
    )
