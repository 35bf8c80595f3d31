"""Every flaw of an image with its side, owner, deadline and the action that mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from seamline import __version__
from seamline.advisories.actions import Yard, decide, rebuild_word
from seamline.advisories.ecosystems import base_of, distribution_ecosystem, subjects_of
from seamline.advisories.end_of_life import cycle_of_distribution, cycle_of_runtime, has_ended
from seamline.advisories.forecast import judging
from seamline.advisories.judge import Bench, Place, finding_key, judge, publisher_of, urgency
from seamline.advisories.match import Flaw, Matched, match
from seamline.advisories.vex import deciding
from seamline.errors import Where
from seamline.model.advisory import Cycle, DatabaseLine, Severity, Status
from seamline.model.evidence import Evidence, Gap, Message
from seamline.model.finding import BrokenGate, Finding, ScanReport, Step, Suppressed
from seamline.model.package import Distribution, Install
from seamline.model.purl import install_key, purl_of
from seamline.model.report import ImageLine
from seamline.model.seam import Base, Stratum
from seamline.model.vex import Statement
from seamline.settings.file import Settings
from seamline.settings.gates import Gate, breaches
from seamline.settings.ignores import expired, suppressing
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.ledger import Bases
from seamline.verbs.database import STALE_DAYS, age_days
from seamline.verbs.inspect import Seen, image_line
from seamline.versions.orders import UnreadableVersion, order_of

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


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged: the installs, the strata that they belong to, and what could not be read. Of an image, or of an
    SBOM that tells about one."""

    image: ImageLine
    distribution: Distribution | None
    installs: tuple[Install, ...]
    strata: tuple[Stratum, ...]
    index_of: Callable[[Install], int]
    gaps: tuple[Gap, ...]


def stock_of(seen: Seen) -> Stock:
    """What an image holds."""
    catalog = seen.looked.catalog
    return Stock(
        image=image_line(seen),
        distribution=catalog.distribution,
        installs=tuple(catalog.installs),
        strata=seen.seam.strata,
        index_of=seen.seam.index_of_install,
        gaps=seen.looked.gaps,
    )


def scan_report(stock: Stock, index: AdvisoryIndex, known: Bases, terms: Terms, as_of: str) -> ScanReport:
    """Every finding, most urgent first, and what mends them."""
    settings, installs, image = terms.settings, stock.installs, stock.image.reference
    places = _Places(stock, settings)
    matched = match(installs, index.affected, index.advisory)
    newer = lru_cache(maxsize=None)(lambda at: _newest(places.bases[at], known, as_of))
    bench = Bench(
        place_of=places.of,
        days_for=settings.days_for,
        kev_days=settings.kev_days,
        weather=index.weather,
        steps=_Steps(places, newer).of,
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
    database = database_line(index, _needed(installs), as_of)
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


def _weighed(finding: Finding, terms: Terms, places: _Places, stock: Stock, today: str) -> Finding:
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


class _Places:
    """Where every install stands, one value a stratum."""

    def __init__(self, stock: Stock, settings: Settings) -> None:
        self._index_of = stock.index_of
        self.bases = [stratum.base for stratum in stock.strata]
        self.all = [self._place(stratum, settings) for stratum in stock.strata]

    def _place(self, stratum: Stratum, settings: Settings) -> Place:
        names = stratum.base.names if stratum.base is not None else ()
        team = stratum.base.team if stratum.base is not None else ""
        return Place(
            side=stratum.side,
            stratum=stratum.name,
            base=stratum.base,
            owner=team or stratum.owner or settings.owner_of(stratum.side, names),
        )

    def of(self, install: Install) -> Place:
        return self.all[self._index_of(install)]

    def by_name(self, stratum: str) -> Place:
        return next((each for each in self.all if each.stratum == stratum), Place())

    def position(self, base: Base) -> int:
        return next(at for at, each in enumerate(self.bases) if each is base)


def _newest(base: Base | None, known: Bases, as_of: str) -> Base | None:
    """The newest known digest of a base's line that is newer than the base itself, as of a moment."""
    if base is None or not base.line:
        return None
    found = [
        each
        for each in known.with_name(base.line, base.platform)
        if each.created > base.created and each.created <= as_of
    ]
    newest = max(found, key=lambda each: each.created, default=None)
    if newest is None or newest.inventory is not None:
        return newest
    # what a base holds is kept apart from what it is called
    return msgspec.structs.replace(newest, inventory=known.inventory(newest))


class _Steps:
    """The places on a fix's way: distribution, the newest of each base's line from the bottom up, this image."""

    def __init__(self, places: _Places, newer: Callable[[int], Base | None]) -> None:
        self._places = places
        self._newer = newer

    def of(self, flaw: Flaw, place: Place) -> tuple[Step, ...]:
        return tuple(self._each(flaw, place))

    def _each(self, flaw: Flaw, place: Place) -> Iterator[Step]:
        fixed = flaw.status == Status.FIXED
        day = min(
            (a.published or a.modified for a in flaw.advisories if a.published or a.modified), default=""
        )
        yield Step(place=publisher_of(flaw.install), has_fix=fixed, day=day if fixed else "")
        if not fixed:
            return
        if place.base is not None:
            yield from self._bases(flaw, place)
        yield Step(place="this image", has_fix=False, owner=self._owner_above(place))

    def _bases(self, flaw: Flaw, place: Place) -> Iterator[Step]:
        """The base that brought the package; of it the newest of its line."""
        at = next(i for i, each in enumerate(self._places.all) if each is place)
        newer = self._newer(at)
        base = place.base
        assert base is not None  # noqa: S101 - asked for a place with a base only
        if newer is None:
            yield Step(place=base.reference, has_fix=False, owner=place.owner)
            return
        has = _holds_fix(flaw, newer)
        yield Step(
            place=newer.reference,
            has_fix=has,
            day=newer.created[:10] if has else "",
            owner="" if has else place.owner,
        )

    def _owner_above(self, place: Place) -> str:
        """Who must take a base's fix into this image: the keeper of the topmost part."""
        if place.base is None:
            return place.owner
        above = self._places.all[-1]
        return above.owner


def _holds_fix(flaw: Flaw, base: Base) -> bool | None:
    """Whether a base has the package in a fixed version, or no longer; None where its content is not known."""
    if base.inventory is None:
        return None
    package = flaw.install.package
    head = f"{package.ecosystem}/{package.name}="
    versions = [label[len(head) :] for label in base.inventory.packages if label.startswith(head)]
    order = order_of(flaw.hits[0].subject.ecosystem)
    if order is None:
        return None
    try:
        return all(order(version) >= min(map(order, flaw.fixed_in)) for version in versions)
    except (UnreadableVersion, ValueError):
        return None


def database_line(index: AdvisoryIndex, needed: Sequence[str], as_of: str) -> DatabaseLine:
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


def _needed(installs: Iterable[Install]) -> tuple[str, ...]:
    """The ecosystems (without release) whose advisories an image's packages ask for."""
    subjects = (subject for install in installs if not install.owned_by for subject in subjects_of(install))
    return tuple(sorted({base_of(subject.ecosystem) for subject in subjects}))


def _ended(stock: Stock, index: AdvisoryIndex, places: _Places, today: str) -> Iterator[Finding]:
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


def _gaps(matched: Matched, installs: Sequence[Install], index: AdvisoryIndex) -> Iterator[Gap]:
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


def _unknown_release(install: Install, index: AdvisoryIndex) -> str:
    """The release of a distribution that the index has nothing of, though it knows others."""
    package = install.package
    if package.ecosystem not in _DISTRIBUTIONS or install.supplier or package.distribution is None:
        return ""
    ecosystem = distribution_ecosystem(package.distribution)
    return "" if index.knows_release(ecosystem) else ecosystem
