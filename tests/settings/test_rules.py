"""Ignores sought by flaw: each is found as if all were asked, and thousands cost no time."""

from __future__ import annotations

from fnmatch import fnmatchcase
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from seamline.model.finding import Finding
from seamline.model.package import Side
from seamline.settings.file import Ignore
from seamline.settings.rules import Rules
from tests.settings.findings import finding

TODAY = "2026-06-01"
GLOBS = ("", "*", "openssl", "open*", "pkg:deb/*/openssl@1.0", "zlib", "[o]penss?", "openssl@1.0")
IGNORES = st.builds(
    Ignore,
    id=st.sampled_from(("CVE-1", "CVE-2", "GHSA-1", "*")),
    reason=st.just("x"),
    until=st.sampled_from(("2026-05-31", TODAY, "2027-01-01")),
    package=st.sampled_from(GLOBS),
    path=st.sampled_from(("", "var/*", "opt/*")),
    image=st.sampled_from(("", "shop*", "other")),
    side=st.sampled_from((None, Side.SYSTEM, Side.APPLICATION)),
)
FOUND = (finding("CVE-1", "openssl", aliases=("GHSA-1",)), finding("CVE-2", "zlib", paths=("opt/x",)))


def _fits(ignore: Ignore, found: Finding) -> bool:
    """One ignore beside one finding, said plainly."""
    called = (found.purl, found.purl.partition("@")[0], found.package, f"{found.package}@{found.version}")
    conditions = (
        (ignore.package, called),
        (ignore.path, found.paths),
        (ignore.image, ("shop:1",)),
    )
    return (
        ignore.id in ("*", found.id, *found.aliases)
        and ignore.side in (None, found.side)
        and all(not glob or any(fnmatchcase(text, glob) for text in texts) for glob, texts in conditions)
    )


@given(st.lists(IGNORES, max_size=6))
def test_the_first_ignore_that_fits_and_holds_suppresses_and_those_that_ran_out_are_told(
    ignores: list[Ignore],
) -> None:
    rules = Rules(ignores, "shop:1", TODAY)
    for found in FOUND:
        first = next((each for each in ignores if each.until >= TODAY and _fits(each, found)), None)
        assert rules.suppressing(found) == first
    run_out = [each for each in ignores if each.until < TODAY and any(_fits(each, found) for found in FOUND)]
    assert rules.expired(FOUND) == run_out


def test_a_list_of_thousands_costs_no_time_for_each_finding() -> None:
    until = "2026-12-31"
    named = [Ignore(id=f"CVE-2020-{at}", reason="x", until=until) for at in range(5000)]
    globs = [Ignore(id="*", package=f"*a*b{at}", reason="x", until=until) for at in range(1000)]
    found = [finding(f"CVE-2021-{at}", "openssl") for at in range(2000)]
    began = process_time()
    rules = Rules([*named, *globs], "shop", TODAY)
    assert not any(rules.suppressing(each) for each in found)
    assert process_time() - began < 5
