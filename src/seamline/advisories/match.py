"""What is installed beside what advisories say: every flaw of every install, merged over its names.

Pure: the index is asked through the functions that come in. Versions are compared as keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from seamline.advisories.ecosystems import Subject, is_extended, is_kernel_headers, subjects_of
from seamline.advisories.gather import only
from seamline.advisories.keys import newest_first
from seamline.advisories.merge import is_erratum, merge, names_alone
from seamline.advisories.verdict import Flaw, Hit, Verdict, shows_support, verdict_of, verdict_of_one
from seamline.model.advisory import Affected, PackageRows
from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.versions.keys import literal_key
from seamline.versions.orders import UnreadableVersion, order_of

if TYPE_CHECKING:
    from seamline.advisories.known_by import KnownBy

_DISTRIBUTED = ("pkg:deb/", "pkg:rpm/", "pkg:apk/", "pkg:alpm/")
LookUp = Callable[[str, str], PackageRows]
"""The rows of (ecosystem key, package name)."""

_MODULE = ".module"
_MOST_KEPT = 20_000
_OUTSIDE = (False, None)


class Unread(NamedTuple):
    """An install that could not be compared, and why: version, bound, module (of an rpm whose module nobody tells)."""

    install: Install
    subject: Subject
    why: str


class Matched(NamedTuple):
    """The flaws of every install in the order of the installs, those of one package the newest first, and what could not be
    compared. `skipped` counts what is judged elsewhere or not at all: owned by a distribution's package, kernel headers;
    `later` are the flaws that nobody knew yet on the day that counts."""

    flaws: tuple[Flaw, ...]
    unread: tuple[Unread, ...]
    skipped: Mapping[str, int]
    later: tuple[Flaw, ...] = ()


def match(installs: Iterable[Install], look_up: LookUp) -> Matched:
    """Every flaw."""
    return Matcher(look_up)(installs)


class _Kind(NamedTuple):
    """All of an install that its flaws follow from: installs of one kind are judged once."""

    subjects: tuple[Subject, ...]
    modularity: str
    is_modular: bool
    is_supported: bool


class _Judged(NamedTuple):
    verdicts: tuple[Verdict, ...]
    unread: tuple[tuple[Subject, str], ...]
    later: tuple[Verdict, ...] = ()


_NOTHING = _Judged((), ())


class _Shelf:
    """The rows of each of an install's subjects."""

    def __init__(self, names: Sequence[tuple[str, str]], look_up: LookUp) -> None:
        self.rows = [look_up(ecosystem, name) for ecosystem, name in names]
        extended = [is_extended(ecosystem) for ecosystem, _ in names]
        self._plain = [rows for rows, is_paid in zip(self.rows, extended, strict=True) if not is_paid]
        self._alone: frozenset[str] | None = None
        if True in extended:
            self.rows = [
                only(rows, self._is_unspoken) if rows and is_paid else rows
                for rows, is_paid in zip(self.rows, extended, strict=True)
            ]
        speaking = [rows for rows in self.rows if rows.rows]
        self.is_silent = not speaking
        self.stands_apart = len(speaking) == 1 and speaking[0].stand_apart

    def alone(self) -> frozenset[str]:
        """The CVEs that some record about them alone tracks there: it knows one better than what sums up an update. What
        speaks of paid support alone does not count."""
        if self._alone is None:
            self._alone = frozenset(
                [row.covers[0] for rows in self._plain for row in rows if tracks_alone(row)]
            )
        return self._alone

    def _is_unspoken(self, paid: Affected) -> bool:
        """Paid support speaks of what the release itself is silent about."""
        return not self.alone().issuperset(paid.covers or (paid.advisory,))


class Matcher:
    """Matching over one index that remembers: rows are read once, and what is of one source at one version is judged
    once. `known` tells what was known on the day that counts; None where all is."""

    def __init__(self, look_up: LookUp, known: KnownBy | None = None) -> None:
        self._look_up = look_up
        self._known = known
        self._shelves: dict[tuple[tuple[str, str], ...], _Shelf] = {}
        self._judged: dict[_Kind, _Judged] = {}

    def __call__(self, installs: Iterable[Install]) -> Matched:
        """Every flaw of the installs."""
        given = newest_first(installs)
        flaws: list[Flaw] = []
        later: list[Flaw] = []
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
                later += [Flaw(install, verdict) for verdict in judged.later]
                unread += [Unread(install, subject, why) for subject, why in judged.unread]
        return Matched(tuple(flaws), tuple(unread), skipped, tuple(later))

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
        if shelf.is_silent:
            return _NOTHING
        hits: list[Hit] = []
        unread: list[tuple[Subject, str]] = []
        for subject, rows in zip(kind.subjects, shelf.rows, strict=True):
            if rows.rows:
                is_paid = is_extended(subject.ecosystem) and not kind.is_supported
                hits += _hits(install, subject, rows, unread, is_paid=is_paid)
        verdicts, known = _verdicts(hits, shelf), self._known
        if known is None:
            return _Judged(verdicts, tuple(unread))
        verdicts = tuple([known.as_of_then(each) for each in verdicts])
        by_then = tuple([each for each in verdicts if known.is_known(each)])
        return _Judged(by_then, tuple(unread), tuple([each for each in verdicts if not known.is_known(each)]))

    def _shelf(self, subjects: Iterable[Subject]) -> _Shelf:
        names = tuple([each[:2] for each in subjects])
        shelf = self._shelves.get(names)
        if shelf is None:
            shelf = self._shelves[names] = _Shelf(names, self._look_up)
        return shelf


def _verdicts(hits: Sequence[Hit], shelf: _Shelf) -> tuple[Verdict, ...]:
    """One a flaw, by name. What no other row speaks of, as most, is told by its own row at once: rows come in the order of
    their flaws' names."""
    if shelf.stands_apart:
        return tuple([verdict_of_one(*names_alone(hit.affected), hit) for hit in hits])
    groups = merge([hit.affected for hit in hits], shelf.alone)
    return tuple([verdict_of(each.id, each.aliases, _counting(hits, each.members)) for each in groups])


def _counting(hits: Sequence[Hit], members: Sequence[int]) -> tuple[Hit, ...]:
    """The hits of a flaw; what was withdrawn counts only where nothing else speaks of it."""
    every = [hits[at] for at in members]
    return tuple([hit for hit in every if not hit.affected.is_withdrawn] or every)


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
    install: Install,
    subject: Subject,
    told: PackageRows,
    unread: list[tuple[Subject, str]],
    *,
    is_paid: bool,
) -> list[Hit]:
    """The rows that hold for a version; what could not be compared is added to `unread`."""
    order = order_of(subject.ecosystem)
    assert order is not None  # noqa: S101 - nothing is indexed without an order
    try:
        key = order(subject.version)
    except UnreadableVersion:
        unread.append((subject, "version"))
        return [Hit(subject, row, None, is_paid) for row in told.naming(literal_key(subject.version))]
    naming = told.naming(key) if told.named else ()
    is_modular = _is_modular(install)
    found = []
    for row in told.rows:  # written out, as packages with thousands of rows spend their time here
        high, is_held = row.high, True
        fixed: str | None = row.fixed
        if row.low > key or (high and key >= high and not (row.includes_high and key == high)):
            is_held, fixed = _held_beside(row, key, naming) if row.more or naming else _OUTSIDE
            if not is_held and not row.unreadable:
                continue
        if (is_modular or row.stream) and not in_same_stream(install, row):
            if is_held and row.stream and _tells_no_module(install):
                unread.append((subject, "module"))
        elif is_held:
            found.append(Hit(subject, row, fixed, is_paid))
        else:
            unread.append((subject, "bound"))
    return found


def _held_beside(row: Affected, key: bytes, naming: Collection[Affected]) -> tuple[bool, str | None]:
    """Whether a row holds for a version otherwise than by its first range, and the fix of the range that does."""
    for each in row.more:
        if each.holds(key):
            return True, each.fixed
    return row in naming, None


def _is_modular(install: Install) -> bool:
    """Whether a package says that a module brought it."""
    return bool(install.package.modularity) or _MODULE in install.package.version


def _tells_no_module(install: Install) -> bool:
    """Whether an rpm was built for a module, and whoever told of it left out for which."""
    return not install.package.modularity and _MODULE in install.package.version


def in_same_stream(install: Install, row: Affected) -> bool:
    """Modular errata speak of their modules' packages alone, and others of none that a module brought."""
    modularity = install.package.modularity
    if not row.stream:
        return not _is_modular(install)
    if row.stream == "?":
        return bool(modularity)
    return any(modularity == each or modularity.startswith(f"{each}:") for each in row.stream.split())
