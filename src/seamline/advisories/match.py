"""What is installed beside what advisories say: every flaw of every install, merged over its names.

Pure: the index is asked through the functions that come in. Versions are compared as keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from seamline.advisories.ecosystems import Subject, is_extended, is_kernel_headers, subjects_of
from seamline.advisories.merge import is_erratum, merge
from seamline.model.advisory import Advisory, Affected, Range, Status
from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.versions.keys import literal_key
from seamline.versions.orders import UnreadableVersion, order_of

_DISTRIBUTED = ("pkg:deb/", "pkg:rpm/", "pkg:apk/", "pkg:alpm/")
LookUp = Callable[[str, str], Sequence[Affected]]
"""The rows of (ecosystem key, package name)."""

_WILL_NOT = frozenset(
    ("ignored", "will not fix", "wont-fix", "won't fix", "fix-not-planned", "end-of-life", "unimportant")
)
_NOT_AFFECTED = frozenset(
    ("not-affected", "not affected", "false-positive", "false-positive-determination", "dne")
)
_MODULE = ".module"
_PAID = ("esm", "fips")


class Hit(NamedTuple):
    """One advisory that holds for one install: which range of it, what the vendor says."""

    install: Install
    subject: Subject
    affected: Affected
    range: Range | None

    @property
    def status(self) -> Status:
        """What is known of a fix; one that comes with paid support alone is none for who has not got it."""
        if self.range is not None and self.range.fixed:
            return Status.WILL_NOT_FIX if self.is_for_payers else Status.FIXED
        told = {self.affected.status.lower(), self.affected.word.lower()}
        if told & _NOT_AFFECTED:
            return Status.NOT_AFFECTED
        return Status.WILL_NOT_FIX if told & _WILL_NOT else Status.NO_FIX

    @property
    def is_for_payers(self) -> bool:
        """Whether the fix comes with paid support, of which the install shows no sign."""
        version = self.install.package.version
        return is_extended(self.subject.ecosystem) and not any(each in version.lower() for each in _PAID)


class Flaw(NamedTuple):
    """One flaw of one install under its one name, and every advisory that says so."""

    id: str
    aliases: tuple[str, ...]
    hits: tuple[Hit, ...]
    advisories: tuple[Advisory, ...]

    @property
    def install(self) -> Install:
        return self.hits[0].install

    @property
    def status(self) -> Status:
        """The best word: a fix counts wherever it is known; withdrawn only where all of them are."""
        if all(advisory.withdrawn for advisory in self.advisories):
            return Status.WITHDRAWN
        found = {hit.status for hit in self.hits}
        order = (Status.FIXED, Status.NOT_AFFECTED, Status.WILL_NOT_FIX, Status.NO_FIX)
        return next(status for status in order if status in found)

    @property
    def fixed_in(self) -> tuple[str, ...]:
        """The fixed versions that this install can go to, lowest first."""
        order = order_of(self.hits[0].subject.ecosystem)
        texts = {hit.range.fixed for hit in self.hits if hit.range is not None and hit.status == Status.FIXED}
        return tuple(sorted(texts, key=order) if order else sorted(texts))


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
            flaws += _flaws_of(install, subjects, look_up, advisory, unread)
    return Matched(tuple(flaws), tuple(unread), skipped)


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


def _flaws_of(
    install: Install,
    subjects: Iterable[Subject],
    look_up: LookUp,
    advisory: Callable[[str, str], Advisory | None],
    unread: list[Unread],
) -> Iterator[Flaw]:
    hits: list[Hit] = []
    alone: set[str] = set()
    for subject in subjects:
        rows = look_up(subject.ecosystem, subject.name)
        if is_extended(subject.ecosystem):  # paid support speaks of what the release itself is silent about
            rows = [row for row in rows if not alone.issuperset(row.covers or (row.advisory,))]
        else:
            # what tracks one flaw knows it better than what sums up an update
            alone |= {row.covers[0] for row in rows if len(row.covers) == 1 and not is_erratum(row.advisory)}
        hits += _hits(install, subject, rows, unread)
    known = [(hit, told) for hit in hits if (told := advisory(hit.subject.ecosystem, hit.affected.advisory))]
    for group in merge([(told, at) for at, (_, told) in enumerate(known)], alone):
        every = [known[at] for at in group.members]
        # what was withdrawn counts only where nothing else speaks of the flaw
        members = [each for each in every if not each[1].withdrawn] or every
        yield Flaw(
            id=group.id,
            aliases=group.aliases,
            hits=tuple(hit for hit, _ in members),
            advisories=tuple(told for _, told in members),
        )


def _hits(
    install: Install, subject: Subject, rows: Sequence[Affected], unread: list[Unread]
) -> Iterator[Hit]:
    if not rows:
        return
    order = order_of(subject.ecosystem)
    assert order is not None  # noqa: S101 - nothing is indexed without an order
    try:
        key = order(subject.version)
    except UnreadableVersion:
        unread.append(Unread(install, subject, "version"))
        told = literal_key(subject.version)
        yield from (Hit(install, subject, row, None) for row in rows if told in row.versions)
        return
    for row in rows:
        found = next((each for each in row.ranges if each.holds(key)), None)
        is_hit = found is not None or key in row.versions
        if not in_same_stream(install, row):
            if is_hit and row.stream and _tells_no_module(install):
                unread.append(Unread(install, subject, "module"))
        elif is_hit:
            yield Hit(install, subject, row, found)
        elif row.unreadable:
            unread.append(Unread(install, subject, "bound"))


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
