"""Explanations: why an advisory holds, why not, and that nothing is silently left out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seamline.model.explanation import ExplainReport
from seamline.model.seam import Base
from seamline.model.vex import Statement
from seamline.render.explain import write_explain
from seamline.render.layout import width
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.stores.shelf import Shelf
from seamline.verbs.explain import explain_report
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.advisories.fetched import fetch
from tests.advisories.records import record
from tests.verbs.test_scan import APPLICATION, AS_OF, NEW_BASE, OLD_BASE, as_base, index, known, seen

__all__ = ("index", "known")


def explained(
    path: Path,
    index: AdvisoryIndex,
    known: tuple[Base, Base],
    name: str,
    scene: tuple[Mapping[str, Any], ...] = (OLD_BASE, APPLICATION),
    vex: tuple[Statement, ...] = (),
) -> ExplainReport:
    image = stock_of(seen(path, scene, known))
    scan = scan_report(image, index, Shelf(known), Terms(vex=vex), AS_OF)
    return explain_report(image, index, scan, name, vex)


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


def test_of_a_record_with_several_branches_the_one_that_holds_is_told(tmp_path: Path) -> None:
    old = record(
        "GHSA-1", "PyPI", "django", {"introduced": "3.0"}, {"fixed": "3.2.9"}, aliases=["CVE-2026-9"]
    )
    new = record("GHSA-1", "PyPI", "django", {"introduced": "4.0"}, {"fixed": "4.2.9"})
    far = record("DEBIAN-CVE-2026-9", "Debian:11", "ruby", {"introduced": "0"}, upstream=["CVE-2026-9"])
    old["affected"] += new["affected"]
    place = Generations(tmp_path / "advisories")
    fetch(place, [old, far], now="2026-05-31T00:00:00Z")
    metadata = b"Metadata-Version: 2.1\nName: Django\nVersion: 4.2.3\n"
    twice = {f"{folder}/site-packages/Django-4.2.3.dist-info/METADATA": metadata for folder in ("srv", "opt")}
    report = explained(tmp_path / "app", AdvisoryIndex(place.current), (), "CVE-2026-9", (OLD_BASE, twice))
    assert [(each.reason.id, each.reason.args["fixed"]) for each in report.compared] == [
        ("before-the-fix", "4.2.9")
    ] * 2
    text = write_explain(report, "en")
    assert "has the fix of" not in text
    assert "Elsewhere    DEBIAN-CVE-2026-9" in text
    assert "Advisory     DEBIAN-CVE-2026-9" not in text
    for folder in ("srv", "opt"):
        assert f"django 4.2.3\nFound in     /{folder}/site-packages/Django-4.2.3.dist-info/METADATA\n" in text


def test_the_act_that_mends_a_flaw_tells_of_that_flaw(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    record_two = record("DEBIAN-CVE-2026-0009", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0.17-9"}, upstream=["CVE-2026-0009"])  # fmt: skip
    record_two["published"] = "2026-04-01T00:00:00Z"
    first = {
        **record_two,
        "id": "DEBIAN-CVE-2026-0008",
        "upstream": ["CVE-2026-0008"],
        "published": "2026-03-01T00:00:00Z",
    }
    place = Generations(tmp_path / "advisories")
    fetch(place, [first, record_two], now="2026-05-31T00:00:00Z")
    report = explained(tmp_path / "app", AdvisoryIndex(place.current), known[:1], "CVE-2026-0009")
    (action,) = report.actions
    assert action.what == "renew-base"
    assert (action.message.args["id"], action.message.args["day"]) == ("CVE-2026-0009", "2026-04-01")


def test_a_fixed_package_is_told_to_have_the_fix(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = explained(tmp_path / "app", index, known, "CVE-2026-0001", (NEW_BASE, APPLICATION))
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


def reasons(report: ExplainReport) -> list[str]:
    return [each.reason.id for each in report.compared]


def indexed(path: Path, *records: object) -> AdvisoryIndex:
    place = Generations(path / "more")
    fetch(place, records, now="2026-05-31T00:00:00Z")
    return AdvisoryIndex(place.current)


def test_what_speaks_of_another_release_or_distribution_is_told_so(tmp_path: Path) -> None:
    index = indexed(
        tmp_path,
        record("DEBIAN-CVE-2026-0007", "Debian:11", "openssl", {"introduced": "0"}, {"fixed": "1.1-9"}, upstream=["CVE-2026-0007"]),
        record("ALPINE-CVE-2026-0008", "Alpine:v3.20", "openssl", {"introduced": "0"}, {"fixed": "3.3-r1"}, upstream=["CVE-2026-0008"]),
    )  # fmt: skip
    other_release = explained(tmp_path / "a", index, (), "CVE-2026-0007")  # type: ignore[arg-type]
    assert reasons(other_release) == ["of-another-release"]
    assert "Debian:11 only (fixed in 1.1-9); this one is Debian:12's" in " ".join(
        write_explain(other_release, "en").split()
    )
    other = explained(tmp_path / "b", index, (), "CVE-2026-0008")  # type: ignore[arg-type]
    assert reasons(other) == ["of-another-distribution"]


def test_a_withdrawn_advisory_is_told_to_be_withdrawn(tmp_path: Path) -> None:
    index = indexed(
        tmp_path,
        record("PYSEC-2026-9", "PyPI", "django", {"introduced": "4.2"}, {"fixed": "4.2.9"}, withdrawn="2026-02-02T00:00:00Z"),
    )  # fmt: skip
    report = explained(tmp_path / "a", index, (), "PYSEC-2026-9")  # type: ignore[arg-type]
    assert (report.findings, reasons(report)) == ((), ["was-withdrawn"])
    assert "withdrawn on 2026-02-02" in " ".join(write_explain(report, "en").split())


def test_a_package_a_near_miss_and_what_was_fetched_are_told_for_an_unknown_id(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    package = explained(tmp_path / "a", index, known, "libssl3")
    assert [each.id for each in package.told] == ["told-package"]
    near = explained(tmp_path / "b", index, known, "CVE-2026-00011")
    assert [each.id for each in near.told] == ["told-near", "told-fetched"]
    assert "CVE-2026-0001" in str(near.told[0].args["ids"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_explanation_fits_eighty_columns(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base], language: str
) -> None:
    report = explained(tmp_path / "app", index, known, "CVE-2026-0001")
    lines = write_explain(report, language).splitlines()
    # addresses and commands stay whole, to be copied
    commands = tuple(action.command for action in report.actions)
    long = [line.strip() for line in lines if width(line) > 80]
    assert [line for line in long if "://" not in line and line not in commands] == []


def test_default_owners_are_told_in_the_readers_language(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    text = write_explain(explained(tmp_path / "app", index, known, "CVE-2026-0001"), "zh")
    assert "应用团队" in text
    assert "application team" not in text


def test_a_base_publishers_word_counts_until_something_above_changes_the_packages_files(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    listed = {
        **OLD_BASE,
        "var/lib/dpkg/info/libssl3.list": b"/.\n/usr\n/usr/lib\n/usr/lib/libssl.so.3\n",
        "usr/lib/libssl.so.3": b"the distribution's",
    }
    base = (as_base(tmp_path / "base", [listed], "2026-01-01T00:00:00Z"),) * 2
    word = Statement(
        ids=("CVE-2026-0001",), status="not_affected", products=("debian:12",), timestamp="2026-01-01"
    )
    quiet = explained(tmp_path / "a", index, base, "CVE-2026-0001", (listed, APPLICATION), (word,))
    assert [each.suppressed for each in quiet.findings] == ["vex"]
    assert [each.decides for each in quiet.statements] == [True]
    assert "does not count" in write_explain(quiet, "en")
    replaced = {**APPLICATION, "usr/lib/libssl.so.3": b"somebody else's"}
    loud = explained(tmp_path / "b", index, base, "CVE-2026-0001", (listed, replaced), (word,))
    assert [each.suppressed for each in loud.findings] == [""]
    assert [each.reason.id for each in loud.statements] == ["vex-touched"]
    assert "changed files of" in " ".join(write_explain(loud, "en").split())


def test_what_a_vendor_says_of_all_its_other_products_is_one_line(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    def said(status: str, product: str, moment: str = "2026-01-01") -> Statement:
        return Statement(
            ids=("CVE-2026-0001",), status=status, products=(product,), packages=("pkg:deb/debian/libssl3",),
            timestamp=moment, source="vendor.json",
        )  # fmt: skip

    others = [said("not_affected", f"cpe:/o:debian:debian_linux:{release}") for release in (8, 9, 10, 11, 11)]
    own = [said("affected", "cpe:/o:debian:debian_linux:12"), said("fixed", "cpe:/o:debian:debian_linux:12", "2026-02-01")]  # fmt: skip
    report = explained(tmp_path, index, known, "CVE-2026-0001", vex=(*others, *own))
    assert len(report.statements) == 7
    text = " ".join(write_explain(report, "en").split())
    assert text.count("it is about another product") == 1
    assert "debian_linux:8, cpe:/o:debian:debian_linux:9, cpe:/o:debian:debian_linux:10 and 1 more" in text
    assert (
        text.index("[x] libssl3: fixed")
        < text.index("a later one says fixed")
        < text.index("another product")
    )
    assert "另有 1 个" in write_explain(report, "zh").replace("\n             ", "")
