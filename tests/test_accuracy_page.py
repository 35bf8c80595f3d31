"""The page of accuracy is what the benchmark printed, and nothing on it is unexplained."""

from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy.changelogs import Claim, claims, spread
from benchmarks.accuracy.expected_findings import cases
from benchmarks.accuracy.expected_orders import read
from benchmarks.accuracy.page import page, parse, unexplained

PRINTED = """ecosystem    packages  matches  false missed precision   recall
npm               400     1865      0      0   100.00%  100.00%
Packagist         400     2245      3      1    99.87%   99.96%
    false, the tool reads no such version: 3
        pkg:composer/a@1: CVE-1: the tool reads no such version
    missed, lost: 1
expected of       number    hold  differ
deb                14472   14472       0
Trivy wolfi            5       4       1
    differ, Trivy's detector passes over flaws without a fix: 1
        happy path: ansible CVE-2021-20191 found
changelogs: 170 sources, 9524 claims, 3306 judged
found before the mending version: 9, not found: 2
gone in the newest version: 10, still found: 1
    still found, the tracker has it mended in a later version: 1
    not found, no record about this source in the export: 2
"""
CHANGELOG = """bash (5.2-3) unstable; urgency=high

  * CVE-2026-0001: once more.

bash (5.2-2) unstable; urgency=high

  * Fix CVE-2026-0001 and CVE-2026-0002.

bash (5.2-1) unstable; urgency=low

  * Initial release.
"""


def test_what_was_printed_is_read_again_and_a_new_reason_is_unexplained() -> None:
    rows = parse(PRINTED.splitlines())
    assert rows.matches["Packagist"].reasons == (
        ("false, the tool reads no such version", 3),
        ("missed, lost", 1),
    )
    assert unexplained(rows) == 1
    told = list(page(rows))
    assert "| npm | 400 | 1865 | 0 | 0 | 100.00% | 100.00% | - |" in told
    assert "| deb | 14472 | 14472 | 0 | - |" in told
    assert (
        "| gone in the newest version | 10, still found: 1 | 1 still found, the tracker has it mended in a later version |"
        in told
    )
    assert (
        "| found before the mending version | 9, not found: 2 | 2 not found, no record about this source in the export |"
        in told
    )


def test_the_page_has_nothing_unexplained() -> None:
    text = Path(__file__).parent.parent.joinpath("docs", "accuracy.md").read_text()
    assert text.endswith("Unexplained: 0.\n")


def test_the_oldest_entry_of_a_changelog_that_names_a_flaw_mends_it() -> None:
    told = {each.cve: (each.before, each.fixed, each.newest) for each in claims(CHANGELOG)}
    assert told == dict.fromkeys(("CVE-2026-0001", "CVE-2026-0002"), ("5.2-1", "5.2-2", "5.2-3"))


def test_of_a_long_changelog_some_versions_are_judged_evenly_spread() -> None:
    told = [Claim("linux", f"CVE-{at}", str(at), str(at + 1), "100") for at in range(100)]
    assert [each.before for each in spread([*told, Claim("curl", "CVE-1", "1", "2", "2")], 4)] == [
        "0",
        "25",
        "50",
        "75",
        "1",
    ]
    assert spread(told, 0) == told


TRIVYS_TEST = """
func TestScanner_Detect(t *testing.T) {
\t\t{
\t\t\tname: "happy path",
\t\t\targs: args{
\t\t\t\tosVer: "3.10.2",
\t\t\t\tpkgs: []ftypes.Package{{
\t\t\t\t\tName:       "ansible",
\t\t\t\t\tVersion:    "2.6.4",
\t\t\t\t\tSrcName:    "ansible",
\t\t\t\t}},
\t\t\t},
\t\t\twant: []types.DetectedVulnerability{{
\t\t\t\tPkgName:          "ansible",
\t\t\t\tVulnerabilityID:  "CVE-2019-10217",
\t\t\t}},
\t\t},
\t\t{
\t\t\tname: "fails",
\t\t\targs: args{osVer: "3.10", pkgs: []ftypes.Package{{Name: "x"}}},
\t\t\twantErr: "broken",
\t\t},
}
func TestScanner_IsSupportedVersion(t *testing.T) {}
"""


def test_the_table_of_a_go_test_is_read() -> None:
    (case,) = cases(TRIVYS_TEST)
    assert case.release == "3.10.2"
    assert case.packages == ({"Name": "ansible", "Version": "2.6.4", "SrcName": "ansible"},)
    assert case.wanted == {("ansible", "CVE-2019-10217")}


def test_lines_of_expected_orders_are_read_without_remarks() -> None:
    assert list(read("# 1 < 2\n// 1 < 2\n\n1.0-r0 < 1.0-r1\na = b\n")) == [
        (("1.0-r0", "1.0-r1"), -1),
        (("a", "b"), 0),
    ]
