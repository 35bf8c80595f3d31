"""Laws of merging: one flaw a CVE, whatever the order, and never through what sums up several."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from seamline.advisories.merge import Group, merge
from seamline.model.advisory import Affected

CVES = st.sampled_from([f"CVE-2026-000{at}" for at in range(1, 5)])
OTHERS = st.sampled_from(["GHSA-a", "GHSA-b", "PYSEC-2026-1", "GO-2026-1", "RUSTSEC-2026-1"])
ERRATA = st.sampled_from(["DSA-1-1", "DLA-2-1", "ALSA-2026:3", "USN-4-1"])


@st.composite
def advisories(draw: st.DrawFn) -> list[Affected]:
    """Records as they come: of one flaw under several names, of none that has a CVE, of several at once."""
    made = []
    for at in range(draw(st.integers(1, 8))):
        covers = tuple(sorted(draw(st.sets(CVES, max_size=draw(st.sampled_from([1, 1, 3]))))))
        name = draw(ERRATA) if len(covers) > 1 else draw(st.one_of(OTHERS, ERRATA))
        others = draw(st.sets(OTHERS, max_size=2)) if len(covers) < 2 else set()
        made.append(Affected(advisory=f"{name}.{at}", others=tuple(sorted(others)), covers=covers))
    return made


def told(given: list[Affected], order: list[int]) -> list[Group]:
    """The flaws of the rows in that order; their members as places in `given`."""
    return [
        msgspec.structs.replace(group, members=tuple(sorted(order[at] for at in group.members)))
        for group in merge([given[at] for at in order])
    ]


@given(advisories(), st.randoms())
def test_the_order_in_which_advisories_come_makes_no_difference(
    records: list[Affected], chance: random.Random
) -> None:
    order = list(range(len(records)))
    shuffled = list(order)
    chance.shuffle(shuffled)
    assert told(records, order) == told(records, shuffled)


@given(advisories())
def test_no_flaw_has_two_cves_and_no_cve_two_flaws(records: list[Affected]) -> None:
    flaws = told(records, list(range(len(records))))
    cves = [[name for name in (flaw.id, *flaw.aliases) if name.startswith("CVE-")] for flaw in flaws]
    assert all(len(each) <= 1 for each in cves)
    single = [each[0] for each in cves if each]
    assert len(single) == len(set(single)), "one CVE stands for one flaw"


@given(advisories())
def test_every_advisory_counts_for_each_cve_that_it_names_and_nothing_is_lost(
    records: list[Affected],
) -> None:
    flaws = told(records, list(range(len(records))))
    for at, record in enumerate(records):
        mine = [flaw for flaw in flaws if at in flaw.members]
        assert mine
        assert set(record.covers) <= {flaw.id for flaw in mine}


def test_two_cves_that_met_over_a_third_name_stay_two_flaws() -> None:
    records = [
        Affected(advisory="PYSEC-2026-1", others=("GHSA-a",), covers=("CVE-2026-0001",)),
        Affected(advisory="GHSA-a", covers=("CVE-2026-0002",)),
    ]
    assert [(flaw.id, flaw.members) for flaw in told(records, [0, 1])] == [
        ("CVE-2026-0001", (0,)),
        ("CVE-2026-0002", (1,)),
    ]


def test_an_erratum_of_one_cve_adds_nothing_where_the_cve_itself_is_tracked() -> None:
    erratum = Affected(advisory="DSA-1-1", covers=("CVE-2026-0001",))
    assert merge([erratum], alone=lambda: {"CVE-2026-0001"}) == []
    assert [flaw.id for flaw in merge([erratum])] == ["CVE-2026-0001"]


@given(advisories())
def test_a_row_that_shares_no_name_stands_alone_and_changes_nothing_else(records: list[Affected]) -> None:
    stranger = Affected(advisory="GHSA-z", covers=("CVE-2026-9999",), others=("PYSEC-2026-9",))
    alone = Group("CVE-2026-9999", ("GHSA-z", "PYSEC-2026-9"), (len(records),))
    together = merge([*records, stranger])
    assert alone in together
    assert [flaw for flaw in together if flaw != alone] == told(records, list(range(len(records))))


@given(advisories())
def test_rows_that_stand_apart_give_the_flaws_that_they_give_beside_rows_that_meet(
    records: list[Affected],
) -> None:
    """Packages whose rows share no name take a short way: two strangers with one name make them take the long one."""
    pair = [Affected(advisory=f"GHSA-{each}", covers=("CVE-2026-9999",)) for each in "yz"]
    beside = [flaw for flaw in merge([*records, *pair]) if flaw.id != "CVE-2026-9999"]
    assert beside == told(records, list(range(len(records))))
