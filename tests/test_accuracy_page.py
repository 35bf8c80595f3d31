"""The page of accuracy is what the benchmark printed, and nothing on it is unexplained."""

from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy.changelogs import claims
from benchmarks.accuracy.page import page, parse, unexplained

PRINTED = """ecosystem    packages  matches  false missed precision   recall
npm               400     1865      0      0   100.00%  100.00%
Packagist         400     2245      3      1    99.87%   99.96%
    false, the tool reads no such version: 3
        pkg:composer/a@1: CVE-1: the tool reads no such version
    missed, lost: 1
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
    assert rows["Packagist"].reasons == (("false, the tool reads no such version", 3), ("missed, lost", 1))
    assert unexplained(rows) == 1
    assert "| npm | 400 | 1865 | 0 | 0 | 100.00% | 100.00% | - |" in list(page(rows))


def test_the_page_has_nothing_unexplained() -> None:
    text = Path(__file__).parent.parent.joinpath("docs", "accuracy.md").read_text()
    assert text.endswith("Unexplained: 0.\n")


def test_the_oldest_entry_of_a_changelog_that_names_a_flaw_mends_it() -> None:
    told = {each.cve: (each.before, each.fixed, each.newest) for each in claims(CHANGELOG)}
    assert told == dict.fromkeys(("CVE-2026-0001", "CVE-2026-0002"), ("5.2-1", "5.2-2", "5.2-3"))
