"""Single questions to the advisory index: a package's flaws, the records of an id."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.advisories.match import match
from seamline.advisories.ratings import severity_of
from seamline.advisories.verdict import Flaw
from seamline.model.advisory import LookupLine, Score
from seamline.model.package import Install, Package
from seamline.stores.advisory_index import WEATHER, Advisories


def look_up(index: Advisories, package: Package | None, name: str) -> tuple[LookupLine, ...]:
    """The flaws of a package at its version, or every record that has the id or alias `name`."""
    if package is not None:
        install = Install(package=package, proofs=(), origin_layer=0, current_layer=0, found_by="lookup")
        found = match([install], index.affected, index.advisory).flaws
        return tuple(
            LookupLine(
                id=flaw.id,
                aliases=flaw.aliases,
                advisories=tuple(sorted(advisory.id for advisory in flaw.advisories)),
                ecosystem=flaw.hits[0].subject.ecosystem,
                package=flaw.hits[0].subject.name,
                severity=severity_of(_scores(flaw, index))[0].value,
                status=flaw.status.value,
                fixed_in=flaw.fixed_in,
                summary=next((a.summary for a in flaw.advisories if a.summary), ""),
            )
            for flaw in found
        )
    return tuple(_named(index, name))


def _scores(flaw: Flaw, index: Advisories) -> list[Score]:
    """What its records say of it, and what the CVE's own does: many distributions rate nothing."""
    weather = index.weather(flaw.id)
    told = weather.scores if weather is not None else ()
    return [*(score for advisory in flaw.advisories for score in advisory.scores), *told]


def _named(index: Advisories, name: str) -> Iterator[LookupLine]:
    for state in index.manifest.ecosystems:
        for each in index.named(state.ecosystem, name) if state.ecosystem != WEATHER else ():
            advisory = index.advisory(state.ecosystem, each)
            if advisory is not None:
                yield LookupLine(
                    id=advisory.id,
                    aliases=tuple(sorted({*advisory.aliases, *advisory.covers})),
                    advisories=(advisory.id,),
                    ecosystem=state.ecosystem,
                    package="",
                    severity=severity_of(advisory.scores)[0].value,
                    status="withdrawn" if advisory.withdrawn else "",
                    fixed_in=(),
                    summary=advisory.summary,
                )
