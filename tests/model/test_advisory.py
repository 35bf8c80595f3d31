"""What advisories say of a package: ranges written out, and versions named one by one: exact, and told when damaged."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed
from seamline.model.advisory import Affected, PackageRows, Range

KEYS = st.binary(max_size=6)
ROWS = (Affected("CVE-2026-0001"), Affected("CVE-2026-0002"), Affected("CVE-2026-0003"))


def packed(versions: dict[bytes, tuple[int, ...]]) -> bytes:
    return msgspec.msgpack.encode(versions)


@given(st.dictionaries(KEYS, st.sets(st.integers(0, 2), min_size=1), max_size=5), KEYS)
def test_the_rows_that_name_a_version_are_those_that_were_packed(
    versions: dict[bytes, set[int]], other: bytes
) -> None:
    told = PackageRows(ROWS, packed({key: tuple(sorted(at)) for key, at in versions.items()}))
    for key in {*versions, other}:
        assert told.naming(key) == tuple(ROWS[at] for at in sorted(versions.get(key, ())))


@given(st.binary(min_size=2, max_size=6))
def test_a_part_of_a_packed_version_is_named_by_none(key: bytes) -> None:
    told = PackageRows(ROWS, packed({key: (1,)}))
    assert not told.naming(key[1:])
    assert not told.naming(told.named)


@pytest.mark.parametrize("named", [packed({b"one": (0,), b"two": (1,)})[:-1], packed({b"one": (3,)})])
def test_damaged_versions_end_with_the_next_step(named: bytes) -> None:
    with pytest.raises(Malformed, match=r"CVE-2026-0001: .*seamline db update --force"):
        PackageRows(ROWS, named).naming(b"one")


@given(KEYS, KEYS, st.booleans(), KEYS)
def test_a_row_without_a_range_has_none_and_its_first_is_written_out(
    low: bytes, high: bytes, includes_high: bool, key: bytes
) -> None:
    assert Affected("CVE-2026-0001").ranges == ()
    assert not Range(Affected("").low, Affected("").high).holds(key)
    more = (Range(b"\x09"),)
    row = Affected("CVE-2026-0001", low=low, high=high, includes_high=includes_high, fixed="2", more=more)
    first = Range(low, high, includes_high, "2")
    if low < high or not high:
        assert row.ranges == (first, *more)
