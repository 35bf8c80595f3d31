"""Whether an image's own package sources offer a fix, and what would have to change so that they do.

A fix is refused only where every source that was in force is known not to have it, or where something keeps the package: all
that is not known for sure leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from seamline.advisories.kept import keeping, outranked
from seamline.advisories.source_changes import added, branched, enabled, moved
from seamline.advisories.suites import Answer, Can, Ground, Wanted, answer, kind_of, placed
from seamline.advisories.verdict import Flaw
from seamline.errors import Where
from seamline.model.advisory import Affected, Cycle
from seamline.model.evidence import Evidence, Message
from seamline.model.package import Distribution, Install
from seamline.model.package_source import ARCHIVED, Change, Force, PackageSource, Refusal
from seamline.versions.orders import ORDERS, UnreadableVersion

_MANAGERS = {"deb": ("apt",), "apk": ("apk",), "rpm": ("dnf", "zypper")}
_TELLING = (
    "release-not-renewed",
    "source-is-snapshot",
    "source-is-archive",
    "pocket-is-final",
    "branch-is-older",
    "repository-is-final",
    "updates-not-security",
)
"""Of several reasons the one to tell, best first."""


class Asked(NamedTuple):
    """A flaw that has a fix, and the fix."""

    flaw: Flaw
    wanted: Wanted


class Offers:
    """The judgement for one image. `force` tells what was in force when a layer was made (None where nobody knows), `installed`
    the day that an install's own files are of, `rows` what the advisories say of a package in another branch, `partner` is the
    install of a name beside it, `point` the point release of Debian that the root is of (`12.9`)."""

    def __init__(
        self,
        *,
        force: Callable[[int], Force | None],
        installed: Callable[[Install], str],
        cycle: Callable[[Distribution], Cycle | None],
        rows: Callable[[str, str], Iterable[Affected]],
        partner: Callable[[str], Install | None],
        point: str,
        today: str,
    ) -> None:
        self._force, self._installed, self._cycle, self._rows = force, installed, cycle, rows
        self._partner, self._point, self._today = partner, point, today

    def refused(self, install: Install, asked: Sequence[Asked]) -> Mapping[str, Refusal]:
        """The fixes of one install that cannot come, by their flaws. A fix is in every higher one, so that nothing is refused
        which is not above all that can come."""
        case = self._case(install)
        if case is None:
            return {}
        found = {each.flaw.id: case.refusal(each) for each in asked}
        highest = max((case.key(each) for each in asked if found[each.flaw.id] is None), default=b"")
        return {
            each.flaw.id: refusal
            for each in asked
            if (refusal := found[each.flaw.id]) is not None and case.key(each) > highest
        }

    def may_refuse(self, install: Install) -> bool:
        """Whether a fix of an install could be refused at all: nothing is where an ordinary release goes on and nothing keeps
        packages."""
        case = self._case(install)
        return case is not None and case.may_refuse()

    def doubt(self, install: Install) -> Evidence | None:
        """Why nobody can tell whether the fixes of an install come; None where nothing speaks against it."""
        case = self._case(install)
        return Evidence(message=Message("sources-unknown", {})) if case is None else case.doubt()

    def _case(self, install: Install) -> _Case | None:
        distribution, layer = install.package.distribution, install.current_layer
        if not install.package.is_distributed or install.supplier or install.root or distribution is None:
            return None
        force = self._force(layer) if layer is not None else None
        if force is None:
            return None
        ground = Ground(
            distribution=distribution,
            cycle=self._cycle(distribution),
            installed=self._installed(install),
            is_sure=force.is_sure,
            is_first=force.is_first,
            point=self._point,
            is_lower_in=lambda _: False,
            today=self._today,
        )
        return _Case(install, force, ground, self._rows, self._partner)


class _Case:
    """One install with what was in force for it."""

    def __init__(
        self,
        install: Install,
        force: Force,
        ground: Ground,
        rows: Callable[[str, str], Iterable[Affected]],
        partner: Callable[[str], Install | None],
    ) -> None:
        self._install, self._force, self._ground = install, force, ground
        self._rows, self._partner = rows, partner
        managers = _MANAGERS.get(install.package.ecosystem, ())
        self._sources = [each for each in force.sources if each.manager in managers]
        self._on = [each for each in self._sources if not each.disabled]

    def may_refuse(self) -> bool:
        """Whether any fix could be refused."""
        if self._force.keeps or self._force.held or f"{self._install.package.name}=" in self._force.step:
            return True
        any_fix = Wanted(version="")
        return bool(self._on) and all(
            answer(each, any_fix, self._ground).can != Can.SURELY and not self._goes_on(each)
            for each in self._on
        )

    def _goes_on(self, source: PackageSource) -> bool:
        """Whether a source gets every fix of the release."""
        kind = kind_of(source, self._ground.distribution) if source.manager == "apt" else "other"
        is_all = kind == "security" or (kind == "updates" and self._ground.distribution.id == "ubuntu")
        return is_all and not source.frozen

    def key(self, asked: Asked) -> bytes:
        """The order of a fix; that of the lowest where it cannot be compared."""
        try:
            return ORDERS[self._install.package.ecosystem](asked.wanted.version)
        except (KeyError, UnreadableVersion):
            return b""

    def refusal(self, asked: Asked) -> Refusal | None:
        """Why a fix cannot come; None where it can, or may."""
        kept = keeping(self._install, asked.wanted.version, self._force, self._partner)
        by_sources = self._by_sources(asked)
        if kept is None:
            return by_sources
        reason, change = kept
        return Refusal(reason, (change, *(by_sources.changes if by_sources is not None else ())))

    def _by_sources(self, asked: Asked) -> Refusal | None:
        answers = [(each, self._answer(each, asked)) for each in self._on]
        able = {each for each, told in answers if told.can != Can.NOT}
        low, pinned = self._outranked
        if not answers or able - low:
            return None
        if able and pinned is not None:
            return Refusal(pinned[0], (pinned[1],))
        source, told = min(answers, key=lambda pair: _rank(pair[1]))
        assert told.why is not None  # noqa: S101 - what is not offered says why
        return Refusal(self._evidence(source, told.why), self._changes(asked))

    def _answer(self, source: PackageSource, asked: Asked, *, lit: bool = False) -> Answer:
        """The answer of a source; with `lit` as it would be once it is switched on, or moved to today."""
        day = source.frozen if source.frozen[:1].isdecimal() else self._ground.installed
        ground = msgspec.structs.replace(
            self._ground, installed=day, is_lower_in=lambda branch: self._is_lower_in(branch, asked)
        )
        shown = msgspec.structs.replace(source, disabled=False, frozen="") if lit else source
        return answer(shown, asked.wanted, ground)

    @cached_property
    def _outranked(self) -> tuple[frozenset[PackageSource], tuple[Evidence, Change] | None]:
        return outranked(self._install, self._on, self._force)

    def _is_lower_in(self, branch: str, asked: Asked) -> bool:
        """Whether a branch of Alpine is known to mend the flaw by lower versions alone, which the image's release still calls
        affected."""
        package, order = self._install.package, ORDERS["apk"]
        names = {asked.flaw.id, *asked.flaw.verdict.aliases}
        rows = self._rows(f"Alpine:{branch}", package.source_name or package.name)
        own = [row for row in rows if names.intersection((row.advisory, *row.covers))]
        fixes = [each.fixed for row in own for each in row.ranges if each.fixed]
        try:
            return bool(fixes) and all(order(each) < order(asked.wanted.version) for each in fixes)
        except UnreadableVersion:
            return False

    def _changes(self, asked: Asked) -> tuple[Change, ...]:
        """The least that brings the fix: what is switched off, a later snapshot, the suite or branch that is missing."""
        off = (each for each in self._sources if each.disabled)
        able = next((each for each in off if self._answer(each, asked).can != Can.NOT), None)
        if able is not None:
            return (enabled(able),)
        stamped = [each for each in self._on if each.frozen and each.frozen != ARCHIVED]
        if any(self._answer(each, asked, lit=True).can != Can.NOT for each in stamped):
            return (moved(stamped, self._ground.today),)
        return tuple(self._missing())

    def _missing(self) -> Iterator[Change]:
        distribution, source = self._ground.distribution, self._on[0]
        if all(each.frozen == ARCHIVED for each in self._on):
            name = distribution.pretty_name or distribution.id
            yield Change("release", source.path, Message("leave-the-archive", {"name": name}))
        elif source.manager == "apk":
            yield branched(self._on, distribution)
        else:
            main = (each for each in self._on if kind_of(each, distribution) == "main")
            yield added(next(main, source), distribution)

    def doubt(self) -> Evidence | None:
        """Why it is not known whether fixes come; None where nothing speaks against it."""
        if not self._on:
            return Evidence(message=Message("sources-none-set", {}))
        distribution = self._ground.distribution
        kinds = {kind_of(each, distribution): each for each in self._on if each.manager == "apt"}
        if not kinds or "security" in kinds or (distribution.id == "ubuntu" and "updates" in kinds):
            return None
        if "other" in kinds:
            return self._evidence(kinds["other"], _of("source-not-known", kinds["other"]))
        if "main" in kinds:
            return self._evidence(kinds["main"], _of("no-security-suite", kinds["main"]))
        return None

    def _evidence(self, source: PackageSource, why: Message) -> Evidence:
        where = Where(path=source.path, line=source.line or None, layer=self._force.layers.get(source.path))
        return Evidence(message=why, where=where)


def _of(what: str, source: PackageSource) -> Message:
    return Message(what, {"suite": source.suite, **placed(source.path, source.line)})


def _rank(told: Answer) -> int:
    name = told.why.id if told.why is not None else ""
    return _TELLING.index(name) if name in _TELLING else len(_TELLING)
