"""What is installed beside what advisories say: every flaw of every install, merged over its names.

Pure: the index is asked through the functions that come in. Versions are compared as keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from seamline.advisories.ecosystems import Subject, is_extended, is_kernel_headers, subjects_of
from seamline.advisories.merge import is_erratum, merge
from seamline.advisories.verdict import Flaw, Hit, Verdict, shows_support, verdict_of
from seamline.model.advisory import Advisory, Affected, Range
from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.versions.keys import literal_key
from seamline.versions.orders import UnreadableVersion, order_of

_DISTRIBUTED = ("pkg:deb/", "pkg:rpm/", "pkg:apk/", "pkg:alpm/")
LookUp = Callable[[str, str], Sequence[Affected]]
"""The rows of (ecosystem key, package name)."""

_MODULE = ".module"
_MOST_KEPT = 20_000


class Unread(NamedTuple):
    """An install that could not be compared, and why: version, bound, module (of an rpm whose module nobody tells)."""

    install: Install
    subject: Subject
    why: str


class Matched(NamedTuple):
    """The flaws of every install in the order of the installs, and what could not be compared. `skipped` counts what
    is judged elsewhere or not at all: owned by a distribution's package, kernel headers."""

    flaws: tuple[Flaw, ...]
    unread: tuple[Unread, ...]
    skipped: Mapping[str, int]


def match(
    installs: Iterable[Install], look_up: LookUp, advisory: Callable[[str, str], Advisory | None]
) -> Matched:
    """Every flaw. `advisory` gives one by (ecosystem key, id)."""
    return Matcher(look_up, advisory)(installs)


class _Kind(NamedTuple):
    """All of an install that its flaws follow from: installs of one kind are judged once."""

    subjects: tuple[Subject, ...]
    modularity: str
    is_modular: bool
    is_supported: bool


class _Judged(NamedTuple):
    verdicts: tuple[Verdict, ...]
    unread: tuple[tuple[Subject, str], ...]


class _Table:
    """The rows of one package laid out for many questions."""

    def __init__(self, rows: Sequence[Affected]) -> None:
        self.rows = rows
        spans = [(row, at, each) for row, told in enumerate(rows) for at, each in enumerate(told.ranges)]
        # of two keys none lies between one that is included and the same with a zero behind it
        self._closed = [
            (each.low, each.high + b"\0" if each.includes_high else each.high, row, at, each)
            for row, at, each in spans
            if each.high
        ]
        self._open = [(each.low, row, at, each) for row, at, each in spans if not each.high]
        self._named: dict[bytes, list[int]] = {}
        for row, told in enumerate(rows):
            for key in told.versions:
                self._named.setdefault(key, []).append(row)
        self._unreadable = {row for row, told in enumerate(rows) if told.unreadable}

    def holding(self, key: bytes) -> dict[int, Range | None]:
        """The rows that hold a version, in their order, each with its first range that does."""
        told = [(row, at, each) for low, high, row, at, each in self._closed if low <= key < high]
        told += [(row, at, each) for low, row, at, each in self._open if low <= key]
        told.sort(key=_place)
        found: dict[int, Range | None] = {}
        for row, _, each in told:
            found.setdefault(row, each)
        named = [row for row in self._named.get(key, ()) if row not in found]
        return dict(sorted({**found, **dict.fromkeys(named)}.items())) if named else found

    def asked(self, found: Mapping[int, Range | None]) -> Iterable[int]:
        """The rows to look at for a version: what holds it, and what could not be read whole."""
        return sorted(self._unreadable.union(found)) if self._unreadable else found

    def naming(self, literal: bytes) -> list[int]:
        """The rows that name a version which cannot be read."""
        return self._named.get(literal, [])


def _place(told: tuple[int, int, Range]) -> tuple[int, int]:
    return told[:2]


class _Shelf(NamedTuple):
    """The tables of an install's subjects, and the CVEs that some record about them alone tracks there."""

    tables: tuple[_Table, ...]
    alone: frozenset[str]


class Matcher:
    """Matching over one index that remembers: rows and advisories are read once, and what is of one source at one version is
    judged once."""

    def __init__(self, look_up: LookUp, advisory: Callable[[str, str], Advisory | None]) -> None:
        self._look_up, self._advisory = look_up, advisory
        self._shelves: dict[tuple[tuple[str, str], ...], _Shelf] = {}
        self._advisories: dict[tuple[str, str], Advisory | None] = {}
        self._judged: dict[_Kind, _Judged] = {}

    def __call__(self, installs: Iterable[Install]) -> Matched:
        """Every flaw of the installs."""
        given = tuple(installs)
        flaws: list[Flaw] = []
        unread: list[Unread] = []
        skipped = {"owned": 0, "headers": 0}
        foreign = foreign_keys(given)
        for install, subjects in judged_subjects(given):
            if follows_distribution(install, foreign):
                skipped["owned"] += 1
            elif is_kernel_headers(install.package):
                skipped["headers"] += 1
            else:
                judged = self._of(install, tuple(subjects))
                flaws += [Flaw(install, verdict) for verdict in judged.verdicts]
                unread += [Unread(install, subject, why) for subject, why in judged.unread]
        return Matched(tuple(flaws), tuple(unread), skipped)

    def _of(self, install: Install, subjects: tuple[Subject, ...]) -> _Judged:
        package = install.package
        kind = _Kind(subjects, package.modularity, _MODULE in package.version, shows_support(install))
        judged = self._judged.get(kind)
        if judged is None:
            if len(self._judged) >= _MOST_KEPT:
                self._judged.clear()
            judged = self._judged[kind] = self._judge(install, kind)
        return judged

    def _judge(self, install: Install, kind: _Kind) -> _Judged:
        shelf = self._shelf(kind.subjects)
        hits: list[Hit] = []
        unread: list[tuple[Subject, str]] = []
        for subject, table in zip(kind.subjects, shelf.tables, strict=True):
            if table.rows:
                is_paid = is_extended(subject.ecosystem) and not kind.is_supported
                hits += _hits(install, subject, table, unread, is_paid=is_paid)
        known = [
            (hit, told) for hit in hits if (told := self._told(hit.subject.ecosystem, hit.affected.advisory))
        ]
        verdicts = []
        for group in merge([(told, at) for at, (_, told) in enumerate(known)], shelf.alone):
            every = [known[at] for at in group.members]
            # what was withdrawn counts only where nothing else speaks of the flaw
            members = [each for each in every if not each[1].withdrawn] or every
            verdicts.append(verdict_of(group.id, group.aliases, members))
        return _Judged(tuple(verdicts), tuple(unread))

    def _shelf(self, subjects: Iterable[Subject]) -> _Shelf:
        names = tuple([(each.ecosystem, each.name) for each in subjects])
        shelf = self._shelves.get(names)
        if shelf is None:
            shelf = self._shelves[names] = self._laid_out(names)
        return shelf

    def _laid_out(self, names: Iterable[tuple[str, str]]) -> _Shelf:
        alone: set[str] = set()
        tables: list[_Table] = []
        for ecosystem, name in names:
            rows = self._look_up(ecosystem, name)
            if is_extended(ecosystem):  # paid support speaks of what the release itself is silent about
                rows = [row for row in rows if not alone.issuperset(row.covers or (row.advisory,))]
            else:
                # what tracks one flaw knows it better than what sums up an update
                alone |= {row.covers[0] for row in rows if tracks_alone(row)}
            tables.append(_Table(rows))
        return _Shelf(tuple(tables), frozenset(alone))

    def _told(self, ecosystem: str, name: str) -> Advisory | None:
        key = (ecosystem, name)
        if key not in self._advisories:
            self._advisories[key] = self._advisory(ecosystem, name)
        return self._advisories[key]


def tracks_alone(row: Affected) -> bool:
    """Whether a row is of a record about one CVE, and no erratum that sums up an update."""
    return len(row.covers) == 1 and not is_erratum(row.advisory)


def foreign_keys(installs: Iterable[Install]) -> frozenset[str]:
    """The keys of distribution packages that came from a maker's own archive: no distribution speaks for them."""
    return frozenset(install_key(install) for install in installs if install.supplier)


def follows_distribution(install: Install, foreign: Collection[str]) -> bool:
    """Whether a distribution's package brought it, so that the distribution's advisories speak for it. What another language
    package brought for itself (npm its own copies) nobody else speaks for."""
    return install.owned_by.startswith(_DISTRIBUTED) and install.owned_by not in foreign


def judged_subjects(installs: Sequence[Install]) -> Iterator[tuple[Install, Iterator[Subject]]]:
    """Every install with what to look up for it; sources of rpms with the epoch that their own binaries tell."""
    epochs = _epochs(installs)
    for install in installs:
        yield install, subjects_of(_with_epoch(install, epochs))


Build = tuple[str, str]


def _epochs(installs: Iterable[Install]) -> dict[Build, str]:
    """The epochs of rpm sources, which their file names leave out: a binary of the source's own version has it."""
    found: dict[Build, str] = {}
    for install in installs:
        package = install.package
        epoch, colon, rest = package.version.partition(":")
        if package.ecosystem == "rpm" and colon and rest == package.source_version:
            found[package.source_name, rest] = epoch
    return found


def _with_epoch(install: Install, epochs: Mapping[Build, str]) -> Install:
    package = install.package
    epoch = epochs.get((package.source_name, package.source_version)) if package.ecosystem == "rpm" else None
    if epoch is None:
        return install
    whole = msgspec.structs.replace(package, source_version=f"{epoch}:{package.source_version}")
    return msgspec.structs.replace(install, package=whole)


def _hits(
    install: Install, subject: Subject, table: _Table, unread: list[tuple[Subject, str]], *, is_paid: bool
) -> Iterator[Hit]:
    order, rows = order_of(subject.ecosystem), table.rows
    assert order is not None  # noqa: S101 - nothing is indexed without an order
    try:
        key = order(subject.version)
    except UnreadableVersion:
        unread.append((subject, "version"))
        named = table.naming(literal_key(subject.version))
        yield from (Hit(subject, rows[at], None, is_paid) for at in named)
        return
    found = table.holding(key)
    for at in table.asked(found):
        row = rows[at]
        if not in_same_stream(install, row):
            if at in found and row.stream and _tells_no_module(install):
                unread.append((subject, "module"))
        elif at in found:
            yield Hit(subject, row, found[at], is_paid)
        else:
            unread.append((subject, "bound"))


def _tells_no_module(install: Install) -> bool:
    """Whether an rpm was built for a module, and whoever told of it left out for which."""
    return not install.package.modularity and _MODULE in install.package.version


def in_same_stream(install: Install, row: Affected) -> bool:
    """Modular errata speak of their modules' packages alone, and others of none that a module brought."""
    modularity = install.package.modularity
    if not row.stream:
        return not modularity and _MODULE not in install.package.version
    if row.stream == "?":
        return bool(modularity)
    return any(modularity == each or modularity.startswith(f"{each}:") for each in row.stream.split())
