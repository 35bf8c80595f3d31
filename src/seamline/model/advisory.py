"""Advisories as the index keeps them: who is affected, from which version up to which, and how bad it is.

Versions stand as order-preserving keys, so that matching compares bytes and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from seamline.errors import Malformed

INDEX_FORMAT = 5
NO_VERSION = b"\x00"
"""Both ends of a range that holds nothing."""


class Severity(StrEnum):
    """How bad a flaw is, worst first. Negligible is what its own vendor calls unimportant."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEGLIGIBLE = "negligible"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """0 for the worst; unknown counts as medium, so that nobody overlooks it."""
        return _RANKS[self]


_RANKS = {
    Severity.CRITICAL: 0,
    Severity.HIGH: 1,
    Severity.MEDIUM: 2,
    Severity.UNKNOWN: 2,
    Severity.LOW: 3,
    Severity.NEGLIGIBLE: 4,
}


class Status(StrEnum):
    """What is known of a flaw's end."""

    FIXED = "fixed"
    NO_FIX = "no fix yet"
    WILL_NOT_FIX = "will not fix"
    NOT_AFFECTED = "not affected"
    WITHDRAWN = "withdrawn"


class Score(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One rating of a flaw. `kind` is CVSS_V2, CVSS_V3, CVSS_V4 or the name of who said a word (`Ubuntu`, `GitHub`);
    `text` the vector or the word; `number` the base score, 0.0 for words."""

    kind: str
    text: str
    number: float = 0.0


class Range(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Affected versions, as keys: from `low`, included (b"" is the very first), up to `high`; b"" has no end.

    `includes_high` is True for a last affected version. `fixed` is the fixed version as it was written, empty
    where none is known.
    """

    low: bytes
    high: bytes = b""
    includes_high: bool = False
    fixed: str = ""

    def holds(self, key: bytes) -> bool:
        """Whether a version's key lies inside."""
        if key < self.low:
            return False
        return not self.high or key < self.high or (self.includes_high and key == self.high)


class Affected(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one advisory says of one package. `covers` are the CVEs that it speaks of, `others` its names that are neither those
    nor its id. `low`, `high`, `includes_high` and `fixed` are its first range (see `Range`), written out as nearly every
    row has one and no more; `more` are the others. `status` is what the vendor says where no fix is there; `word` its own
    severity for this package; `stream` the rpm modules (`nodejs:18`, `idm:DL1 idm:client`, `?` where none is named) whose
    packages alone are meant; `unreadable` counts bounds that are no versions of this ecosystem. Matching asks nothing else:
    the advisory itself is read for what is shown."""

    advisory: str
    covers: tuple[str, ...] = ()
    low: bytes = NO_VERSION
    high: bytes = NO_VERSION
    fixed: str = ""
    others: tuple[str, ...] = ()
    status: str = ""
    word: str = ""
    includes_high: bool = False
    is_withdrawn: bool = False
    more: tuple[Range, ...] = ()
    stream: str = ""
    unreadable: int = 0

    @property
    def ranges(self) -> tuple[Range, ...]:
        """All ranges, in the order of their versions."""
        if self.low == self.high == NO_VERSION:
            return ()
        return (Range(self.low, self.high, self.includes_high, self.fixed), *self.more)


_versions_of = msgspec.msgpack.Decoder(dict[bytes, tuple[int, ...]]).decode


class PackageRows(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that advisories say of one package, in the order of the flaws' names. `named` packs the versions that rows name one by
    one: a key, and the places of the rows. `stand_apart` is True where no two rows share a name and none sums up several
    flaws: each is a flaw of its own."""

    rows: tuple[Affected, ...] = ()
    named: bytes = b""
    stand_apart: bool = True

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Affected]:
        return iter(self.rows)

    def naming(self, key: bytes) -> tuple[Affected, ...]:
        """The rows that name a version one by one. Few do, and mostly it is plain at a glance that none does.

        Raises:
            Malformed: the versions are damaged.
        """
        places = self.versions().get(key, ()) if key in self.named else ()
        return tuple([self.rows[at] for at in places])

    def versions(self) -> dict[bytes, tuple[int, ...]]:
        """The keys of the versions that rows name one by one, each with the places of the rows.

        Raises:
            Malformed: the versions are damaged.
        """
        try:
            found = _versions_of(self.named) if self.named else {}
            if any(not 0 <= at < len(self.rows) for places in found.values() for at in places):
                raise msgspec.MsgspecError("the place of a row that is none")
        except msgspec.MsgspecError as fault:
            raise Malformed(
                self.rows[0].advisory if self.rows else "advisory index",
                expected="versions as the advisory index keeps them",
                got=str(fault),
                hint="make it anew: seamline db update --force",
            ) from fault
        return found


class Advisory(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One advisory without its packages. `aliases` are other names of the same flaw, `covers` the flaws that it speaks of
    as a whole (the CVEs of a DSA). Days are dates (`2026-01-31`), empty where unknown. `informational` names what
    it tells of where that is no flaw (unmaintained, malicious)."""

    id: str
    summary: str = ""
    aliases: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    withdrawn: str = ""
    scores: tuple[Score, ...] = ()
    reference: str = ""
    informational: str = ""


class Weather(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the world does with a CVE: `epss` is the chance of exploitation within 30 days, `percentile` its rank among
    all, `kev_added` and `kev_due` the days CISA gives for a known exploited one, `kev` that its catalogue has it, whatever
    days it gives; `scores` from the CVE's own record."""

    epss: float = -1.0
    percentile: float = -1.0
    kev_added: str = ""
    kev_due: str = ""
    scores: tuple[Score, ...] = ()
    kev: bool = False

    def is_exploited_by(self, day: str) -> bool:
        """Whether it was known to be exploited on a day; what has no day was, as nobody can say that it was not."""
        return (self.kev or bool(self.kev_added)) and self.kev_added <= day


class Cycle(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One release of a product and the day (`2026-07-11`) its security support ends, and its extended support; empty
    where no day is set, `day.UNDATED` where it is over since a day that nobody noted. `latest` is its newest point release,
    `renewed` the day of that."""

    product: str
    cycle: str
    released: str = ""
    ends: str = ""
    extended_ends: str = ""
    latest: str = ""
    renewed: str = ""


class EcosystemState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One ecosystem in the index. `newest` is its newest record's day, `fetched` when it was last known to be current,
    `modified` the moment of the newest record before that (both RFC 3339), `file` and `sha256` the index file's own. Of the
    records that are not in it `skipped` could not be read, `beside` tell of no flaw (mere updates) or of other ecosystems."""

    ecosystem: str
    advisories: int
    packages: int
    newest: str
    fetched: str
    file: str
    sha256: str
    size_bytes: int
    modified: str = ""
    source: str = ""
    etag: str = ""
    skipped: int = 0
    beside: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One generation: `ecosystems` have a file each, the weather among them. `kind` is osv or starter."""

    format: int = INDEX_FORMAT
    kind: str = "osv"
    ecosystems: tuple[EcosystemState, ...] = ()

    def state_of(self, ecosystem: str) -> EcosystemState | None:
        """The state of an ecosystem, release or not behind its name."""
        return next((each for each in self.ecosystems if each.ecosystem == ecosystem.partition(":")[0]), None)


class DatabaseLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The advisories that a report was made with. `kind` is osv, or starter for the small set that comes along;
    `age_days` counts from the newest `fetched` of what was needed to the report's moment."""

    kind: str
    ecosystems: tuple[EcosystemState, ...]
    age_days: int | None = None
    stale: bool = False
    missing: tuple[str, ...] = ()


class LookupLine(msgspec.Struct, frozen=True, kw_only=True):
    """One flaw that the database has for a package, or what one record of an id says of one package (`ecosystem` with its
    release; `package` is empty where the record names none)."""

    id: str
    aliases: tuple[str, ...]
    advisories: tuple[str, ...]
    ecosystem: str
    package: str
    severity: str
    status: str
    fixed_in: tuple[str, ...]
    summary: str
