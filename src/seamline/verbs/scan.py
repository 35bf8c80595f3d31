"""Every flaw of an image with its side, owner, deadline and the action that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from seamline import __version__
from seamline.advisories.actions import Yard, decide, rebuild_word
from seamline.advisories.ecosystems import base_of, distribution_ecosystem, subjects_of
from seamline.advisories.end_of_life import cycle_of_distribution, cycle_of_runtime, has_ended
from seamline.advisories.forecast import judging
from seamline.advisories.judge import Bench, Place, finding_key, judge, publisher_of, urgency
from seamline.advisories.match import Matched, match
from seamline.advisories.vex import deciding
from seamline.errors import Where
from seamline.model.advisory import Cycle, DatabaseLine, Severity, Status
from seamline.model.evidence import Evidence, Gap, Message
from seamline.model.finding import BrokenGate, Finding, ScanReport, Suppressed
from seamline.model.package import Install
from seamline.model.purl import install_key, purl_of
from seamline.model.vex import Statement
from seamline.settings.file import Settings
from seamline.settings.gates import Gate, breaches
from seamline.settings.ignores import expired, suppressing
from seamline.stores.advisory_index import Advisories
from seamline.stores.ledger import Bases
from seamline.verbs.database import STALE_DAYS, age_days
from seamline.verbs.fix_way import Places, Steps, newest_of_line
from seamline.verbs.stock import Stock

_DISTRIBUTIONS = frozenset(("deb", "rpm", "apk", "alpm"))
_MOST_NAMES = 6


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan is judged by: the settings, the gates, the keys of findings that were known before, VEX statements, and whether
    the image is somebody else's build, to be pulled and not rebuilt."""

    settings: Settings = Settings()
    gates: tuple[Gate, ...] = ()
    baseline: frozenset[str] = frozenset()
    vex: tuple[Statement, ...] = ()
    is_pulled: bool = False
    allow_stale: bool = False


def scan_report(stock: Stock, index: Advisories, known: Bases, terms: Terms, as_of: str) -> ScanReport:
    """Every finding, most urgent first, and what mends them."""
    settings, installs, image = terms.settings, stock.installs, stock.image.reference
    places = Places(stock, settings)
    matched = match(installs, index.affected, index.advisory)
    newer = lru_cache(maxsize=None)(lambda at: newest_of_line(places.bases[at], known, as_of))
    bench = Bench(
        place_of=places.of,
        days_for=settings.days_for,
        kev_days=settings.kev_days,
        weather=index.weather,
        steps=Steps(places, newer).of,
        today=as_of[:10],
    )
    counted = [flaw for flaw in matched.flaws if flaw.status not in (Status.WITHDRAWN, Status.NOT_AFFECTED)]
    findings = [judge(flaw, bench) for flaw in counted]
    findings += _ended(stock, index, places, as_of[:10])
    findings = [_weighed(each, terms, places, stock, as_of[:10]) for each in findings]
    yard = Yard(
        image=image,
        installs={install_key(install): install for install in installs},
        place_of=places.of,
        newer=lambda base: newer(places.position(base)),
        judge=judging(index.affected, index.advisory),
        is_pulled=terms.is_pulled,
    )
    named, actions = decide(sorted(findings, key=urgency), yard)
    database = database_line(index, needed_ecosystems(installs), as_of)
    return ScanReport(
        image=stock.image,
        distribution=stock.distribution,
        findings=named,
        actions=actions,
        suppressed=Suppressed(
            settings=sum(each.suppressed == "settings" for each in named),
            vex=sum(each.suppressed == "vex" for each in named),
        ),
        rebuild=rebuild_word(actions),
        database=database,
        notes=(*_notes(matched, installs), *_run_out(settings, named, image, as_of[:10])),
        gaps=(*stock.gaps, *_gaps(matched, installs, index)),
        as_of=as_of,
        gates=tuple(gate.text for gate in terms.gates),
        broken=(*_unjudged(terms, database), *breaches(terms.gates, named, terms.baseline)),
        seamline=__version__,
    )


def _weighed(finding: Finding, terms: Terms, places: Places, stock: Stock, today: str) -> Finding:
    """A finding that does not count says so, and why."""
    image = stock.image
    ignore = suppressing(terms.settings.ignores, finding, image.reference, today)
    if ignore is not None:
        why = f"{ignore.reason} ({ignore.until})"
        return msgspec.structs.replace(finding, suppressed="settings", suppressed_why=why)
    names = (image.reference, *image.names, image.digest or "", image.index_digest or "")
    told = deciding(terms.vex, finding, places.by_name(finding.stratum), names)
    if told is None:
        return finding
    why = ", ".join(part for part in (told.status, told.justification, told.impact, told.author) if part)
    return msgspec.structs.replace(finding, suppressed="vex", suppressed_why=why)


def _run_out(settings: Settings, findings: Sequence[Finding], image: str, today: str) -> Iterator[Message]:
    for ignore in expired(settings.ignores, findings, image, today):
        yield Message("ignore-expired", {"id": ignore.id, "until": ignore.until, "reason": ignore.reason})


def _unjudged(terms: Terms, database: DatabaseLine) -> Iterator[BrokenGate]:
    """Gates hold only on advisories that are whole and fresh enough to say so."""
    if terms.gates and not terms.allow_stale:
        why = (
            database.kind
            if database.kind in ("none", "starter")
            else "missing"
            if database.missing
            else "stale"
            if database.stale
            else ""
        )
        if why:
            yield BrokenGate(gate=", ".join(gate.text for gate in terms.gates), why=why)


def database_line(index: Advisories, needed: Sequence[str], as_of: str) -> DatabaseLine:
    """What a report was made with: the ecosystems that it needed, their age, and which were missing."""
    manifest = index.manifest
    used = tuple(state for state in manifest.ecosystems if state.ecosystem in needed)
    oldest = min((state.fetched for state in used), default="")
    age = age_days(oldest, as_of) if oldest else None
    return DatabaseLine(
        kind=manifest.kind if manifest.ecosystems else "none",
        ecosystems=used,
        age_days=age,
        stale=age is not None and age > STALE_DAYS,
        missing=tuple(each for each in needed if manifest.state_of(each) is None),
    )


def needed_ecosystems(installs: Iterable[Install]) -> tuple[str, ...]:
    """The ecosystems (without release) whose advisories an image's packages ask for."""
    subjects = (subject for install in installs if not install.owned_by for subject in subjects_of(install))
    return tuple(sorted({base_of(subject.ecosystem) for subject in subjects}))


def _ended(stock: Stock, index: Advisories, places: Places, today: str) -> Iterator[Finding]:
    """Ends of support of the distribution and of runtimes built by hand, as findings."""
    distribution = stock.distribution
    if distribution is not None:
        cycle = cycle_of_distribution(distribution, index.cycles)
        carrier = next((each for each in stock.installs if each.package.distribution == distribution), None)
        if cycle is not None and carrier is not None and has_ended(cycle, today):
            yield _end_finding(cycle, carrier, places.of(carrier), distribution.pretty_name, today)
    for install in stock.installs:
        cycle = cycle_of_runtime(install, index.cycles)
        if cycle is not None and has_ended(cycle, today):
            yield _end_finding(cycle, install, places.of(install), "", today)


def _end_finding(cycle: Cycle, install: Install, place: Place, name: str, today: str) -> Finding:
    extended = bool(cycle.extended_ends) and cycle.extended_ends >= today
    args = {
        "product": name or f"{cycle.product} {cycle.cycle}",
        "day": cycle.ends,
        "extended": cycle.extended_ends,
    }
    package = install.package
    return Finding(
        key=finding_key(f"end-of-life {cycle.product} {cycle.cycle}", install),
        id=f"EOL-{cycle.product}-{cycle.cycle}",
        aliases=(),
        advisories=(),
        summary=f"support of {args['product']} ended on {cycle.ends}",
        purl="" if name else purl_of(package),
        package=name or package.name,
        version=cycle.cycle,
        ecosystem="end of life",
        source_name="",
        paths=(),
        install=install_key(install),
        side=place.side,
        stratum=place.stratum,
        layer=install.current_layer,
        origin_layer=install.origin_layer,
        owner=place.owner,
        publisher=publisher_of(install),
        severity=(Severity.MEDIUM if extended else Severity.HIGH).value,
        score=0.0,
        scores=(),
        epss=-1.0,
        percentile=-1.0,
        kev=False,
        kev_due="",
        fixed_in=(),
        status=Status.WILL_NOT_FIX.value,
        published=cycle.ends,
        deadline=None,
        way=(),
        actions=(),
        evidence=(Evidence(message=Message("ended-extended" if extended else "ended", args)),),
    )


def _notes(matched: Matched, installs: Sequence[Install]) -> Iterator[Message]:
    """What the reader should know of how it was judged."""
    if matched.skipped["owned"]:
        yield Message("owned-follow-distribution", {"number": matched.skipped["owned"]})
    if matched.skipped["headers"]:
        yield Message("kernel-headers-skipped", {"number": matched.skipped["headers"]})
    by_supplier: dict[str, list[str]] = {}
    for install in installs:
        if install.supplier and any(True for _ in subjects_of(install)):
            by_supplier.setdefault(install.supplier, []).append(install.package.name)
    for supplier, names in sorted(by_supplier.items()):
        yield Message(
            "judged-by-its-maker", {"supplier": supplier, "names": ", ".join(sorted(names)[:_MOST_NAMES])}
        )


def _gaps(matched: Matched, installs: Sequence[Install], index: Advisories) -> Iterator[Gap]:
    """What could not be judged: never a clean result."""
    nowhere: dict[tuple[str, str], list[str]] = {}
    for install in installs:
        if install.owned_by:
            continue
        subjects = list(subjects_of(install))
        missing = {base_of(each.ecosystem) for each in subjects if not index.has(each.ecosystem)}
        for ecosystem in missing:
            nowhere.setdefault(("advisories-not-there", ecosystem), []).append(install.package.name)
        if not subjects:
            nowhere.setdefault(_unspoken(install), []).append(install.package.name)
        elif not missing and (release := _unknown_release(install, index)):
            nowhere.setdefault(("release-without-advisories", release), []).append(install.package.name)
    for (what, name), packages in sorted(nowhere.items()):
        shown = sorted(set(packages))
        yield Gap(
            where=Where(),
            message=Message(
                what, {"name": name, "number": len(shown), "packages": ", ".join(shown[:_MOST_NAMES])}
            ),
        )
    for unread in matched.unread:
        where = Where(path=install_key(unread.install).partition("#")[2])
        args = {"package": unread.install.package.name, "version": unread.subject.version}
        yield Gap(where=where, message=Message(f"{unread.why}-not-compared", args))


def _unspoken(install: Install) -> tuple[str, str]:
    """Why no advisory of ours can speak of an install."""
    package = install.package
    if install.supplier:
        return "supplier-without-advisories", install.supplier
    if package.ecosystem in _DISTRIBUTIONS:
        distribution = package.distribution
        return "distribution-without-advisories", (
            distribution.pretty_name or distribution.id if distribution is not None else "no distribution"
        )
    return "ecosystem-without-advisories", package.ecosystem


def _unknown_release(install: Install, index: Advisories) -> str:
    """The release of a distribution that the index has nothing of, though it knows others."""
    package = install.package
    if package.ecosystem not in _DISTRIBUTIONS or install.supplier or package.distribution is None:
        return ""
    ecosystem = distribution_ecosystem(package.distribution)
    return "" if index.knows_release(ecosystem) else ecosystem
