"""What a page says of building again is what its acts say: no act asks for what the last line calls useless."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.model.finding import ScanReport
from seamline.model.seam import Base
from seamline.render.scan import write_scan
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.verbs.test_scan import APPLICATION, AS_OF, OLD_BASE, index, known, seen

__all__ = ("index", "known")

STATUS = "var/lib/dpkg/status"
HALF_WAY = {**APPLICATION, STATUS: OLD_BASE[STATUS].replace(b"3.0.17-1", b"3.0.17-1+x")}


def told(path: Path, index: AdvisoryIndex, known: tuple[Base, ...], terms: Terms, own: object) -> ScanReport:
    image = stock_of(seen(path, [OLD_BASE, own], known))  # type: ignore[list-item]
    return scan_report(image, index, Shelf(known), terms, AS_OF)


def pages(report: ScanReport) -> tuple[str, str]:
    english, chinese = (write_scan(report, language) for language in ("en", "zh"))
    return " ".join(english.split()), "".join(chinese.split())


@pytest.mark.parametrize(
    ("terms", "number", "own", "told_in"),
    [
        (Terms(), 1, APPLICATION, ("Rebuild today: useless as far as is known", "今天重建：就已知而言无效")),
        (Terms(), 2, APPLICATION, ("Rebuild today: needed, mends 1 of these", "今天重建：需要，可修复其中1项")),
        (Terms(), 1, HALF_WAY, ("1 of them counts above as waiting for a base", "其中1项在上文计入等待更新基础镜像")),
        (Terms(mine="debian:12"), 1, APPLICATION, ("useless by itself; debian:12 is built again first", "须先重新构建debian:12")),
        (Terms(is_pulled=True), 2, APPLICATION, ("not yours to do, a pull brings it", "并非由你构建，拉取即可")),
        (Terms(is_pulled=True), 1, APPLICATION, ("not yours to do, and no newer image to pull", "没有已知的更新镜像可拉取")),
    ],
)  # fmt: skip
def test_building_again_is_told_as_the_acts_have_it(
    tmp_path: Path,
    index: AdvisoryIndex,
    known: tuple[Base, Base],
    terms: Terms,
    number: int,
    own: object,
    told_in: tuple[str, str],
) -> None:
    page, seite = pages(told(tmp_path / "app", index, known[:number], terms, own))
    assert told_in[0] in page
    assert told_in[1] in seite


def test_a_fix_that_no_pull_brings_is_not_told_as_one_that_nobody_has(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = told(tmp_path / "app", index, known, Terms(is_pulled=True), APPLICATION)
    waits = {
        each.message.id: int(each.message.args["number"]) for each in report.actions if each.what == "wait"
    }
    assert waits == {"fix-not-brought-since": 2, "wait-since": 1}
    page, seite = pages(report)
    assert "1 without any fix yet; 2 with a fix that nothing known here brings" in page
    assert "1项尚无任何修复；2项已有修复，但此处已知的更新都未带来" in seite
