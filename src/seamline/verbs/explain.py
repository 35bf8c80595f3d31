"""Why an advisory holds for an image, or why not: every package it could mean, the version that decides, the side, the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline import __version__
from seamline.advisories.ecosystems import Subject, subjects_of
from seamline.model.advisory import Advisory, Affected
from seamline.model.evidence import Message
from seamline.model.explanation import Compared, ExplainReport
from seamline.model.finding import ScanReport
from seamline.model.package import Install
from seamline.stores.advisory_index import WEATHER, Advisories
from seamline.verbs.stock import Stock
from seamline.versions.orders import UnreadableVersion, order_of


def explain_report(stock: Stock, index: Advisories, scan: ScanReport, name: str) -> ExplainReport:
    """The explanation; `scan` is the image's own, judged on the same terms."""
    advisories = _advisories(index, name)
    # the other flaws of an advisory that sums up several are not asked for
    alone = [advisory for advisory in advisories if len(advisory.covers) <= 1]
    names = {name, *(each for told in alone for each in (told.id, *told.aliases, *told.covers))}
    findings = tuple(
        each for each in scan.findings if each.id == name or name in each.aliases or name in each.advisories
    )
    keys = {each.key for each in findings}
    strata = {each.stratum for each in findings}
    return ExplainReport(
        image=scan.image,
        id=name,
        advisories=advisories,
        compared=tuple(_compared(stock.installs, index, {a.id for a in advisories} | names)),
        findings=findings,
        actions=tuple(action for action in scan.actions if keys.intersection(action.mends)),
        side_reasons=tuple(
            evidence.message
            for stratum in stock.strata
            if stratum.name in strata
            for evidence in stratum.evidence
        ),
        database=scan.database,
        gaps=scan.gaps,
        as_of=scan.as_of,
        seamline=__version__,
    )


def _advisories(index: Advisories, name: str) -> tuple[Advisory, ...]:
    """Every record with this id or alias."""
    ecosystems = [state.ecosystem for state in index.manifest.ecosystems if state.ecosystem != WEATHER]
    found = {
        each: advisory
        for ecosystem in ecosystems
        for each in index.named(ecosystem, name)
        if (advisory := index.advisory(ecosystem, each)) is not None
    }
    return tuple(found[each] for each in sorted(found))


def _compared(installs: Sequence[Install], index: Advisories, names: set[str]) -> Iterator[Compared]:
    for install in installs:
        for subject in subjects_of(install):
            for row in index.affected(subject.ecosystem, subject.name):
                if row.advisory in names or names.intersection(row.covers):
                    affected, reason = _reason(install, subject, row)
                    path = install.proofs[0].decode("utf-8", "backslashreplace") if install.proofs else ""
                    yield Compared(
                        package=install.package.name,
                        version=install.package.version,
                        path=path + (f"!{install.inside}" if install.inside else ""),
                        ecosystem=subject.ecosystem,
                        affected=affected,
                        reason=reason,
                    )


def _reason(install: Install, subject: Subject, row: Affected) -> tuple[bool, Message]:
    args = {
        "advisory": row.advisory,
        "ecosystem": subject.ecosystem,
        "name": subject.name,
        "version": subject.version,
    }
    if install.owned_by:
        return False, Message("owned-by-distribution", {**args, "owner": install.owned_by.partition("@")[0]})
    order = order_of(subject.ecosystem)
    try:
        key = order(subject.version) if order is not None else b""
    except UnreadableVersion:
        return False, Message("version-not-compared", {"package": subject.name, "version": subject.version})
    for each in row.ranges:
        if each.holds(key):
            if each.fixed:
                return True, Message("before-the-fix", {**args, "fixed": each.fixed})
            return True, Message("in-an-open-range", args)
    if key in row.versions:
        return True, Message("names-the-version", args)
    fixes = sorted({each.fixed for each in row.ranges if each.fixed and key >= each.high}, key=order)
    if fixes:
        return False, Message("has-the-fix", {**args, "fixed": fixes[-1]})
    return False, Message("outside-all-ranges", args)
