"""A flaw of an install -> a finding: its severity, whose it is, until when, where its fix is stuck."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from hashlib import blake2b

import msgspec

from seamline.advisories.match import Flaw
from seamline.advisories.ratings import best_number, severity_of
from seamline.model.advisory import Score, Severity, Status, Weather
from seamline.model.evidence import Evidence, Message
from seamline.model.finding import Deadline, Finding, Step
from seamline.model.package import Install, Side
from seamline.model.purl import install_key, purl_of
from seamline.model.seam import Base

_KEY_BYTES = 10
_NOTICE = re.compile(r"^(DSA|DLA|USN|LSN|ALSA|RLSA|RHSA|SUSE-SU|openSUSE-SU|ALAS\w*|ELSA|OESA|MGASA|CGA)-")
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
    """What a judgement asks: where an install stands, how long an owner has, what is known of a CVE, the steps of a fix
    between the distribution and this image, and the day it is judged by (`2026-11-24`)."""

    place_of: Callable[[Install], Place]
    days_for: Callable[[Severity, Side, str], int | None]
    kev_days: Callable[[Side, str], int | None]
    weather: Callable[[str], Weather | None]
    steps: Callable[[Flaw, Place], tuple[Step, ...]]
    today: str


def finding_key(cause: str, install: Install) -> str:
    """What names a finding through rebuilds: the flaw, the package and its place, without any version."""
    package = install.package
    identity = purl_of(msgspec.structs.replace(package, version="")).partition("?")[0]
    place = install.root.decode("utf-8", "backslashreplace")
    if not is_distribution(install):
        path = install.proofs[0].decode("utf-8", "backslashreplace") if install.proofs else ""
        whole = path + (f"!{install.inside}" if install.inside else "")
        place = _unversioned(whole, package.version)
    text = f"package\0{cause}\0{identity}\0{place}"
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=_KEY_BYTES).hexdigest()


def _unversioned(path: str, version: str) -> str:
    """A path without the versions that a rebuild changes: the package's own, and its interpreter's."""
    path = with_version(path, version, "*")
    return re.sub(r"\b(python|ruby|perl|node)[-/]?\d+(\.\d+)*\b", r"\1", path)


def named_key(cause: str, name: str) -> str:
    """What names a finding that is no package's."""
    return blake2b(f"{cause}\0{name}".encode("utf-8", "backslashreplace"), digest_size=_KEY_BYTES).hexdigest()


def with_version(path: str, old: str, new: str) -> str:
    """A path with one version for another, wherever the old one stands by itself."""
    if not old:
        return path
    return re.sub(rf"(?<![0-9A-Za-z.]){re.escape(old)}(?![0-9A-Za-z])", lambda _: new, path)


def judge(flaw: Flaw, bench: Bench) -> Finding:
    """The finding, its actions not yet decided."""
    install, package = flaw.install, flaw.install.package
    place = bench.place_of(install)
    weather = _weather(flaw, bench)
    scores = _scores(flaw, weather)
    severity, number = severity_of(scores, (hit.affected.word for hit in flaw.hits))
    kev = min((each.kev_due or each.kev_added for each in weather if each.kev_added), default="")
    published = min((a.published for a in flaw.advisories if a.published), default="")
    steps = bench.steps(flaw, place)
    return Finding(
        key=finding_key(flaw.id, install),
        id=flaw.id,
        aliases=flaw.aliases,
        advisories=tuple(sorted(advisory.id for advisory in flaw.advisories)),
        summary=next((a.summary for a in flaw.advisories if a.summary), ""),
        purl=purl_of(package),
        package=f"{package.namespace}/{package.name}"
        if package.namespace and not is_distribution(install)
        else package.name,
        version=package.version,
        ecosystem=flaw.hits[0].subject.ecosystem,
        source_name=package.source_name,
        paths=tuple(proof.decode("utf-8", "backslashreplace") for proof in install.proofs),
        inside=install.inside,
        root=install.root.decode("utf-8", "backslashreplace"),
        install=install_key(install),
        side=place.side,
        stratum=place.stratum,
        layer=install.current_layer,
        origin_layer=install.origin_layer,
        owner=_acting(steps, place),
        publisher=publisher_of(install),
        severity=severity.value,
        score=number,
        scores=scores,
        epss=max((each.epss for each in weather), default=-1.0),
        percentile=max((each.percentile for each in weather), default=-1.0),
        kev=any(each.kev_added for each in weather),
        kev_due=kev,
        fixed_in=flaw.fixed_in,
        status=flaw.status.value,
        published=published,
        deadline=_deadline(flaw, severity, place, steps, kev, bench) if flaw.status == Status.FIXED else None,
        way=steps,
        actions=(),
        evidence=tuple(_evidence(flaw)),
    )


def is_distribution(install: Install) -> bool:
    """Whether a distribution's package manager keeps it."""
    return install.package.ecosystem in ("deb", "rpm", "apk", "alpm")


def publisher_of(install: Install) -> str:
    """Who releases the fix."""
    package = install.package
    if install.supplier:
        return install.supplier
    if is_distribution(install):
        distribution = package.distribution
        return distribution.pretty_name or distribution.id if distribution is not None else "unknown"
    return _PUBLISHERS.get(package.ecosystem, package.name)


def _weather(flaw: Flaw, bench: Bench) -> list[Weather]:
    names = (flaw.id, *flaw.aliases)
    found = (bench.weather(name) for name in names if name.startswith("CVE-"))
    return [each for each in found if each is not None]


def _scores(flaw: Flaw, weather: Iterable[Weather]) -> tuple[Score, ...]:
    given = {score for advisory in flaw.advisories if len(advisory.covers) <= 1 for score in advisory.scores}
    words = {score for advisory in flaw.advisories for score in advisory.scores if not score.number}
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


def _deadline(
    flaw: Flaw, severity: Severity, place: Place, steps: Sequence[Step], kev: str, bench: Bench
) -> Deadline | None:
    """The clock runs from the day when the fix stood at the place above the one that must act."""
    owner = _acting(steps, place)
    since, because = _since(flaw, steps)
    days = bench.days_for(severity, place.side, owner)
    due = _later(since, days) if since and days is not None else ""
    if kev:
        allowed = bench.kev_days(place.side, owner)
        kev_due = kev if allowed is None else _later(since or kev, allowed)
        if not due or kev_due < due:
            due, because = kev_due, "kev"
    if not due:
        return None
    left = (date.fromisoformat(due) - date.fromisoformat(bench.today)).days
    return Deadline(due=due, since=since, because=because, days_left=left)


def _since(flaw: Flaw, steps: Sequence[Step]) -> tuple[str, str]:
    """The day when the fix stood at the place right above which it is missing, and what that place is."""
    had = [step for step in steps if step.has_fix and step.day]
    if had and had[-1] is not steps[0]:
        return had[-1].day, "base"
    return available(flaw)


def available(flaw: Flaw) -> tuple[str, str]:
    """The day when the publisher had a fix, and how that is known: its own notice of the fix (DSA, USN, ALSA ...) has that
    day (`distribution`); a record of the flaw has the day when the flaw became known (`advisory`)."""
    fixing = {hit.affected.advisory for hit in flaw.hits if hit.range is not None and hit.range.fixed}
    told = [a for a in flaw.advisories if a.id in fixing and (a.published or a.modified)]
    notices = [a.published or a.modified for a in told if _NOTICE.match(a.id)]
    if notices:
        return min(notices), "distribution"
    days = [a.published or a.modified for a in told or flaw.advisories if a.published or a.modified]
    return (min(days), "advisory") if days else ("", "advisory")


def _later(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return day


def _evidence(flaw: Flaw) -> Iterable[Evidence]:
    for hit in flaw.hits:
        subject = hit.subject
        args = {
            "advisory": hit.affected.advisory,
            "ecosystem": subject.ecosystem,
            "name": subject.name,
            "version": subject.version,
        }
        if hit.range is None:
            yield Evidence(message=Message("names-the-version", args))
        elif hit.range.fixed:
            what = "fixed-for-payers" if hit.is_for_payers else "before-the-fix"
            yield Evidence(message=Message(what, {**args, "fixed": hit.range.fixed}))
        else:
            yield Evidence(message=Message("in-an-open-range", args))


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
