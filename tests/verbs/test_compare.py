"""Two whole images side by side."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from seamline.compare.delta import upstream_release
from seamline.compare.sketch import outline
from seamline.model.comparison import CompareReport
from seamline.places.opening import Opening, open_image
from seamline.render.audit import write_audit
from seamline.render.compare import write_compare
from seamline.render.compare_delta import delta_lines
from seamline.render.compare_markdown import write_compare_markdown
from seamline.render.layout import width
from seamline.render.overview import write_overview
from seamline.render.page.report import write_report_page
from seamline.stores.shelf import Stack
from seamline.verbs.compare import Studio, Taken, compare_two, overview_report
from seamline.verbs.database import open_database
from seamline.verbs.demo import write_demo
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms
from seamline.verbs.session import new_session
from tests.layouts import write_layout
from tests.portraits import AS_OF, comparison_of, portrait_of, seen_of


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = write_demo(tmp_path / "demo")
    return made.base, made.application


def studio_of(most: int = 1) -> Studio:
    """Where nothing is cached and no base is known."""
    index = open_database()
    return Studio(
        session=msgspec.structs.replace(new_session(no_cache=True), known=Stack(())),
        paint=lambda seen, known: portrait(seen, index, known, Terms(), AS_OF),
        most=most,
    )


def compared(a: str, b: str) -> CompareReport:
    one, other = (Taken(image=open_image(name, Opening()), seen=seen_of(name)) for name in (a, b))
    return compare_two(one, other, studio_of())


def test_an_image_on_the_other_is_said_to_stand_on_it(images: tuple[str, str]) -> None:
    base, shop = images
    assert [said.id for said in compared(base, shop).relation] == ["b-stands-on-a"]
    assert [said.id for said in compared(shop, base).relation] == ["a-stands-on-b"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_report_on_the_starter_set_says_so_first_among_what_was_not_checked(
    images: tuple[str, str], language: str
) -> None:
    told = {"en": "only the starter set", "zh": "入门集"}[language]
    report = compared(*images)
    one = portrait_of(images[1])
    for gaps in (report.gaps, one.scan.gaps, one.audit.gaps):
        assert gaps[0].message.id == "only-starter-set"
    assert write_compare(report, language).count(told) == 1
    assert told in write_audit(one.audit, language)
    assert told in write_report_page(one, language).decode()


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


def test_where_b_stands_on_a_the_shares_of_b_are_told_by_a_as_its_base(images: tuple[str, str]) -> None:
    report = compared(*images)
    shells = next(each for each in report.dimensions[0].indicators if each.id == "shells")
    size = next(each for each in report.dimensions[2].indicators if each.id == "bytes")
    assert shells.b.system == shells.b.number == shells.a.number
    assert not shells.b.unknown
    assert size.b.application
    assert {each.side.value for each in report.delta.packages} == {"application"}
    assert {each.kind for each in report.delta.others} >= {"file", "setting"}


def test_both_languages_fit_in_their_columns(images: tuple[str, str]) -> None:
    report = compared(*images)
    for columns in (80, 100):
        for language in ("en", "zh"):
            for line in write_compare(report, language, columns).splitlines():
                assert width(line) <= columns or "seamline " in line, line


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [80, 100])
def test_an_audit_fits_in_its_columns(images: tuple[str, str], language: str, columns: int) -> None:
    for name in images:
        audit = portrait_of(name).audit
        for every in (False, True):
            for line in write_audit(audit, language, columns, every=every).splitlines():
                assert width(line) <= columns or "oci-dir:" in line, line


def test_markdown_keeps_an_image_from_breaking_its_table(images: tuple[str, str]) -> None:
    report = compared(*images)
    nasty = msgspec.structs.replace(report.b.image, reference="a|b`c\n# d")
    text = write_compare_markdown(
        msgspec.structs.replace(report, b=msgspec.structs.replace(report.b, image=nasty)), "en"
    )
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows
    assert not any(line.startswith("# d") for line in text.splitlines())


def test_the_releases_of_what_much_stands_on_are_named_without_a_distributions_own_part() -> None:
    assert upstream_release("2.36-9+deb12u10") == "2.36"
    assert upstream_release("3.5.6-1~deb13u2") == "3.5.6"
    assert upstream_release("1:1.2.13.dfsg-1") == "1.2.13"
    assert upstream_release("1.2.5-r9") == "1.2.5"


def test_an_overview_has_a_line_an_image(images: tuple[str, str]) -> None:
    portraits = [portrait_of(name) for name in (*images, images[0])]
    report = overview_report([outline(each) for each in portraits])
    assert [each.image.packages for each in report.images] == [len(each.packages) for each in portraits]
    for language in ("en", "zh"):
        text = write_overview(report, language, 100)
        assert all(width(line) <= 100 or "seamline " in line for line in text.splitlines())
        assert text.count(images[0].rpartition("/")[2][-12:]) >= 2


def test_a_base_that_lies_on_a_disk_has_no_tag_that_moves_and_no_line_to_be_behind(
    images: tuple[str, str],
) -> None:
    found = {each.id: each for each in compared(*images).dimensions[1].indicators}
    assert found["base-pin"].b.shown.id == "measured-unknown"
    assert found["behind-its-line"].b.shown.id == "measured-unknown"


def test_less_than_is_shown_is_no_difference_of_bytes(images: tuple[str, str]) -> None:
    report = compared(*images)
    sizes = tuple(msgspec.structs.replace(each, b=each.a + 900) for each in report.delta.sizes)
    report = msgspec.structs.replace(report, delta=msgspec.structs.replace(report.delta, sizes=sizes))
    assert "0.0 MB" not in "".join(text for _, text in delta_lines(report, "en"))


def test_layers_of_the_image_below_are_taken_as_they_were_read(
    images: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    session = new_session()
    base, shop = (session.open(name) for name in images)
    below, alone = session.look(base), session.look(shop)
    above = session.look(shop, below=below.layers)
    taken = {id(reading.facts) for reading in below.layers}
    number = len(below.layers)
    assert [id(reading.facts) in taken for reading in above.layers] == [
        at < number for at in range(len(above.layers))
    ]
    assert [reading.layer for reading in above.layers] == list(shop.layers)
    assert (above.catalog.installs, above.gaps) == (alone.catalog.installs, alone.gaps)


def test_what_is_installed_without_a_version_stands_beside_what_names_one(tmp_path: Path) -> None:
    scene = [{"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}]
    free, pinned, untold = (
        write_layout(tmp_path / name, scene, "2026-05-01T00:00:00Z", history=steps)
        for name, steps in (
            ("free", [{"created_by": "RUN apt-get install -y curl vim"}]),
            ("pinned", [{"created_by": "RUN apt-get install -y curl=8.0-1"}]),
            ("untold", []),
        )
    )
    lines = {
        each.id: each for dimension in comparison_of(free, pinned).dimensions for each in dimension.indicators
    }
    found = lines["unpinned-inputs"]
    assert (found.a.number, found.a.named, found.b.number, found.better) == (2, ("apt",), 0, "b")
    lines = {
        each.id: each for dimension in comparison_of(free, untold).dimensions for each in dimension.indicators
    }
    assert (lines["unpinned-inputs"].b.number, lines["unpinned-inputs"].better) == (None, "")
