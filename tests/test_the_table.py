"""The page that checks the usual table is what its kept figures say, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from benchmarks.the_table.figures import Figures
from benchmarks.the_table.page import ROWS, page

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "concepts"


@pytest.mark.parametrize(
    ("language", "name"), [("en", "the-table-checked.md"), ("zh", "the-table-checked.zh.md")]
)
def test_the_page_is_made_from_the_figures_beside_it(language: str, name: str) -> None:
    kept = json.loads((FOLDER / "the-table-checked.json").read_text())
    a, b, c = msgspec.convert(kept["images"], list[Figures])
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text == page((a, b, c), kept["day"], language)
    assert text.count("\n| ") == len(ROWS) + 1


def test_what_the_page_says_in_words_is_what_its_figures_say() -> None:
    kept = json.loads((FOLDER / "the-table-checked.json").read_text())
    a, b, c = msgspec.convert(kept["images"], list[Figures])
    assert a.total < b.total > c.total
    assert a.surface["managers"] == b.surface["managers"]
    assert not c.surface["managers"], "only C has none"
    assert sum(a.fails.values()) < sum(b.fails.values())
    assert [each.reads for each in (a, b, c)] == [0, 0, 0]
    assert all(each.needed for each in (a, b, c))
    assert all("no" not in each.ready for each in (a, b, c)), "both nginx could, with what is mounted"
