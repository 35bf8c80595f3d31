"""Every flaw of an image with its side, owner, deadline and the action that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from seamline import __version__
from seamline.advisories.actions import Decided, decide
from seamline.advisories.ecosystems import base_of, distribution_ecosystem, subjects_of
from seamline.advisories.judge import Bench, judged, urgency
from seamline.advisories.match import Matched, Matcher, follows_distribution, foreign_keys
from seamline.advisories.verdict import Flaw
from seamline.errors import Where
from seamline.model.advisory import DatabaseLine, Status
from seamline.model.evidence import Evidence, Gap, Message, first_names
from seamline.model.finding import BrokenGate, Finding, ScanReport, Suppressed
from seamline.model.package import Distribution, Install
from seamline.model.package_source import Refusal
from seamline.model.purl import install_key
from seamline.model.report import ImageLine
from seamline.model.vex import Statement
from seamline.settings.file import Settings
from seamline.settings.gates import Gate, breaches
from seamline.settings.rules import Rules
from seamline.stores.advisory_index import IMPORTED, Advisories
from seamline.stores.ledger import Bases
from seamline.verbs.beside_packages import ended, judged_how, moved_tags, patched_above, stale_copy, uncovered
from seamline.verbs.database import STALE_DAYS, age_days
from seamline.verbs.fix_way import Ladder, Later, Places
from seamline.verbs.stock import Stock
from seamline.verbs.vex_scope import Scopes

if TYPE_CHECKING:
    from seamline.verbs.offered import Offered

_MOST_NAMES = 6
_MOST_PROGRAMS = 4
_DISTRIBUTED = ("pkg:deb/", "pkg:rpm/", "pkg:apk/", "pkg:alpm/")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan is judged by: the settings, the gates, the keys of findings that were known before, VEX statements, and whether
    the image is somebody else's build, to be pulled and not rebuilt, or where one's own part of it begins (`mine`)."""

    settings: Settings = Settings()
    gates: tuple[Gate, ...] = ()
    baseline: frozenset[str] = frozenset()
    vex: tuple[Statement, ...] = ()
    is_pulled: bool = False
    mine: str = ""
    allow_stale: bool = False


def scan_report(stock: Stock, index: Advisories, known: Bases, terms: Terms, as_of: str) -> ScanReport:
    """Every finding, most urgent first, and what mends them.

    Raises:
        Usage: one's own part begins where this image has no layer or base.
    """
    stock, mine = _cut(stock, terms)
    settings, installs, today = terms.settings, stock.installs, as_of[:10]
    places = Places(stock, settings, len(stock.strata) if terms.is_pulled else mine)
    matcher = matcher_by(index, as_of)
    matched = matcher(installs)
    offered = _offered(stock, matched, index, today)
    refusal = offered.refusal if offered is not None else _nothing_refused
    ladder = Ladder(places, stock, Later(known, as_of), matcher, refusal, is_pulled=terms.is_pulled)
    found = (*ended(stock, index, places, today), *moved_tags(stock, known, places, today))
    rules = Rules(settings.ignores, stock.image.reference, today)
    weighed = partial(_weighed, rules, Scopes(stock, terms.vex), has_vex=bool(terms.vex))
    judge = partial(judged, bench=_bench(ladder, index, settings, today))
    findings = weighed([*judge(_counted(matched.flaws)), *found])
    later = weighed(judge(_counted(matched.later)))
    decided = decide(sorted(_explained(findings, ladder.refused), key=urgency), ladder.yard())
    database = database_line(index, needed_ecosystems(installs), as_of)
    gaps = (*database_gaps(database), *_unjudgeable(stock, matched, index, today))
    return ScanReport(
        image=_however_read(stock.image),
        distribution=stock.distribution,
        findings=decided.findings,
        actions=decided.actions,
        suppressed=_suppressed(findings),
        rebuild=decided.rebuild,
        rebuild_mends=decided.rebuild_mends,
        sources_unsure=_unsure(stock, offered, decided),
        contacts={team.name: team.contact for team in settings.teams},
        database=database,
        notes=(
            *_known_later(later, today),
            *stale_copy(stock, known, as_of),
            *patched_above(ladder),
            *judged_how(matched, installs),
            *_run_out(rules, decided.findings),
        ),
        gaps=gaps,
        as_of=as_of,
        gates=tuple(gate.text for gate in terms.gates),
        broken=_broken(terms, decided.findings, later, _unjudged(terms, database, gaps)),
        seamline=__version__,
    )


def matcher_by(index: Advisories, as_of: str) -> Matcher:
    """Matching by what was known at a moment, as far as the database can tell; of one that has nothing newer nobody need ask."""
    if all(state.newest[:10] <= as_of[:10] for state in index.manifest.ecosystems):
        return Matcher(index.affected)
    from seamline.advisories.known_by import KnownBy  # noqa: PLC0415 - few scans are of a past day

    return Matcher(index.affected, KnownBy(index.advisory, as_of[:10]))


def _cut(stock: Stock, terms: Terms) -> tuple[Stock, int | None]:
    """The stock cut where one's own part begins, and the position of the first stratum of that; None where nobody says."""
    if not terms.mine:
        return stock, None
    from seamline.verbs.mine import own_part  # noqa: PLC0415 - only --mine needs it

    own = own_part(stock, terms.mine)
    return own.stock, own.first


def _explained(findings: Iterable[Finding], refused: Mapping[str, Refusal]) -> Iterator[Finding]:
    """The findings, those whose fix the image's own sources do not give with the reason."""
    for each in findings:
        refusal = refused.get(each.key)
        told = refusal.evidence if refusal is not None else None
        yield msgspec.structs.replace(each, not_offered=told) if told is not None else each


def _offered(stock: Stock, matched: Matched, index: Advisories, today: str) -> Offered | None:
    """What the image's own package sources give; None where it sets none, or nobody read them."""
    sources = stock.sources() if stock.sources is not None else None
    if sources is None:
        return None
    from seamline.verbs.offered import Offered  # noqa: PLC0415 - many images set no sources

    return Offered(stock.installs, sources, matched.flaws, index, today)


def _nothing_refused(_: Flaw) -> None:
    return None


def _unsure(stock: Stock, offered: Offered | None, decided: Decided) -> tuple[Evidence, ...]:
    """Why nobody can tell whether the fixes come that a rebuild is said to bring."""
    mended = {each.key: each for each in decided.findings}
    promised = {
        (each.install, each.id)
        for key in decided.rebuild_mends
        if (each := mended[key]).purl.startswith(_DISTRIBUTED)
    }
    if not promised:
        return ()
    if offered is not None:
        return offered.doubts(lambda flaw: (install_key(flaw.install), flaw.id) in promised)
    untold = "sources-not-told" if stock.image.place.startswith("sbom-") else "sources-unread"
    return (Evidence(message=Message(untold if stock.sources is None else "sources-none-set")),)


def _unjudgeable(stock: Stock, matched: Matched, index: Advisories, today: str) -> tuple[Gap, ...]:
    """What could not be judged; an image without any package is never a clean one."""
    gaps = (
        *stock.gaps,
        *_unidentified(stock),
        *uncovered(stock, index, today),
        *unjudged(matched, stock.installs, index),
    )
    if not stock.installs and not gaps:
        return (Gap(where=Where(), message=Message("no-package-found", {})),)
    return gaps


def _suppressed(findings: Iterable[Finding]) -> Suppressed:
    by = [each.suppressed for each in findings]
    return Suppressed(settings=by.count("settings"), vex=by.count("vex"))


def _unidentified(stock: Stock) -> Iterator[Gap]:
    """Programs that no advisory can be held against."""
    paths = sorted(f"/{each}" for each in stock.unidentified)
    if paths:
        args: dict[str, str | int] = {"number": len(paths), "paths": first_names(paths, _MOST_PROGRAMS)}
        yield Gap(where=Where(), message=Message("programs-not-identified", args))


def _however_read(image: ImageLine) -> ImageLine:
    """The image without how this very run came to its layers: cached or not, the findings are the same bytes."""
    layers = tuple(msgspec.structs.replace(layer, verification="") for layer in image.layers)
    return msgspec.structs.replace(image, layers=layers)


def _bench(ladder: Ladder, index: Advisories, settings: Settings, today: str) -> Bench:
    return Bench(
        advisory=index.advisory,
        name_of=ladder.names.of,
        place_of=ladder.places.of,
        days_for=settings.days_for,
        kev_days=settings.kev_days,
        weather=index.weather,
        steps=ladder.way,
        today=today,
    )


def _known_later(later: Sequence[Finding], today: str) -> Iterator[Message]:
    if later:
        yield Message("known-later", {"number": len(later), "day": today})


def _broken(
    terms: Terms, findings: Iterable[Finding], later: Sequence[Finding], unjudged: Iterable[BrokenGate]
) -> tuple[BrokenGate, ...]:
    """The gates that do not hold. One on the knowledge of a past day holds only where nothing that became known since would
    break it."""
    broken = (*unjudged, *breaches(terms.gates, findings, terms.baseline))
    since = () if terms.allow_stale else breaches(terms.gates, later, terms.baseline)
    texts = dict.fromkeys(each.gate for each in since if each.gate not in {one.gate for one in broken})
    return (*broken, *(BrokenGate(gate=text, why="later") for text in texts))


def _counted(flaws: Iterable[Flaw]) -> Iterator[Flaw]:
    return (flaw for flaw in flaws if flaw.status not in (Status.WITHDRAWN, Status.NOT_AFFECTED))


def _weighed(rules: Rules, scopes: Scopes, findings: Iterable[Finding], *, has_vex: bool) -> list[Finding]:
    return [_weigh(each, rules, scopes, has_vex=has_vex) for each in findings]


def _weigh(finding: Finding, rules: Rules, scopes: Scopes, *, has_vex: bool) -> Finding:
    """A finding that does not count says so, and why."""
    ignore = rules.suppressing(finding)
    if ignore is not None:
        why = f"{ignore.reason} ({ignore.until})"
        return msgspec.structs.replace(finding, suppressed="settings", suppressed_why=why)
    if not has_vex:
        return finding
    from seamline.advisories.vex import deciding  # noqa: PLC0415 - only statements need it

    told = deciding(scopes.about(finding), finding, scopes.of(finding))
    if told is None:
        return finding
    why = ", ".join(part for part in (told.status, told.justification, told.impact, told.author) if part)
    return msgspec.structs.replace(finding, suppressed="vex", suppressed_why=why)


def _run_out(rules: Rules, findings: Sequence[Finding]) -> Iterator[Message]:
    for ignore in rules.expired(findings):
        yield Message("ignore-expired", {"id": ignore.id, "until": ignore.until, "reason": ignore.reason})


_UNSPOKEN = ("distribution-without-advisories", "packages-without-distribution", "release-not-told")


def _unjudged(terms: Terms, database: DatabaseLine, gaps: Iterable[Gap]) -> Iterator[BrokenGate]:
    """Gates hold only on advisories that are whole and fresh enough to say so."""
    told = {gap.message.id for gap in gaps}
    reasons = {
        database.kind: database.kind in ("none", "starter"),
        "missing": bool(database.missing),
        "missing-release": "release-without-advisories" in told,
        "missing-distribution": not told.isdisjoint(_UNSPOKEN),
        "stale": database.stale,
    }
    why = next((reason for reason, holds in reasons.items() if holds), "")
    if why and terms.gates and not terms.allow_stale:
        yield BrokenGate(gate=", ".join(gate.text for gate in terms.gates), why=why)


def database_line(index: Advisories, needed: Sequence[str], as_of: str) -> DatabaseLine:
    """What a report was made with: the ecosystems that it needed, their age, and which were missing. Records of one's own are told
    beside, but make up for nothing."""
    manifest = index.manifest
    used = tuple(state for state in manifest.ecosystems if state.ecosystem in (*needed, IMPORTED))
    oldest = min((state.fetched for state in used if state.ecosystem != IMPORTED), default="")
    age = age_days(oldest, as_of) if oldest else None
    return DatabaseLine(
        kind=manifest.kind if manifest.ecosystems else "none",
        ecosystems=used,
        age_days=age,
        stale=age is not None and age > STALE_DAYS,
        missing=tuple(each for each in needed if manifest.state_of(each) is None),
    )


def database_gaps(database: DatabaseLine) -> Iterator[Gap]:
    """What nobody looked for, whatever an image holds: all flaws but a few, where only the starter set is there; those that became
    known since, where the advisories are old."""
    if database.kind == "starter":
        yield Gap(where=Where(), message=Message("only-starter-set", {}))
    elif database.stale and database.age_days is not None:
        yield Gap(where=Where(), message=Message("advisories-too-old", {"days": database.age_days}))


def needed_ecosystems(installs: Iterable[Install]) -> tuple[str, ...]:
    """The ecosystems (without release) whose advisories an image's packages ask for."""
    given = tuple(installs)
    foreign = foreign_keys(given)
    subjects = (
        subject
        for install in given
        if not follows_distribution(install, foreign)
        for subject in subjects_of(install)
    )
    return tuple(sorted({base_of(subject.ecosystem) for subject in subjects}))


def unjudged(matched: Matched, installs: Sequence[Install], index: Advisories) -> Iterator[Gap]:
    """What could not be judged: never a clean result."""
    nowhere: dict[tuple[str, str], list[str]] = {}
    foreign = foreign_keys(installs)
    for install in installs:
        if follows_distribution(install, foreign):
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
        what = f"{unread.why}-not-compared" if unread.subject.version else "version-not-told"
        yield Gap(where=where, message=Message(what, args))


def _unspoken(install: Install) -> tuple[str, str]:
    """Why no advisory of ours can speak of an install."""
    package = install.package
    if install.supplier:
        return "supplier-without-advisories", install.supplier
    if package.is_distributed:
        distribution = package.distribution
        if distribution is None:
            return "packages-without-distribution", package.ecosystem
        name = distribution.pretty_name or distribution.id
        return (
            "release-not-told" if _lacks_release(distribution) else "distribution-without-advisories"
        ), name
    return "ecosystem-without-advisories", package.ecosystem


def _lacks_release(distribution: Distribution) -> bool:
    """Whether OSV speaks of a distribution by release, and its release is not told."""
    told = distribution.version_id or distribution.codename
    return not told and bool(distribution_ecosystem(msgspec.structs.replace(distribution, version_id="1")))


def _unknown_release(install: Install, index: Advisories) -> str:
    """The release of a distribution that the index has nothing of, though it knows others."""
    package = install.package
    if not package.is_distributed or install.supplier or package.distribution is None:
        return ""
    ecosystem = distribution_ecosystem(package.distribution)
    return "" if index.knows_release(ecosystem) else ecosystem
