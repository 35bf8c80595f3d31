"""One flaw under its many names: DEBIAN-CVE, GHSA, PYSEC, GO and the CVE itself become one.

Names are joined over aliases, but never through an advisory that speaks of several CVEs: a DSA would make one flaw of
all that it fixes. Such an advisory counts for each of its CVEs instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from seamline.model.advisory import Advisory

_RANKS = ("CVE-", "GHSA-", "GO-", "RUSTSEC-", "PYSEC-", "PSF-", "OSV-")

_ERRATA = ("DSA-", "DLA-", "DTSA-", "USN-", "LSN-", "ALSA-", "ALBA-", "ALEA-", "RHSA-", "RHBA-", "RHEA-", "RLSA-", "RLBA-",
           "RLEA-", "RXSA-", "SUSE-", "openSUSE-", "OESA-", "MGASA-", "PHSA-", "AZL-")  # fmt: skip


class Group(NamedTuple):
    """One flaw: its best name, its other names, and which of the given advisories speak of it."""

    id: str
    aliases: tuple[str, ...]
    members: tuple[int, ...]


def merge(advisories: Sequence[tuple[Advisory, int]], alone: Collection[str] = ()) -> list[Group]:
    """The flaws that the advisories (each with its number) speak of, by name.

    `alone` are CVEs that some advisory about them alone has judged already, matched or not: summaries add nothing there.
    The order of the advisories makes no difference.
    """
    flaws = _Flaws()
    for advisory, at in advisories:
        if not _sums_up(advisory):
            flaws.join({advisory.id, *advisory.aliases, *advisory.covers}, at)
    by_number = {at: advisory for advisory, at in advisories}
    single = [each for names, members in flaws.every() for each in _one_cve_each(names, members, by_number)]
    spoken = {name for names, _ in single for name in names}
    for advisory, at in advisories:
        if _sums_up(advisory):
            own = {advisory.id, *advisory.aliases} if len(advisory.covers) == 1 else set()
            told = [cve for cve in advisory.covers if cve not in alone or cve in spoken]
            single += [({cve, *own}, {at}) for cve in told]
            spoken.update(told, own)
    made = (_group(names, members) for names, members in _gathered(single))
    return sorted(made, key=lambda group: _ranked(group.id))


Named = tuple[set[str], set[int]]


def _one_cve_each(names: set[str], members: set[int], advisories: Mapping[int, Advisory]) -> Iterable[Named]:
    """The flaw, or one a CVE where records that name different ones met over a third name: two CVEs are two flaws.

    A record without a CVE goes with each that it shares a name with.
    """
    cves = sorted({cve for at in members for cve in advisories[at].covers})
    if len(cves) < 2:
        return [(names, members)]
    made: list[Named] = []
    for cve in cves:
        own = {at for at in members if cve in advisories[at].covers}
        spelt = {name for at in own for name in _names(advisories[at])}
        loose = {
            at for at in members if not advisories[at].covers and not spelt.isdisjoint(_names(advisories[at]))
        }
        spelt |= {name for at in loose for name in _names(advisories[at])}
        made.append((spelt - set(cves) | {cve}, own | loose))
    placed = {at for _, own in made for at in own}
    made[0][1].update(members - placed)
    return made


def _names(advisory: Advisory) -> set[str]:
    return {advisory.id, *advisory.aliases, *advisory.covers}


def _gathered(named: Iterable[Named]) -> Iterable[Named]:
    """What has the same CVE, or the same best name where there is none, becomes one."""
    found: dict[str, Named] = {}
    for names, members in named:
        whole = found.setdefault(_best(names), (names, members))
        if whole[0] is not names:
            whole[0].update(names)
            whole[1].update(members)
    return found.values()


@lru_cache(maxsize=65536)
def is_erratum(advisory: str) -> bool:
    """Whether an advisory tells of an update and what it mends, not of a flaw and where it is."""
    return advisory.startswith(_ERRATA)


def _sums_up(advisory: Advisory) -> bool:
    return len(advisory.covers) > 1 or (bool(advisory.covers) and is_erratum(advisory.id))


class _Flaws:
    """Sets of names that stand for one flaw, each with the numbers of its advisories."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[set[str], set[int]]] = {}

    def join(self, names: set[str], member: int) -> None:
        """All flaws that share a name with `names` become one."""
        met = {id(self._of[name]): self._of[name] for name in names if name in self._of}
        whole = max(met.values(), key=lambda flaw: len(flaw[0]), default=(set(), set()))
        for flaw in met.values():
            if flaw is not whole:
                whole[0].update(flaw[0])
                whole[1].update(flaw[1])
                self._of.update(dict.fromkeys(flaw[0], whole))
        whole[0].update(names)
        whole[1].add(member)
        self._of.update(dict.fromkeys(names, whole))

    def every(self) -> Iterable[tuple[set[str], set[int]]]:
        return {id(flaw): flaw for flaw in self._of.values()}.values()


def _group(names: set[str], members: set[int]) -> Group:
    best = _best(names)
    return Group(best, tuple(sorted(names - {best})), tuple(sorted(members)))


def _best(names: set[str]) -> str:
    return min(names, key=_ranked) if len(names) > 1 else next(iter(names))


@lru_cache(maxsize=65536)
def _ranked(name: str) -> tuple[int, str]:
    rank = next((rank for rank, prefix in enumerate(_RANKS) if name.startswith(prefix)), len(_RANKS))
    return rank, name
