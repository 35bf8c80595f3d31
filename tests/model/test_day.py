"""Days that strangers write: in the calendar, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.model.day import day_after, day_of, days_between


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-30T00:00:00Z", "2026-13-01", "0000-00-00", "2026-W01-1", "20260101", "２０２６-01-01"],
)  # fmt: skip
def test_what_no_calendar_has_is_no_day(text: str) -> None:
    assert (day_of(text), days_between(text, "2026-01-01"), day_after(text, 1)) == ("", None, "")


@given(st.dates(), st.integers(-800_000, 800_000))
def test_the_day_after_is_as_far_away_as_the_calendar_goes(day: object, days: int) -> None:
    after = day_after(f"{day}T12:00:00Z", days)
    assert days_between(str(day), after) == days or after in ("0001-01-01", "9999-12-31")
