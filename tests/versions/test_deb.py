"""Debian's version order is total, and spellings of one version are equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.versions import deb

VERSIONS = st.from_regex(r"\A([0-9]:)?[0-9][0-9az.+~]{0,6}(-[0-9az.+~]{1,4})?\Z")


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_total_and_transitive(a: str, b: str, c: str) -> None:
    first, second, third = sorted(deb.key(v) for v in (a, b, c))
    assert first <= second <= third
    assert first <= third
    assert (first == second) == (not first < second)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("1.0~rc1", "1.0"),
        ("1.0", "1.0a"),
        ("1.0a", "1.0+b"),
        ("9", "10"),
        ("2", "1:1"),
        ("0~", "0"),
        ("1-1", "1-1+b1"),
    ],
)
def test_the_manuals_cases(lower: str, higher: str) -> None:
    assert deb.key(lower) < deb.key(higher)


@pytest.mark.parametrize(("one", "other"), [("1", "1-0"), ("0:1", "1"), ("1.0", "1.00"), ("0", "0-")])
def test_spellings_of_one_version_are_equal(one: str, other: str) -> None:
    assert deb.key(one) == deb.key(other)
    assert deb.key(one) == deb.key(other)
