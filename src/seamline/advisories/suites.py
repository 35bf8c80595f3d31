"""Whether a fix can come by one source of packages: suites of Debian and Ubuntu, branches of Alpine, repositories of rpm.

A distribution's own notices (DSA, DLA, USN) tell by which suite a fix came and when; of other fixes only the CVE's day is known,
so that whatever may have them counts as having them. Sources: the Debian Developer's Reference, 5.5.1 and 5.6.4 (stable
updates, security), the Ubuntu wiki's SecurityTeam/FAQ (pockets), sources.list(5), apk-repositories(5).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

import msgspec

from seamline.advisories.ecosystems import codename_of
from seamline.expression import expression
from seamline.model.advisory import Cycle
from seamline.model.day import day_after
from seamline.model.evidence import Message
from seamline.model.package import Distribution
from seamline.model.package_source import ARCHIVED, PackageSource

_COMPONENTS = {
    "debian": frozenset(("main", "contrib", "non-free", "non-free-firmware")),
    "ubuntu": frozenset(("main", "restricted", "universe", "multiverse")),
}
_MAKERS = expression(
    r"//(?:download\.docker\.com|[^/]*\.?nodesource\.com|packages\.cloud\.google\.com|packages\.microsoft\.com"
    r"|cli\.github\.com|dl\.yarnpkg\.com|apt\.releases\.hashicorp\.com|nginx\.org)(?:/|$)"
)
"""Archives that hold their makers' own programs alone."""
_BRANCH = expression(r"/(v(\d+)\.(\d+)|edge|latest-stable)/(?:main|community|testing)/?$")
_AS_RELEASED = expression(r"/distribution/leap/|/(?:OS|everything|EPOL)/")
"""Repositories of openSUSE and openEuler that stay as they were on the day of the release; others beside them have updates."""
_UPDATING = expression(r"/updates?/")


_LAG_DAYS = 2
"""How long a mirror may take until it has what its archive has."""


class Can(IntEnum):
    """Whether a fix can come by a source."""

    NOT = 0
    MAYBE = 1
    SURELY = 2


class Answer(NamedTuple):
    can: Can
    why: Message | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One fix: the version of it, the day that its publisher gives, and whether that is of a notice of the fix itself."""

    version: str
    day: str = ""
    is_notice: bool = False


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer hangs on besides: the distribution and its release's dates, the day on which the package was installed as far as
    its files tell, whether the sources were in force then for sure, whether that is of the root filesystem itself, the point
    release that this is of (`12.9`; empty where nobody knows), and whether another branch (`v3.17`) is known to have the fix in
    lower versions only."""

    distribution: Distribution
    cycle: Cycle | None
    installed: str
    is_sure: bool
    is_first: bool
    point: str
    is_lower_in: Callable[[str], bool]
    today: str


_MAYBE, _SURELY = Answer(Can.MAYBE), Answer(Can.SURELY)


def answer(source: PackageSource, wanted: Wanted, ground: Ground) -> Answer:
    """Whether the fix can come by the source, and why it cannot."""
    match source.manager:
        case "apt":
            return _by_apt(source, wanted, ground)
        case "apk":
            return _by_apk(source, ground)
        case _:
            return _by_repository(source, ground)


def kind_of(source: PackageSource, distribution: Distribution) -> str:
    """What a suite is to a release of Debian or Ubuntu: main, updates, security, backports; other for what cannot be told,
    foreign for what holds none of the distribution's packages."""
    codename, suite = codename_of(distribution), source.suite
    known = _COMPONENTS.get(distribution.id)
    if known is None or not codename or "$" in suite + source.address:
        return "other"
    if source.components and known.isdisjoint(source.components):
        return "foreign"
    if _MAKERS.search(source.address):
        return "foreign"
    if suite in (f"{codename}-backports", f"{codename}-backports-sloppy"):
        return "backports"
    if suite in (f"{codename}-security", f"{codename}/updates"):
        return "security"
    return {codename: "main", f"{codename}-updates": "updates"}.get(suite, "other")


def _by_apt(source: PackageSource, wanted: Wanted, ground: Ground) -> Answer:
    kind = kind_of(source, ground.distribution)
    if kind == "foreign":
        return Answer(Can.NOT, _why("source-is-foreign", source))
    if kind == "backports":
        return Answer(Can.NOT, _why("source-is-backports", source)) if "bpo" not in wanted.version else _MAYBE
    if source.frozen:
        return _by_frozen(source, wanted, ground, kind)
    if kind == "other":
        return _MAYBE
    if ground.distribution.id == "ubuntu":
        if kind != "main":
            return _SURELY if wanted.is_notice else _MAYBE
        is_out = ground.cycle is not None and "" < ground.cycle.released <= ground.today
        return Answer(Can.NOT, _why("pocket-is-final", source)) if is_out or wanted.is_notice else _MAYBE
    return _by_debian(source, wanted, ground, kind)


def _by_frozen(source: PackageSource, wanted: Wanted, ground: Ground, kind: str) -> Answer:
    """A source that gets nothing new: what it has, the image got from it already, if it was in force then; else only the day of
    a notice tells."""
    has_day = source.frozen != ARCHIVED
    is_sure = ground.is_sure and (has_day or not ground.is_first)
    was_there = has_day and wanted.is_notice and wanted.day <= source.frozen
    if (is_sure and not (was_there and kind in ("security", "other"))) or (
        has_day and wanted.is_notice and wanted.day > source.frozen
    ):
        return Answer(Can.NOT, _why("source-is-snapshot" if has_day else "source-is-archive", source))
    return _MAYBE


def _by_debian(source: PackageSource, wanted: Wanted, ground: Ground, kind: str) -> Answer:
    """Notices are of the security suite; the release itself takes them up with its next point release."""
    cycle = ground.cycle
    renewed = cycle.renewed if cycle is not None and cycle.renewed <= ground.today else ""
    is_over = cycle is not None and bool(cycle.ends) and cycle.ends <= ground.today
    args = {"release": cycle.latest if cycle is not None else "", "day": renewed}
    if kind == "security":
        return _SURELY if wanted.is_notice else _MAYBE
    if kind == "updates":
        is_past = wanted.is_notice or (is_over and _was_taken(ground, renewed))
        return Answer(Can.NOT, _why("updates-not-security", source)) if is_past else _MAYBE
    if renewed and ((wanted.is_notice and wanted.day > renewed) or _was_taken(ground, renewed)):
        return Answer(Can.NOT, _why("release-not-renewed", source, **args))
    return _MAYBE


def _was_taken(ground: Ground, day: str) -> bool:
    """Whether the package was installed after the last day on which anything new came; a root filesystem, which may have been made
    from other sources than it was left with, has to be of that point release itself."""
    is_known = not ground.is_first or (ground.cycle is not None and ground.point == ground.cycle.latest)
    return ground.is_sure and is_known and bool(day) and ground.installed > day_after(day, _LAG_DAYS)


def _by_apk(source: PackageSource, ground: Ground) -> Answer:
    if source.suite.startswith("@"):
        return Answer(Can.NOT, _why("source-is-tagged", source, tag=source.suite))
    match = _BRANCH.search(source.address)
    if match is None or match[2] is None:
        return _MAYBE
    own = ground.distribution.version_id.split(".")
    if len(own) < 2 or not all(part.isdecimal() for part in own[:2]):
        return _MAYBE
    if (int(match[2]), int(match[3])) < (int(own[0]), int(own[1])) and ground.is_lower_in(match[1]):
        return Answer(Can.NOT, _why("branch-is-older", source, branch=match[1], own=f"v{own[0]}.{own[1]}"))
    return _MAYBE


def _by_repository(source: PackageSource, ground: Ground) -> Answer:
    if source.frozen:
        is_past = ground.is_sure and not ground.is_first
        return Answer(Can.NOT, _why("source-is-archive", source)) if is_past else _MAYBE
    is_known = "$" not in source.address.replace("$basearch", "").replace("$releasever", "")
    is_final = _AS_RELEASED.search(source.address) and not _UPDATING.search(source.address)
    if is_known and is_final:
        return Answer(Can.NOT, _why("repository-is-final", source))
    return _MAYBE


def _why(what: str, source: PackageSource, **args: str) -> Message:
    told: dict[str, str | int] = {"suite": source.suite or source.address, **placed(source.path, source.line)}
    return Message(what, {**told, **({"day": source.frozen} if source.frozen else {}), **args})


def placed(path: str, line: int) -> dict[str, str | int]:
    """A file and a line as reasons name them: `/etc/apt/sources.list:1`."""
    return {"at": f"/{path}:{line}" if line else f"/{path}"}
