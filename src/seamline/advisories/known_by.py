"""What was known of a flaw on a day, as far as the database can tell: records tell when they were published and withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from seamline.advisories.verdict import Hit, Verdict, verdict_of
from seamline.model.advisory import Advisory


class KnownBy:
    """How verdicts stood at the end of a day. What tells no day of publication was known, as nobody can say that it was not;
    so more is known on a later day, and never less but what was withdrawn."""

    def __init__(self, advisory: Callable[[str, str], Advisory | None], day: str) -> None:
        self._advisory = cache(advisory)
        self._day = day

    def is_known(self, verdict: Verdict) -> bool:
        """Whether any record that speaks of the flaw was published by then."""
        days = [told.published if (told := self._of(hit)) is not None else "" for hit in verdict.hits]
        return min(days, default="") <= self._day

    def as_of_then(self, verdict: Verdict) -> Verdict:
        """The verdict without the withdrawals that came later."""
        hits = tuple([self._hit(hit) for hit in verdict.hits])
        return verdict if hits == verdict.hits else verdict_of(verdict.id, verdict.aliases, hits)

    def _hit(self, hit: Hit) -> Hit:
        if not hit.affected.is_withdrawn:
            return hit
        told = self._of(hit)
        if told is None or told.withdrawn <= self._day:
            return hit
        return msgspec.structs.replace(
            hit, affected=msgspec.structs.replace(hit.affected, is_withdrawn=False)
        )

    def _of(self, hit: Hit) -> Advisory | None:
        return self._advisory(hit.subject.ecosystem, hit.affected.advisory)
