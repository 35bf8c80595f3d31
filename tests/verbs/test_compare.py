"""Two whole images side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.model.comparison import CompareReport
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Stack
from seamline.verbs.audit import DEEP
from seamline.verbs.compare import compare_report
from seamline.verbs.database import open_database
from seamline.verbs.demo import write_demo
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = write_demo(tmp_path / "demo")
    return made.base, made.application


def compared(a: str, b: str) -> CompareReport:
    index = open_database()
    both = [
        portrait(
            see(look(open_image(name, Opening()), cache=None, limits=Limits(), deep=DEEP), Stack(())),
            index,
            Stack(()),
            Terms(),
            "2026-11-26T00:00:00Z",
        )
        for name in (a, b)
    ]
    return compare_report(*both)


def test_an_image_on_the_other_is_said_to_stand_on_it(images: tuple[str, str]) -> None:
    base, shop = images
    assert [said.id for said in compared(base, shop).relation] == ["b-stands-on-a"]
    assert [said.id for said in compared(shop, base).relation] == ["a-stands-on-b"]


def test_an_image_beside_itself_differs_in_nothing(images: tuple[str, str]) -> None:
    report = compared(images[1], images[1])
    assert not report.delta.packages
    assert not report.delta.others
    assert not any(each.better for dimension in report.dimensions for each in dimension.indicators)


def test_a_comparison_the_other_way_round_is_its_mirror(images: tuple[str, str]) -> None:
    there, back = compared(*images), compared(*reversed(images))
    swap = {"a": "b", "b": "a", "": ""}
    for one, other in zip(there.dimensions, back.dimensions, strict=True):
        for left, right in zip(one.indicators, other.indicators, strict=True):
            assert (left.a, left.b, left.better) == (right.b, right.a, swap[right.better])
    assert {(c.name, c.a, c.b) for c in there.delta.packages} == {
        (c.name, c.b, c.a) for c in back.delta.packages
    }
