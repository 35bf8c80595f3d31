"""Explanations: why an advisory holds, why not, and that nothing is silently left out."""

from __future__ import annotations

from pathlib import Path

from seamline.model.explanation import ExplainReport
from seamline.model.seam import Base
from seamline.render.explain import write_explain
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf
from seamline.verbs.explain import explain_report
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.verbs.test_scan import APPLICATION, AS_OF, NEW_BASE, OLD_BASE, index, known, seen

__all__ = ("index", "known")


def explained(
    path: Path, index: AdvisoryIndex, known: tuple[Base, Base], name: str, base: object = OLD_BASE
) -> ExplainReport:
    image = stock_of(seen(path, [base, APPLICATION], known))  # type: ignore[list-item]
    return explain_report(image, index, scan_report(image, index, Shelf(known), Terms(), AS_OF), name)


def test_an_advisory_that_holds_is_told_with_side_way_and_action(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = explained(tmp_path / "app", index, known, "CVE-2026-0001")
    assert [each.affected for each in report.compared] == [True]
    text = write_explain(report, "en")
    for part in (
        "libssl3",
        "3.0.17-2",
        "[x] Debian 12 2026-01-01",
        "[x] debian:12 2026-02-01",
        "FROM debian:12@sha256:",
    ):
        assert part in text


def test_a_fixed_package_is_told_to_have_the_fix(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = explained(tmp_path / "app", index, known, "CVE-2026-0001", NEW_BASE)
    assert (report.findings, [each.reason.id for each in report.compared]) == ((), ["has-the-fix"])
    assert "none of them is affected" in write_explain(report, "en")


def test_an_advisory_about_other_things_and_an_unknown_one_are_told_apart(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    assert "nothing that is in" in write_explain(
        explained(tmp_path / "a", index, known, "CVE-2026-0003"), "en"
    )
    assert "in no advisory" in write_explain(explained(tmp_path / "b", index, known, "CVE-1999-0001"), "en")


def test_an_alias_explains_the_same(tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]) -> None:
    by_alias = explained(tmp_path / "a", index, known, "PYSEC-2026-4")
    by_cve = explained(tmp_path / "b", index, known, "CVE-2026-0004")
    assert [each.key for each in by_alias.findings] == [each.key for each in by_cve.findings] != []
