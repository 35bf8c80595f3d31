"""The stamp of our own code is another one as soon as the code is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import seamline
from seamline.effects.own_code import code_stamp


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of its own with two rooms, one inside the other."""
    (tmp_path / "room" / "inner").mkdir(parents=True)
    (tmp_path / "room" / "one.py").write_text("A = 1\n")
    (tmp_path / "room" / "inner" / "two.py").write_text("B = 1\n")
    (tmp_path / "alone.py").write_text("C = 1\n")
    monkeypatch.setattr(seamline, "__file__", str(tmp_path / "__init__.py"))
    code_stamp.cache_clear()
    yield tmp_path
    code_stamp.cache_clear()


def stamp(*rooms: str) -> str:
    code_stamp.cache_clear()
    return code_stamp(rooms)


def test_a_change_in_a_room_or_deep_inside_it_changes_the_stamp_and_one_elsewhere_does_not(
    package: Path,
) -> None:
    before = stamp("room")
    assert stamp("room") == before
    (package / "alone.py").write_text("C = 22\n")
    assert stamp("room") == before
    (package / "room" / "inner" / "two.py").write_text("B = 22\n")
    changed = stamp("room")
    assert changed != before
    (package / "room" / "three.py").write_text("")
    assert stamp("room") not in (before, changed)


def test_a_room_may_be_one_module(package: Path) -> None:
    before = stamp("alone.py")
    (package / "alone.py").write_text("C = 333\n")
    assert stamp("alone.py") != before


def test_where_there_are_no_files_the_version_tells(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stamp("nowhere", "none.py")
    monkeypatch.setattr(seamline, "__version__", "9.9.9")
    assert stamp("nowhere", "none.py") != before
