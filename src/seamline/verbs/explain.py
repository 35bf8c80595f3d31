"""Why an advisory holds for an image, or why not: every package it could mean, the version that decides, the side, the way."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import msgspec

from seamline import __version__
from seamline.advisories.ecosystems import (
    Subject,
    base_of,
    distribution_ecosystem,
    is_extended,
    is_kernel_headers,
)
from seamline.advisories.end_of_life import has_ended
from seamline.advisories.judge import reason_args, reason_of
from seamline.advisories.match import (
    follows_distribution,
    foreign_keys,
    in_same_stream,
    judged_subjects,
    tracks_alone,
)
from seamline.advisories.renewals import lacks
from seamline.advisories.verdict import Hit, shows_support
from seamline.advisories.vex import hear
from seamline.expression import expression
from seamline.model.advisory import Advisory, Affected, PackageRows, Status
from seamline.model.day import noted
from seamline.model.entry import path_text
from seamline.model.evidence import Message
from seamline.model.explanation import Compared, ExplainReport, Part
from seamline.model.finding import Action, Finding, ScanReport, due_first
from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.model.vex import Statement
from seamline.stores.advisory_index import WEATHER, Advisories
from seamline.verbs.stock import Stock
from seamline.verbs.vex_scope import Scopes
from seamline.versions.keys import literal_key
from seamline.versions.orders import UnreadableVersion, order_of

_MOST_ELSEWHERE = 8
_MOST_NEAR = 6
_END = "EOL-"
_LIKE_AN_IMAGE = expression(r"[/:@]")


def explain_report(
    stock: Stock, index: Advisories, scan: ScanReport, name: str, vex: Sequence[Statement] = ()
) -> ExplainReport:
    """The explanation; `scan` is the image's own, judged on the same terms, `vex` the statements among these."""
    advisories = _advisories(index, name)
    # the other flaws of an advisory that sums up several are not asked for
    alone = [advisory for advisory in advisories if len(advisory.covers) <= 1]
    names = {name, *(each for told in alone for each in (told.id, *told.aliases, *told.covers))}
    findings = tuple(
        each for each in scan.findings if each.id == name or name in each.aliases or name in each.advisories
    )
    scopes = Scopes(stock, tuple(vex))
    keys = {each.key for each in findings}
    strata = {each.stratum for each in findings}
    found = {(each.install, cve) for each in scan.findings for cve in (each.id, *each.aliases)}
    today = scan.as_of[:10]
    compared = _telling(_compared(stock.installs, index, {a.id for a in advisories} | names, found, today))
    compared += _elsewhere(stock.installs, index, advisories, {(c.package, c.path) for c in compared})
    parts = tuple(
        Part(
            stratum=stratum.name,
            side=stratum.side.value,
            reasons=tuple(evidence.message for evidence in stratum.evidence),
        )
        for stratum in stock.strata
        if stratum.name in strata
    )
    return ExplainReport(
        image=scan.image,
        id=name,
        advisories=advisories,
        compared=tuple(compared),
        findings=findings,
        actions=tuple(_of_these(each, findings) for each in scan.actions if keys.intersection(each.mends)),
        side_reasons=tuple(reason for part in parts for reason in part.reasons),
        parts=parts,
        statements=tuple(
            each for finding in findings for each in hear(scopes.about(finding), finding, scopes.of(finding))
        ),
        told=(
            *_told(name, index, scan, advisories, findings),
            *(() if findings else _later(name, compared, advisories, today)),
        ),
        database=scan.database,
        gaps=scan.gaps,
        as_of=scan.as_of,
        seamline=__version__,
    )


def _of_these(action: Action, findings: Sequence[Finding]) -> Action:
    """The act as it is about these findings: one that names a flaw as its example names one of these."""
    if "id" not in action.message.args or action.what != "renew-base":
        return action
    own = [each for each in findings if each.key in action.mends]
    return msgspec.structs.replace(
        action, message=lacks(str(action.message.args["base"]), due_first(own) or own[0])
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


def _compared(
    installs: Sequence[Install],
    index: Advisories,
    names: set[str],
    found: Container[tuple[str, str]],
    today: str,
) -> Iterator[Compared]:
    """A line for each package and record that `names` mean; `found` are the findings, as (install, name of the flaw)."""
    foreign = foreign_keys(installs)
    for install, subjects in judged_subjects(installs):
        follows = follows_distribution(install, foreign)
        own: dict[str, str] = {}
        for subject in subjects:
            rows = index.affected(subject.ecosystem, subject.name)
            if not is_extended(subject.ecosystem):
                own |= {row.covers[0]: row.advisory for row in rows if tracks_alone(row)}
            told: dict[str, list[Compared]] = {}
            for row in rows:
                if row.advisory in names or names.intersection(row.covers):
                    record = index.advisory(subject.ecosystem, row.advisory)
                    affected, reason = _reason(install, subject, row, rows, record, today, follows=follows)
                    cves = [cve for cve in row.covers if cve in names] or list(row.covers)
                    if affected and not tracks_alone(row) and _are_judged(install, cves, own, found):
                        affected, reason = False, _set_aside(subject, row, cves, own)
                    line = _line(install, subject.ecosystem, affected, reason)
                    told.setdefault(row.advisory, []).append(line)
            for lines in told.values():
                yield from _deciding(lines)


def _deciding(lines: Sequence[Compared]) -> Sequence[Compared]:
    """Of what one record says of a package in several ranges, those that hold; the other branches decide nothing then."""
    return [each for each in lines if each.affected] or lines


def _telling(lines: Iterable[Compared]) -> list[Compared]:
    """The lines without those that say no of a package where another line of the same advisory says yes: a record may speak
    of a package range by range."""
    every = list(lines)
    yes = {_subject(each) for each in every if each.affected}
    return [each for each in every if each.affected or _subject(each) not in yes]


def _subject(line: Compared) -> tuple[object, ...]:
    return (line.package, line.version, line.path, line.ecosystem, line.reason.args.get("advisory"))


def _are_judged(
    install: Install, cves: Sequence[str], own: Mapping[str, str], found: Container[tuple[str, str]]
) -> bool:
    """Whether each CVE has a record of its own about the package, and none of them holds."""
    key = install_key(install)
    return bool(cves) and all(cve in own and (key, cve) not in found for cve in cves)


def _set_aside(subject: Subject, row: Affected, cves: Sequence[str], own: Mapping[str, str]) -> Message:
    args = {
        "advisory": row.advisory,
        "own": ", ".join(sorted({own[cve] for cve in cves})[:_MOST_NEAR]),
        "cves": ", ".join(cves[:_MOST_NEAR]),
        "name": subject.name,
        "version": subject.version,
    }
    return Message("set-aside", args)


def _line(install: Install, ecosystem: str, affected: bool, reason: Message) -> Compared:
    path = path_text(install.proofs[0]) if install.proofs else ""
    return Compared(
        package=install.package.name,
        version=install.package.version,
        path=path + (f"!{install.inside}" if install.inside else ""),
        ecosystem=ecosystem,
        affected=affected,
        reason=reason,
    )


def _reason(
    install: Install,
    subject: Subject,
    row: Affected,
    beside: PackageRows,
    told: Advisory | None,
    today: str,
    *,
    follows: bool,
) -> tuple[bool, Message]:
    args = reason_args(row.advisory, subject)
    if follows:
        return False, Message("owned-by-distribution", {**args, "owner": install.owned_by.partition("@")[0]})
    if is_kernel_headers(install.package):
        return False, Message("headers-of-a-kernel", args)
    if not in_same_stream(install, row):
        own = install.package.modularity or "-"
        return False, Message("of-another-stream", {**args, "stream": row.stream or "-", "own": own})
    if told is not None and told.withdrawn and told.withdrawn <= today:
        return False, Message("was-withdrawn", {**args, "day": told.withdrawn[:10]})
    return _by_version(install, subject, row, beside, args)


def _by_version(
    install: Install, subject: Subject, row: Affected, beside: PackageRows, args: dict[str, str]
) -> tuple[bool, Message]:
    order = order_of(subject.ecosystem)
    try:
        key = order(subject.version) if order is not None else b""
    except UnreadableVersion:
        if row in beside.naming(literal_key(subject.version)):
            return True, Message("names-the-version", args)
        return False, Message("version-not-compared", {"package": subject.name, "version": subject.version})
    for each in row.ranges:
        if each.holds(key):
            hit = Hit(subject, row, each.fixed, is_extended(subject.ecosystem) and not shows_support(install))
            if hit.status == Status.NOT_AFFECTED:
                return False, Message("vendor-says-not-affected", args)
            return True, reason_of(hit)
    if row in beside.naming(key):
        return True, Message("names-the-version", args)
    fixes = sorted({each.fixed for each in row.ranges if each.fixed and key >= each.high}, key=order)
    if fixes:
        return False, Message("has-the-fix", {**args, "fixed": fixes[-1]})
    return False, Message("outside-all-ranges", args)


def _elsewhere(
    installs: Sequence[Install],
    index: Advisories,
    advisories: Sequence[Advisory],
    known: set[tuple[str, str]],
) -> Iterator[Compared]:
    """Packages of a distribution that the advisories know by name, but in another release or distribution."""
    ids = {advisory.id for advisory in advisories}
    by_name: dict[str, list[Install]] = {}
    for install in installs:
        if install.package.distribution is not None and not install.owned_by:
            by_name.setdefault(install.package.source_name or install.package.name, []).append(install)
    left = _MOST_ELSEWHERE
    for state in index.manifest.ecosystems:
        base = state.ecosystem
        if base == WEATHER or not any(index.advisory(base, each) is not None for each in ids):
            continue
        for ecosystem, name, rows in index.spoken_of(base, by_name):
            for row in rows:
                for install in by_name[name] if row.advisory in ids else ():
                    line = _line(install, ecosystem, False, _other(install, ecosystem, name, row))
                    if left and (line.package, line.path) not in known:
                        left -= 1
                        yield line


def _other(install: Install, ecosystem: str, name: str, row: Affected) -> Message:
    distribution = install.package.distribution
    own = distribution_ecosystem(distribution) if distribution is not None else ""
    fixed = ", ".join(sorted({each.fixed for each in row.ranges if each.fixed}))
    args = {
        "advisory": row.advisory,
        "name": name,
        "ecosystem": ecosystem,
        "own": own or (distribution.id if distribution is not None else ""),
        "fixed": fixed or "-",
    }
    if install.supplier:
        return Message("not-the-distributions-own", {**args, "supplier": install.supplier})
    same = own and base_of(own) == base_of(ecosystem)
    return Message("of-another-release" if same else "of-another-distribution", args)


def _told(
    name: str,
    index: Advisories,
    scan: ScanReport,
    advisories: Sequence[Advisory],
    findings: Sequence[Finding],
) -> Iterator[Message]:
    """What else is known of an id: exploitation, an end of support that has not come, what it may have meant."""
    if name.startswith(_END):
        here = [evidence.message for finding in findings for evidence in finding.evidence]
        yield from here[:1] or _ending(name, index, scan.as_of[:10])
    if advisories or findings:
        return
    weather = index.weather(name)
    if weather is not None and weather.is_exploited_by(scan.as_of[:10]):
        yield Message("told-exploited", {"id": name, "day": weather.kev_added})
    elif weather is not None and weather.epss >= 0:
        yield Message("told-likely", {"id": name, "chance": f"{weather.epss:.1%}"})
    of_package = [each.id for each in scan.findings if name in (each.package, each.source_name)]
    if of_package:
        shown = ", ".join(sorted(set(of_package))[:_MOST_NEAR])
        yield Message("told-package", {"name": name, "number": len(of_package), "ids": shown})
        return
    if _LIKE_AN_IMAGE.search(name):
        yield Message("told-like-an-image", {"name": name})
        return
    near = difflib.get_close_matches(name, sorted({each.id for each in scan.findings}), _MOST_NEAR, 0.85)
    if near:
        yield Message("told-near", {"ids": ", ".join(near)})
    fetched = [state.ecosystem for state in index.manifest.ecosystems if state.ecosystem != WEATHER]
    yield Message("told-fetched", {"ecosystems": ", ".join(fetched) or "-"})


def _later(
    name: str, compared: Sequence[Compared], advisories: Sequence[Advisory], today: str
) -> Iterator[Message]:
    """Whether what would be a finding is none as it became known after the day that is judged by."""
    held = {each.reason.args.get("advisory") for each in compared if each.affected}
    day = min((each.published for each in advisories if each.id in held), default="")
    if day > today:
        yield Message("told-later", {"id": name, "day": day, "today": today})


def _ending(name: str, index: Advisories, today: str) -> Iterator[Message]:
    """What is known of the end of support that an id such as EOL-debian-12 names."""
    product, _, release = name.removeprefix(_END).rpartition("-")
    cycle = next((each for each in index.cycles(product) if each.cycle == release), None)
    if cycle is None:
        known = ", ".join(each.cycle for each in index.cycles(product)[:_MOST_NEAR])
        yield Message("told-no-cycle", {"product": product or name, "cycles": known or "-"})
    elif not cycle.ends:
        yield Message("told-no-end", {"product": product, "cycle": release})
    else:
        what = "told-ended" if has_ended(cycle, today) else "told-not-ended"
        yield Message(what, {"product": product, "cycle": release, "day": noted(cycle.ends)})
