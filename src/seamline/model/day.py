"""Days as text, `2026-11-24`. What strangers write is one only where the calendar has it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from seamline.expression import expression

_DAY = expression(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_LETTERS = 10
UNDATED = "0001-01-01"
"""In the index: it was before any day that counts, and nobody noted when."""


def day_of(moment: str) -> str:
    """The day that a moment begins with; empty where that is none. Source: RFC 3339, section 5.6, full-date."""
    day = moment[:_DAY_LETTERS]
    return day if _date(day) is not None else ""


def noted(day: str) -> str:
    """A day of the index as a reader is told it: empty where nobody noted it."""
    return "" if day == UNDATED else day


def days_between(earlier: str, later: str) -> int | None:
    """Whole days between the days of two moments; None where one has no day."""
    one, other = _date(earlier[:_DAY_LETTERS]), _date(later[:_DAY_LETTERS])
    return (other - one).days if one is not None and other is not None else None


def day_after(day: str, days: int) -> str:
    """The day that comes so many days after that of a moment (before it, where negative), at most the last that the calendar
    has; empty where `day` is none."""
    at = _date(day[:_DAY_LETTERS])
    if at is None:
        return ""
    return date.fromordinal(min(max(at.toordinal() + days, 1), date.max.toordinal())).isoformat()


@lru_cache(1 << 12)
def _date(day: str) -> date | None:
    """Remembered: thousands of findings name the same few days."""
    try:
        return date.fromisoformat(day) if _DAY.fullmatch(day) else None
    except ValueError:  # the 30th of February
        return None
