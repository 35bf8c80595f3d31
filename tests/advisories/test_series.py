"""Packages that only a version tells apart: which of their findings an act leaves, and by which keys, is foretold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from seamline.advisories.forecast import at_version, judging
from seamline.advisories.keys import newest_first
from seamline.advisories.match import Matcher
from seamline.advisories.series import still_there
from seamline.model.finding import Action, Finding
from seamline.model.image import Digest
from seamline.model.package import Install, Side
from seamline.model.purl import install_key
from seamline.model.seam import Base, Held, Inventory, LayerSpan, Stratum
from tests.advisories.records import Shelf, deb, language, record
from tests.advisories.test_acts import Decided, decided_on, foretold, stock_of

APPLICATION = Stratum(name="application", extent=LayerSpan(0, 0), side=Side.APPLICATION)
Events = Sequence[dict[str, str]]


def lodash(version: str) -> Install:
    """A package as an SBOM tells of it that knows no paths."""
    return msgspec.structs.replace(
        language("npm", "lodash", version), proofs=(), origin_layer=0, current_layer=0
    )


def shelf_of(flaws: Iterable[Events]) -> Shelf:
    return Shelf(
        *(record(f"CVE-2026-{at}", "npm", "lodash", *events) for at, events in enumerate(flaws, 1)),
        record("MAL-2026-1", "npm", "lodash", {"introduced": "99"}, versions=["1.0.0"]),
    )


def decided(installs: Sequence[Install], shelf: Shelf) -> Decided:
    return decided_on(stock_of(installs, [APPLICATION]), shelf)


def after(act: Action, installs: Sequence[Install]) -> list[Install]:
    """The packages once an upgrade was made; what came to be the same is there once."""
    old, new = str(act.message.args["version"]), str(act.message.args["target"])
    moved = [at_version(each, new) if each.package.version == old else each for each in installs]
    return list({install_key(each): each for each in moved}.values())


def flaws_of(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((each.id, each.version) for each in findings)


numbers = st.integers(1, 5)
fixed_flaws = st.builds(
    lambda low, high: ({"introduced": f"{low}.0.0"}, *(({"fixed": f"{high}.0.0"},) if high > low else ())),
    numbers,
    numbers,
)


@given(
    st.lists(numbers, min_size=1, max_size=4, unique=True), st.lists(fixed_flaws, max_size=4), st.randoms()
)
@example([1, 2], [({"introduced": "0"}, {"fixed": "3.0.0"})], None)
@example([1, 3], [({"introduced": "0"}, {"fixed": "3.0.0"}), ({"introduced": "3.0.0"},)], None)
def test_an_upgrade_leaves_the_findings_and_the_keys_that_were_foretold(
    versions: list[int], flaws: list[Events], random: object
) -> None:
    installs, shelf = [lodash(f"{each}.0.0") for each in versions], shelf_of(flaws)
    before = decided(installs, shelf)
    by_key = {each.key: each for each in before.findings}
    for act in (each for each in before.actions if each.what == "upgrade"):
        built = after(act, installs)
        if random is not None:
            random.shuffle(built)  # type: ignore[attr-defined]
        fresh = decided(built, shelf)
        assert {each.key for each in fresh.findings} == foretold(before, act)
        old, new = str(act.message.args["version"]), str(act.message.args["target"])
        told = [by_key[key] for key in by_key.keys() - set(act.mends)]
        stay = flaws_of(each for each in told if each.version != old)
        assert flaws_of(e for e in fresh.findings if e.version not in (old, new)) == Counter(
            {flaw: number for flaw, number in stay.items() if flaw[1] != new}
        )


@given(st.lists(numbers, min_size=2, max_size=5, unique=True))
def test_those_that_several_acts_leave_take_the_first_keys_of_their_series(versions: list[int]) -> None:
    installs = [lodash(f"{each}.0.0") for each in versions]
    shelf = shelf_of([({"introduced": "0"}, {"fixed": "9.0.0"})])
    before = decided(installs, shelf)
    acts = [each for each in before.actions if each.what == "upgrade"][1:]
    built = installs
    for act in acts:
        built = after(act, built)
    fresh = [each for each in decided(built, shelf).findings if each.id == "CVE-2026-1"]
    whole = sorted((e for e in before.findings if e.id == "CVE-2026-1"), key=lambda each: each.number)
    assert {each.key for each in fresh} == {each.key for each in whole[: len(fresh)]}
    assert [each.series for each in fresh] == [""]


def test_the_newest_version_has_the_first_key_whoever_lists_the_packages_first() -> None:
    shelf = shelf_of([({"introduced": "0"}, {"fixed": "5.0.0"})])
    told = [lodash("4.17.4"), lodash("4.17.20"), lodash("not a version")]
    for given_ in (told, told[::-1]):
        found = decided(given_, shelf).findings
        assert [(each.version, each.number) for each in sorted(found, key=lambda e: e.number)] == [
            ("4.17.20", 1),
            ("4.17.4", 2),
        ]
    assert [each.package.version for each in newest_first(told)] == ["4.17.20", "4.17.4", "not a version"]
    alone = decided([lodash("4.17.4")], shelf).findings
    assert [(each.number, each.series, each.key) for each in alone] == [(0, "", found[0].series)]


def test_an_upgrade_to_a_version_that_is_there_already_leaves_one_copy() -> None:
    shelf = shelf_of([({"introduced": "0"}, {"fixed": "2.0.0"}), ({"introduced": "0"},)])
    installs = [lodash("1.5.0"), lodash("2.0.0")]
    before = decided(installs, shelf)
    (act,) = (each for each in before.actions if each.what == "upgrade")
    by_key = {each.key: each for each in before.findings}
    assert {by_key[key].id for key in act.mends} == {"CVE-2026-1"}
    assert act.gone is not None
    assert {by_key[key].id for key in act.gone} == {"CVE-2026-1", "CVE-2026-2"}
    fresh = decided(after(act, installs), shelf)
    assert {each.key for each in fresh.findings} == foretold(before, act)


def test_what_was_told_to_be_ignored_goes_with_its_version_too() -> None:
    """A fresh scan of the new version has no such finding, whatever was said of it."""
    shelf = shelf_of([({"introduced": "0"}, {"fixed": "2.0.0"})])
    before = decided([lodash("1.0.0")], shelf)
    (act,) = (each for each in before.actions if each.what == "upgrade")
    assert {each.id for each in before.findings} == {"CVE-2026-1", "MAL-2026-1"}
    assert len(act.mends) == 1
    assert foretold(before, act) == set()


def base(number: int, *versions: str) -> Base:
    rows = tuple(
        Held("npm", "lodash", version, namespace="", path=b"", distribution=-1, architecture="")
        for version in versions
    )
    return Base(
        names=("registry.test/base:1",),
        diff_ids=(Digest(f"sha256:{number}"),),
        digest=Digest(f"sha256:d{number}"),
        created=f"2026-0{number}-01T00:00:00Z",
        inventory=Inventory(
            packages=tuple(f"npm/lodash={version}" for version in versions), contents=b"", installs=rows
        ),
    )


def test_a_newer_base_that_renewed_one_of_two_versions_mends_the_finding_of_that_one() -> None:
    shelf = shelf_of([({"introduced": "0"}, {"fixed": "5.0.0"})])
    old = base(1, "3.0.0", "4.0.0")
    for kept, mended in (("3.0.0", "4.0.0"), ("4.0.0", "3.0.0")):
        new = base(2, kept, "5.0.0")
        strata = [
            Stratum(name=old.reference, extent=LayerSpan(0, 0), side=Side.SYSTEM, base=old),
            Stratum(name="application", extent=LayerSpan(1, 1), side=Side.APPLICATION),
        ]
        installs = [
            msgspec.structs.replace(lodash(each), origin_layer=0, current_layer=0)
            for each in ("3.0.0", "4.0.0")
        ]
        own = msgspec.structs.replace(deb("a", "1-1"), origin_layer=1, current_layer=1)
        before = decided_on(stock_of([*installs, own], strata), shelf, [old, new])
        (bump,) = (each for each in before.actions if each.what == "bump-base")
        assert [each.version for each in before.findings if each.key in bump.mends] == [mended]
        steps = {e.version: [s.has_fix for s in e.way if s.place == old.reference] for e in before.findings}
        assert steps == {mended: [True], kept: [False]}
        fresh = judging(Matcher(shelf.affected))([lodash(kept), lodash("5.0.0"), own])
        assert fresh.keys() == foretold(before, bump)


def test_those_whose_version_stayed_are_left_before_the_newest_of_the_others() -> None:
    today = [("a", "3"), ("b", "2"), ("c", "1")]
    assert still_there(today, ["1"]) == {"c"}
    assert still_there(today, ["9", "1"]) == {"a", "c"}
    assert still_there(today, []) == frozenset()
    assert still_there(today, ["7", "8", "9", "10"]) == {"a", "b", "c"}


def test_what_is_told_of_many_versions_grows_with_their_number() -> None:
    shelf = shelf_of([({"introduced": "0"}, {"fixed": "999.0.0"})] * 3)
    installs = [lodash(f"1.{number}.0") for number in range(300)]
    before = decided(installs, shelf)
    acts = [each for each in before.actions if each.what == "upgrade"]
    assert len(acts) == 300
    assert sum(len(each.gone or each.mends) for each in acts) == 3 * len(acts)
