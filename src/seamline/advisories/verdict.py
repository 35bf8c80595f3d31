"""What is known of one flaw of a package at a version: shared by every install of it."""

from __future__ import annotations

import msgspec

from seamline.advisories.ecosystems import Subject
from seamline.model.advisory import Affected, Status
from seamline.model.package import Install
from seamline.versions.orders import order_of

_WILL_NOT = frozenset(
    ("ignored", "will not fix", "wont-fix", "won't fix", "fix-not-planned", "end-of-life", "unimportant")
)
_NOT_AFFECTED = frozenset(
    ("not-affected", "not affected", "false-positive", "false-positive-determination", "dne")
)
# members under names of their own: asking the class each time costs as much as all else of a verdict
_FIXED, _UNTOUCHED, _NEVER = Status.FIXED, Status.NOT_AFFECTED, Status.WILL_NOT_FIX
_OPEN, _WITHDRAWN = Status.NO_FIX, Status.WITHDRAWN
_BEST_FIRST = (_FIXED, _UNTOUCHED, _NEVER, _OPEN, _WITHDRAWN)


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One advisory that holds for a package. `fixed` is the fix of the range that does: empty where that is open, None where
    the advisory names the version one by one. `is_for_payers` tells that the fix comes with paid support, of which the
    install shows no sign."""

    subject: Subject
    affected: Affected
    fixed: str | None
    is_for_payers: bool = False

    @property
    def status(self) -> Status:
        """What is known of a fix; one that comes with paid support alone is none for who has not got it."""
        if self.fixed:
            return _NEVER if self.is_for_payers else _FIXED
        return status_without_fix(self.affected)


def status_without_fix(affected: Affected) -> Status:
    """What a vendor says of a package for which no fix is there."""
    if not affected.status and not affected.word:  # as mostly
        return _OPEN
    told = {affected.status.lower(), affected.word.lower()}
    if told & _NOT_AFFECTED:
        return _UNTOUCHED
    return _NEVER if told & _WILL_NOT else _OPEN


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """One flaw under its one name, and what every advisory says of it. `status` is the best word of them; `fixed_in` are the
    fixed versions that the package can go to, lowest first."""

    id: str
    aliases: tuple[str, ...]
    hits: tuple[Hit, ...]
    status: Status
    fixed_in: tuple[str, ...]

    @property
    def advisories(self) -> tuple[str, ...]:
        """The ids of the advisories that speak of it."""
        return tuple(sorted({hit.affected.advisory for hit in self.hits}))


class Flaw(msgspec.Struct, frozen=True, gc=False):
    """One flaw of one install."""

    install: Install
    verdict: Verdict

    @property
    def id(self) -> str:
        return self.verdict.id

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.verdict.aliases

    @property
    def hits(self) -> tuple[Hit, ...]:
        return self.verdict.hits

    @property
    def advisories(self) -> tuple[str, ...]:
        return self.verdict.advisories

    @property
    def status(self) -> Status:
        return self.verdict.status

    @property
    def fixed_in(self) -> tuple[str, ...]:
        return self.verdict.fixed_in


def shows_support(install: Install) -> bool:
    """Whether a package's version says that it came with paid support."""
    version = install.package.version.lower()
    return "esm" in version or "fips" in version


def verdict_of(id_: str, aliases: tuple[str, ...], hits: tuple[Hit, ...]) -> Verdict:
    """The verdict of what all advisories of one flaw tell: a fix counts wherever it is known, a withdrawal only where all
    were withdrawn."""
    if len(hits) == 1:
        return verdict_of_one(id_, aliases, hits[0])
    fixes: dict[str, None] = {}
    told: list[Status] = []  # in a list members are told apart without being hashed
    for hit in hits:
        status = hit.status
        told.append(_WITHDRAWN if hit.affected.is_withdrawn else status)
        if status is _FIXED and hit.fixed:
            fixes[hit.fixed] = None
    order = order_of(hits[0].subject.ecosystem) if len(fixes) > 1 else None
    best = next(status for status in _BEST_FIRST if status in told)
    return Verdict(id_, aliases, hits, best, tuple(sorted(fixes, key=order)))


def verdict_of_one(id_: str, aliases: tuple[str, ...], hit: Hit) -> Verdict:
    """The verdict of what the only advisory of a flaw tells, as it is with most flaws of most packages."""
    fixed = "" if hit.is_for_payers else hit.fixed
    status, fixes = (_FIXED, (fixed,)) if fixed else (hit.status, ())
    return Verdict(id_, aliases, (hit,), _WITHDRAWN if hit.affected.is_withdrawn else status, fixes)
