"""How long fixes have been waiting, by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.model.day import days_between
from seamline.model.finding import Finding
from seamline.model.package import Side
from seamline.model.update import FixLag
from seamline.update.ages import median_days


def lags(findings: Iterable[Finding], today: str) -> Iterator[FixLag]:
    """One value a side that has findings with a fix; the clock is each finding's own."""
    found = list(findings)
    for side in (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN):
        waits = sorted(
            days
            for each in found
            if each.side == side and not each.suppressed and each.deadline is not None
            if (days := days_between(each.deadline.since, today)) is not None
        )
        if waits:
            yield FixLag(
                side=side, findings=len(waits), median_days=median_days(waits), oldest_days=waits[-1]
            )
