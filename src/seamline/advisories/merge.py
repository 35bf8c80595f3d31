"""One flaw under its many names: DEBIAN-CVE, GHSA, PYSEC, GO and the CVE itself become one.

Names are joined over aliases, but never through an advisory that speaks of several CVEs: a DSA would make one flaw of
all that it fixes. Such an advisory counts for each of its CVEs instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from seamline.model.advisory import Affected

_RANKS = {kind: rank for rank, kind in enumerate(("GHSA", "GO", "RUSTSEC", "PYSEC", "PSF", "OSV"), start=1)}
_ERRATA = frozenset(
    ("DSA", "DLA", "DTSA", "USN", "LSN", "ALSA", "ALBA", "ALEA", "RHSA", "RHBA", "RHEA", "RLSA", "RLBA",
     "RLEA", "RXSA", "SUSE", "openSUSE", "OESA", "MGASA", "PHSA", "AZL")
)  # fmt: skip


class Group(msgspec.Struct, frozen=True):
    """One flaw: its best name, its other names, and which of the given rows speak of it."""

    id: str
    aliases: tuple[str, ...]
    members: tuple[int, ...]


def merge(rows: Sequence[Affected], alone: Callable[[], Collection[str]] = tuple) -> list[Group]:
    """The flaws that rows of advisories speak of, by name; a member is a row's place.

    `alone` tells, where there are summaries, the CVEs that some advisory about them alone has judged already, matched or
    not: summaries add nothing there.
    The order of the rows makes no difference.
    """
    summaries = [at for at, row in enumerate(rows) if _sums_up(row)]
    found = _own_flaws(rows, set(range(len(rows))).difference(summaries))
    if summaries:
        _sum_up(found, [(at, rows[at]) for at in summaries], alone())
    made = [_group(best, *named) for best, named in found.items()]
    return sorted(made, key=_place)


def stand_apart(rows: Sequence[Affected]) -> bool:
    """Whether no two share a name, and none sums up several flaws: so it is with most packages."""
    names = [name for row in rows for name in (row.advisory, *row.covers, *row.others)]
    return len(names) == len(set(names)) and not any(map(_sums_up, rows))


Named = tuple[set[str], set[int]]
"""The names of a flaw, and the places of the rows that speak of it."""


def _own_flaws(rows: Sequence[Affected], places: Collection[int]) -> dict[str, Named]:
    """The flaws of rows that sum up none, by their best names."""
    meeting = _meeting(rows, places)
    found: dict[str, Named] = {}
    for at in places:
        if at not in meeting:
            best, others = names_alone(rows[at])
            found[best] = ({best, *others}, {at})
    flaws = _Flaws()
    for at in sorted(meeting):
        flaws.join(_names(rows[at]), at)
    for whole in flaws.every():
        for names, members in _one_cve_each(*whole, rows):
            had = found.setdefault(_best(names), (names, members))
            if had[0] is not names:
                had[0].update(names)
                had[1].update(members)
    return found


def _meeting(rows: Sequence[Affected], places: Iterable[int]) -> set[int]:
    """The places of the rows that share a name with another."""
    met: set[int] = set()
    first: dict[str, int] = {}
    for at in places:
        row = rows[at]
        for name in (row.advisory, *row.covers, *row.others):
            other = first.setdefault(name, at)
            if other != at:
                met.add(at)
                met.add(other)
    return met


def _sum_up(
    found: dict[str, Named], summaries: Iterable[tuple[int, Affected]], judged: Collection[str]
) -> None:
    """Adds what summaries tell of each of their CVEs that nothing else has judged."""
    spoken = {name for names, _ in found.values() for name in names}
    for at, row in summaries:
        own = {row.advisory, *row.others} if len(row.covers) == 1 else set()
        for cve in row.covers:
            if cve not in judged or cve in spoken:
                names, members = found.setdefault(cve, ({cve}, set()))
                names |= own
                members.add(at)


def _one_cve_each(names: set[str], members: set[int], rows: Sequence[Affected]) -> Iterable[Named]:
    """The flaw, or one a CVE where records that name different ones met over a third name: two CVEs are two flaws.

    A record without a CVE goes with each that it shares a name with.
    """
    cves = sorted({cve for at in members for cve in rows[at].covers})
    if len(cves) < 2:
        return [(names, members)]
    made: list[Named] = []
    for cve in cves:
        own = {at for at in members if cve in rows[at].covers}
        spelt = {name for at in own for name in _names(rows[at])}
        loose = {at for at in members if not rows[at].covers and not spelt.isdisjoint(_names(rows[at]))}
        spelt |= {name for at in loose for name in _names(rows[at])}
        made.append((spelt - set(cves) | {cve}, own | loose))
    placed = {at for _, own in made for at in own}
    made[0][1].update(members - placed)
    return made


def _names(row: Affected) -> set[str]:
    return {row.advisory, *row.covers, *row.others}


def is_erratum(advisory: str) -> bool:
    """Whether an advisory tells of an update and what it mends, not of a flaw and where it is."""
    return advisory.partition("-")[0] in _ERRATA


def _sums_up(row: Affected) -> bool:
    return len(row.covers) > 1 or (bool(row.covers) and is_erratum(row.advisory))


class _Flaws:
    """Sets of names that stand for one flaw, each with the places of its rows."""

    def __init__(self) -> None:
        self._of: dict[str, Named] = {}

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

    def every(self) -> Iterable[Named]:
        return {id(flaw): flaw for flaw in self._of.values()}.values()


def _group(best: str, names: set[str], members: Iterable[int]) -> Group:
    return Group(best, tuple(sorted(names - {best})), tuple(sorted(members)))


def names_alone(row: Affected) -> tuple[str, tuple[str, ...]]:
    """The best name of the flaw of one row that stands apart, and its others. Most have a CVE and a name of their own for
    it, and need no weighing of names."""
    if len(row.covers) == 1 and not row.others and row.advisory[:4] != "CVE-":
        return row.covers[0], (row.advisory,)
    names = _names(row)
    best = _best(names)
    return best, tuple(sorted(names - {best}))


def _best(names: set[str]) -> str:
    return min(names, key=ranked) if len(names) > 1 else next(iter(names))


def _place(group: Group) -> tuple[int, str]:
    return ranked(group.id)


def ranked(name: str) -> tuple[int, str]:
    """The place of a flaw's name among others: CVEs first."""
    return (0, name) if name[:4] == "CVE-" else (_RANKS.get(name.partition("-")[0], len(_RANKS) + 1), name)
