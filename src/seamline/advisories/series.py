"""Findings that only a version tells apart: which of them are left after an act, and what a fresh scan calls those.

They share a name and are numbered, the newest version first. No key can do better: a key that no version is part of, that no
two findings share and that stays whatever becomes of the others does not exist. So the numbers close ranks when one goes, and
what that comes to is worked out here: which findings go, and which keys a fresh scan no longer has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from seamline.advisories.keys import key_of, numbered_name
from seamline.advisories.verdict import Flaw
from seamline.model.finding import Finding


class Change(NamedTuple):
    """What a fresh scan finds else: the findings that went, by their keys of today; the keys that it no longer has; those that
    are new, each with its flaw."""

    mends: frozenset[str]
    gone: frozenset[str]
    brings: Mapping[str, str]


def told_apart(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, the first of each series numbered too."""
    found = list(findings)
    firsts = {each.series for each in found if each.series}
    return [
        msgspec.structs.replace(each, series=each.key, number=1) if each.key in firsts else each
        for each in found
    ]


def still_there(today: Sequence[tuple[str, str]], versions: Iterable[str]) -> frozenset[str]:
    """The keys of those of a series, each with its version, that are left where it has these versions then: first those whose
    version stayed, then the newest."""
    then = Counter(versions)
    left = []
    moved = []
    for key, version in today:
        if then[version]:
            then[version] -= 1
            left.append(key)
        else:
            moved.append(key)
    return frozenset((*left, *moved[: then.total()]))


def in_series(found: Mapping[str, Flaw], cause: str, name: str) -> Iterator[tuple[str, Flaw]]:
    """The findings of a flaw by this name, with their keys, in their order."""
    number = 1
    while (flaw := found.get(key := key_of(cause, numbered_name(name, number)))) is not None:
        yield key, flaw
        number += 1


class Series:
    """The findings of today in their series. A finding alone is a series of one."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._every: dict[str, Finding] = {}
        self._series: dict[str, list[Finding]] = {}
        self._of: dict[str, list[Finding]] = {}
        for each in findings:
            self._every[each.key] = each
            self._of.setdefault(each.install, []).append(each)
            if each.series:
                self._series.setdefault(each.series, []).append(each)
        for members in self._series.values():
            members.sort(key=lambda each: each.number)
        self._keys = {first: [each.key for each in members] for first, members in self._series.items()}

    def of(self, installs: Iterable[str]) -> list[Finding]:
        """The findings of installs, by their keys."""
        return [each for install in installs for each in self._of.get(install, ())]

    def without(self, findings: Iterable[Finding], instead: Iterable[tuple[str, str]] = ()) -> Change:
        """What is found once these are no longer there, and flaws (with the names of their installs) stand in their place."""
        less = Counter(each.series or each.key for each in findings)
        more: dict[str, list[tuple[str, str]]] = {}
        for cause, name in instead:
            more.setdefault(key_of(cause, name), []).append((cause, name))
        gone: list[str] = []
        brings: dict[str, str] = {}
        for first in {**less, **more}:
            before = self._keys.get(first) or ([first] if first in self._every else [])
            after = len(before) - less[first] + len(more.get(first, ()))
            gone += before[after:]
            for number in range(len(before) + 1, after + 1):
                cause, name = more[first][0]
                brings[key_of(cause, numbered_name(name, number))] = cause
        return Change(frozenset(), frozenset(gone), brings)

    def beside(self, before: Sequence[Finding], after: Mapping[str, Flaw]) -> Change:
        """What became of findings where these are found `after`, all of their series among both."""
        keys = {each.key for each in before}
        gone = keys - after.keys()
        mends = set(gone)
        for first in {each.series for each in before if each.series}:
            today = [each for each in self._series[first] if each.key in keys]
            found = [flaw for each in today if (flaw := after.get(each.key)) is not None]
            versions = [flaw.install.package.version for flaw in found]
            left = still_there([(each.key, each.version) for each in today], versions)
            mends -= {each.key for each in today}
            mends |= {each.key for each in today} - left
        brings = {key: flaw.id for key, flaw in after.items() if key not in self._every}
        return Change(frozenset(mends), frozenset(gone), brings)
