"""What is installed beside what advisories say: every flaw of every install, merged over its names.

Pure: the index is asked through the functions that come in. Versions are compared as keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from seamline.advisories.ecosystems import Subject, is_extended, is_kernel_headers, subjects_of
from seamline.advisories.merge import merge
from seamline.model.advisory import Advisory, Affected, Range, Status
from seamline.model.package import Install
from seamline.versions.orders import UnreadableVersion, order_of

LookUp = Callable[[str, str], Sequence[Affected]]
"""The rows of (ecosystem key, package name)."""

_WILL_NOT = frozenset(
    ("ignored", "will not fix", "wont-fix", "won't fix", "fix-not-planned", "end-of-life", "unimportant")
)
_NOT_AFFECTED = frozenset(("not-affected", "not affected", "false-positive", "dne"))


class Hit(NamedTuple):
    """One advisory that holds for one install: which range of it, what the vendor says."""

    install: Install
    subject: Subject
    affected: Affected
    range: Range | None

    @property
    def status(self) -> Status:
        """What is known of a fix."""
        if self.range is not None and self.range.fixed:
            return Status.FIXED
        told = {self.affected.status.lower(), self.affected.word.lower()}
        if told & _NOT_AFFECTED:
            return Status.NOT_AFFECTED
        return Status.WILL_NOT_FIX if told & _WILL_NOT else Status.NO_FIX


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
        texts = {hit.range.fixed for hit in self.hits if hit.range is not None and hit.range.fixed}
        return tuple(sorted(texts, key=order) if order else sorted(texts))


class Unread(NamedTuple):
    """An install that could not be compared, and why: version, bound."""

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
    flaws: list[Flaw] = []
    unread: list[Unread] = []
    skipped = {"owned": 0, "headers": 0}
    for install in installs:
        if install.owned_by:
            skipped["owned"] += 1
        elif is_kernel_headers(install.package):
            skipped["headers"] += 1
        else:
            flaws += _flaws_of(install, look_up, advisory, unread)
    return Matched(tuple(flaws), tuple(unread), skipped)


def _flaws_of(
    install: Install,
    look_up: LookUp,
    advisory: Callable[[str, str], Advisory | None],
    unread: list[Unread],
) -> Iterator[Flaw]:
    hits: list[Hit] = []
    alone: set[str] = set()
    for subject in subjects_of(install):
        rows = look_up(subject.ecosystem, subject.name)
        # an advisory about one flaw alone knows it better than one that sums up many
        alone |= {row.covers[0] for row in rows if len(row.covers) == 1}
        hits += _hits(install, subject, rows, unread)
    known = [(hit, told) for hit in hits if (told := advisory(hit.subject.ecosystem, hit.affected.advisory))]
    for group in merge([(told, at) for at, (_, told) in enumerate(known)], alone):
        members = [known[at] for at in group.members]
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
        return
    for row in rows:
        if not _same_stream(install, row):
            continue
        found = next((each for each in row.ranges if each.holds(key)), None)
        if found is not None or key in row.versions:
            yield Hit(install, subject, row, found)
        elif row.unreadable:
            unread.append(Unread(install, subject, "bound"))


def _same_stream(install: Install, row: Affected) -> bool:
    """Modular errata speak of their module's packages alone, and others of none that a module brought."""
    modularity = install.package.modularity
    if not row.stream:
        return not modularity
    if row.stream == "?":
        return bool(modularity)
    return modularity == row.stream or modularity.startswith(f"{row.stream}:")


def extended_subject(subject: Subject) -> Subject | None:
    """Where the fixes of paid support for the same release would stand; None where a vendor sells none."""
    base, _, release = subject.ecosystem.partition(":")
    if base != "Ubuntu" or is_extended(subject.ecosystem):
        return None
    return subject._replace(ecosystem=f"Ubuntu:Pro:{release}")
