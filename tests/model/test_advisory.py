"""An affected package names versions one by one: packed, exact, and told when damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed
from seamline.model.advisory import Affected, packed

KEYS = st.binary(max_size=6)


@given(st.sets(KEYS, max_size=5), KEYS)
def test_a_row_names_what_was_packed_and_nothing_else(keys: set[bytes], other: bytes) -> None:
    row = Affected("CVE-2026-0001", named=packed(sorted(keys)))
    assert all(row.names(key) for key in keys)
    assert row.names(other) == (other in keys)


@given(st.binary(min_size=2, max_size=6))
def test_a_part_of_a_packed_key_is_no_name(key: bytes) -> None:
    row = Affected("CVE-2026-0001", named=packed([key]))
    assert not row.names(key[1:])
    assert not row.names(row.named)


def test_damaged_names_end_with_the_next_step() -> None:
    whole = packed([b"one", b"two"])
    row = Affected("CVE-2026-0001", named=whole[:-1])
    with pytest.raises(Malformed, match=r"CVE-2026-0001: .*seamline db update --force"):
        row.names(b"one")
