"""One flaw under its many names: DEBIAN-CVE, GHSA, PYSEC, GO and the CVE itself become one.

Names are joined over aliases, but never through an advisory that speaks of several CVEs: a DSA would make one flaw of
all that it fixes. Such an advisory counts for each of its CVEs instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from seamline.model.advisory import Advisory

_RANKS = ("CVE-", "GHSA-", "GO-", "RUSTSEC-", "PYSEC-", "PSF-", "OSV-")


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
        if len(advisory.covers) <= 1:
            flaws.join({advisory.id, *advisory.aliases, *advisory.covers}, at)
    for advisory, at in advisories:
        if len(advisory.covers) > 1:
            for cve in advisory.covers:
                if cve not in alone or flaws.knows(cve):
                    flaws.join({cve}, at)
    made = (_group(names, members) for names, members in flaws.every())
    return sorted(made, key=lambda group: (_rank(group.id), group.id))


class _Flaws:
    """Sets of names that stand for one flaw, each with the numbers of its advisories."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[set[str], set[int]]] = {}

    def knows(self, name: str) -> bool:
        return name in self._of

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
    best = min(names, key=lambda name: (_rank(name), name))
    return Group(best, tuple(sorted(names - {best})), tuple(sorted(members)))


def _rank(name: str) -> int:
    return next((rank for rank, prefix in enumerate(_RANKS) if name.startswith(prefix)), len(_RANKS))
