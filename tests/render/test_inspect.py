"""The summary in a terminal: its lines fit, reasons stand beside their layers, and no image drives the terminal."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from seamline.errors import Where
from seamline.model.evidence import Evidence, Message
from seamline.model.limits import Limits
from seamline.model.report import InspectReport
from seamline.places.opening import Opening, open_image
from seamline.render.inspect import write_inspect
from seamline.render.layout import packed, width, wrapped
from seamline.seam.learn import base_of
from seamline.stores.ledger import Ledger
from seamline.verbs.demo import write_demo
from seamline.verbs.inspect import inspect_report, see
from seamline.verbs.look import look


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> InspectReport:
    """The sample application, whose base is known."""
    folder: Path = tmp_path_factory.mktemp("demo")
    demo = write_demo(folder / "demo")
    base = open_image(demo.base, Opening())
    diff_ids = [layer.diff_id for layer in base.layers if layer.diff_id is not None]
    ledger = Ledger(folder / "ledger.db")
    names = ("docker.io/library/sample-base:1",)
    ledger.put([base_of(base, diff_ids, names=names, team="platform", day="2026-02-01", inventory=None)])
    looked = look(open_image(demo.application, Opening()), cache=None, limits=Limits())
    return inspect_report(see(looked, ledger), "2026-02-01T00:00:00Z")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [80, 90, 100])
def test_a_summary_keeps_within_its_columns(report: InspectReport, language: str, columns: int) -> None:
    named = msgspec.structs.replace(report.image, reference="registry.example/a/shop:1")
    lines = write_inspect(msgspec.structs.replace(report, image=named), language, columns).splitlines()
    assert columns - 2 <= max(map(width, lines)) <= columns


def test_a_reason_stands_beside_the_layers_that_it_is_about(report: InspectReport) -> None:
    text = write_inspect(report, "en")
    why = text[text.index("Why here") : text.index("Crosses it")].splitlines()
    marks = [line[13:20].strip() for line in why]
    assert [mark for mark in marks if mark] == ["0", "1-2", "image"]


def test_what_an_image_says_never_drives_the_terminal(report: InspectReport) -> None:
    evil = Evidence(message=Message("starts", {"start": "\x1b]0;title\x07 \x1b[2J"}), where=Where())
    text = write_inspect(msgspec.structs.replace(report, reasons=(evil,)), "en")
    assert "\x1b" not in text
    assert "starts \\x1b]0;title\\x07 \\x1b[2J" in text


def test_a_reason_of_any_length_takes_few_lines(report: InspectReport) -> None:
    script = Evidence(message=Message("starts", {"start": "sh -c " + "x" * 10_000}), where=Where())
    assert len(write_inspect(msgspec.structs.replace(report, reasons=(script,)), "en").splitlines()) < 40


def test_a_word_longer_than_its_line_goes_on_in_the_next() -> None:
    assert wrapped(["a", "1234567", "b"], 4) == ["a", "1234", "567", "b"]
    assert wrapped(["镜像镜像"], 5) == ["镜像", "镜像"]


def test_parts_stand_side_by_side_while_they_fit() -> None:
    assert packed(["ab", "cd", "efgh"], " | ", 8) == ["ab | cd", "efgh"]
