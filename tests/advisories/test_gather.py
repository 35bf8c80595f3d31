"""What single advisories say of a package is put together without loss, in the order of the flaws' names."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from seamline.advisories.gather import Saying, gathered, only, sayings
from seamline.advisories.merge import merge, names_alone, ranked, stand_apart
from seamline.model.advisory import Affected, PackageRows

NAMES = st.sampled_from(["CVE-2026-0001", "CVE-2026-0002", "GHSA-a", "DSA-1-1", "PYSEC-2026-1"])
SAYINGS = st.lists(
    st.tuples(
        st.builds(
            Affected,
            advisory=NAMES,
            covers=st.sampled_from([(), ("CVE-2026-0001",), ("CVE-2026-0001", "CVE-2026-0002")]),
            low=st.binary(max_size=2),
            others=st.sampled_from([(), ("GHSA-a",)]),
        ),
        st.lists(st.binary(max_size=2), max_size=2, unique=True).map(lambda keys: tuple(sorted(keys))),
    ),
    max_size=6,
)


@given(SAYINGS)
def test_nothing_is_lost_and_nothing_added(given_: list[Saying]) -> None:
    assert Counter(sayings(gathered(given_))) == Counter(given_)


@given(SAYINGS)
def test_who_names_a_version_still_does_so_alone(given_: list[Saying]) -> None:
    told = gathered(given_)
    for key in {key for _, versions in given_ for key in versions}:
        assert Counter(told.naming(key)) == Counter(row for row, versions in given_ if key in versions)


@given(SAYINGS)
def test_rows_come_in_the_order_of_their_flaws_and_tell_whether_each_is_its_own(given_: list[Saying]) -> None:
    told = gathered(given_)
    names = [names_alone(row)[0] for row in told]
    assert names == sorted(names, key=ranked)
    assert told.stand_apart == stand_apart([row for row, _ in given_])
    if told.stand_apart:
        assert [group.id for group in merge(told.rows)] == names


@given(SAYINGS, NAMES)
def test_a_part_is_what_its_own_sayings_make(given_: list[Saying], gone: str) -> None:
    part = only(gathered(given_), lambda row: row.advisory != gone)
    assert part == gathered(each for each in sayings(gathered(given_)) if each[0].advisory != gone)
    assert Counter(sayings(part)) == Counter(each for each in given_ if each[0].advisory != gone)


def test_nothing_said_is_no_rows() -> None:
    assert gathered(()) == PackageRows()
    assert not PackageRows()
