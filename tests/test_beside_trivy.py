"""The page beside Trivy is what the benchmark measured, and nothing on it is unexplained."""

from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy.truth import Answer, Fact, Item
from benchmarks.trivy.images import Beside, Difference, Flaw, plain
from benchmarks.trivy.matches import Told, sbom
from benchmarks.trivy.page import Results, page, unexplained
from benchmarks.trivy.verdicts import Verdict

HOLDS = Fact("GHSA-1", frozenset(("GHSA-1",)), frozenset(), frozenset(), (), frozenset())
LEFT_PAD = Item("npm", "left-pad", "1.0.0", "pkg:npm/left-pad@1.0.0")


def results() -> Results:
    found = Results("0.0.0")
    found.matches["npm"] = (
        Told(LEFT_PAD, frozenset(("GHSA-1",)), frozenset(), Answer([HOLDS], []), {"GHSA-1": HOLDS}),
    )
    found.images.append(Beside("demo", 1, (Difference("Trivy", Flaw("pkg:npm/b@1", "GHSA-2", ())),)))
    found.verdicts.append(Verdict("a", ("DS-0002",), ("SL1001",), True, False, None))
    return found


def test_a_difference_that_no_reason_fits_is_unexplained_and_told() -> None:
    found = results()
    told = unexplained(found)
    assert any("GHSA-2" in line for line in told)
    assert f"Unexplained: {len(told)}." in page(found)


def test_the_page_has_nothing_unexplained() -> None:
    text = Path(__file__).parent.parent.joinpath("docs", "beside-trivy.md").read_text()
    assert text.endswith("Unexplained: 0.\n")


def test_a_package_of_a_distribution_is_told_as_trivy_reads_it() -> None:
    item = Item(
        "AlmaLinux:8",
        "npm",
        "1:8.19-1.module_el8",
        "pkg:rpm/almalinux/npm@8.19-1.module_el8?epoch=1",
        "nodejs:18",
    )
    package, system = sbom([item])["components"]
    told = {each["name"].rpartition(":")[2]: each["value"] for each in package["properties"]}
    assert told["Modularitylabel"].startswith("nodejs:18:")
    assert (package["name"], system["name"], system["version"]) == ("npm", "alma", "8")


def test_one_package_has_one_spelling() -> None:
    assert plain("pkg:npm/%40Scope/a@1.0?arch=x#y") == "pkg:npm/@scope/a@1.0"
