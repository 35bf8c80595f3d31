"""Cases that stood apart in the run beside Trivy, held without it (docs/beside-trivy.md); the ecosystems' own tools were the judge."""

from __future__ import annotations

from typing import Any

import pytest

from seamline.advisories.match import match
from tests.advisories.records import Shelf, language, record


def is_affected(kind: str, name: str, version: str, given: dict[str, Any]) -> bool:
    return bool(match((language(kind, name, version),), Shelf(given).affected).flaws)


@pytest.mark.parametrize(("version", "is_one"), [("2.1.0", True), ("2.2.0", False), ("2.0.5", True)])
def test_the_end_of_one_range_may_be_the_beginning_of_the_next(version: str, is_one: bool) -> None:
    given = record("GHSA-1", "npm", "hapi", {"introduced": "2.0.0"}, {"fixed": "2.1.0"})
    given["affected"][0]["ranges"].append(
        {"type": "SEMVER", "events": [{"introduced": "2.1.0"}, {"fixed": "2.2.0"}]}
    )
    assert is_affected("npm", "hapi", version, given) == is_one


def test_a_flaw_from_the_beginning_is_in_a_pseudo_version_before_zero() -> None:
    given = record("GO-1", "Go", "github.com/a/b", {"introduced": "0"})
    assert is_affected("golang", "github.com/a/b", "v0.0.0-20260521225117-d74da9314005", given)


@pytest.mark.parametrize(("version", "is_one"), [("1.10.1", True), ("0.9-fearow", True), ("2.9.3", False)])
def test_a_version_that_is_none_spoils_neither_its_record_nor_itself(version: str, is_one: bool) -> None:
    listed = ["0.1-bulbasaur", "0.9-fearow", "1.10.1"]
    given = record("PYSEC-1", "PyPI", "paramiko", {"introduced": "0"}, {"fixed": "2.9.3"}, versions=listed)
    assert is_affected("pypi", "paramiko", version, given) == is_one


@pytest.mark.parametrize(
    ("version", "is_one"), [("3.0.20", True), ("4.0.0", False), ("4.0.1", True), ("4.0.5", False)]
)
def test_events_are_sorted_before_they_are_read(version: str, is_one: bool) -> None:
    events = ({"introduced": "0"}, {"introduced": "4.0.1"}, {"fixed": "4.0.5"}, {"fixed": "3.0.21"})
    given = record("GHSA-2", "RubyGems", "passenger", *events)
    assert is_affected("gem", "passenger", version, given) == is_one


def test_a_capital_letter_makes_another_package_of_npm() -> None:
    given = record("GHSA-3", "npm", "jquery", {"introduced": "0"})
    assert is_affected("npm", "jquery", "3.4.0", given)
    assert not is_affected("npm", "jQuery", "3.4.0", given)
