"""Node.js's own list, its ranges beside what node-semver says of them."""

from __future__ import annotations

import json

import pytest

from seamline.advisories.compile import compile_record
from seamline.errors import Malformed
from seamline.formats.node_core import parse_node_core
from seamline.versions.bitnami import key
from tests.data import data_path


def holds(vulnerable: str, patched: str, version: str) -> bool:
    (record,) = parse_node_core(
        json.dumps([{"cve": [], "vulnerable": vulnerable, "patched": patched}]).encode()
    )
    compiled = compile_record(record, "Bitnami")
    assert compiled is not None
    return any(each.holds(key(version)) for _, _, (row, _) in compiled.affected for each in row.ranges)


@pytest.mark.parametrize(
    ("vulnerable", "patched", "affected", "safe"),
    [
        ("20.x || 22.x", "^20.19.4 || ^22.17.1", ("20.0.0", "20.19.3", "22.17.0"), ("20.19.4", "21.1.0", "22.18.0", "23.0.0")),
        ("0.10.x || 4.x", "^0.10.48 || ^4.6.1", ("0.10.47", "4.6.0"), ("0.10.48", "0.11.1", "4.9.0")),
        (">=6.0.0 <6.2.0 || 5.x", "^5.12.0", ("6.1.9", "5.11.0"), ("6.2.0", "5.12.1", "7.0.0")),
        ("<= 10", "^6.14.4 || ^8.11.4 || >= 10.9.0", ("0.1.0", "6.14.3", "7.5.0", "9.9.9", "10.8.0"), ("6.14.4", "8.12.0", "10.9.0", "11.0.0")),
        ("5.x || 4.x", "5.10.0 || 4.4.2", ("5.9.0", "4.4.1"), ("5.10.0", "5.11.0", "4.5.0")),
        ("9.7.x || 10.x", "^10.4.1", ("9.7.1", "10.4.0"), ("9.8.0", "9.6.0", "10.4.1")),
    ],
)  # fmt: skip
def test_a_version_is_affected_as_the_two_ranges_say(
    vulnerable: str, patched: str, affected: tuple[str, ...], safe: tuple[str, ...]
) -> None:
    assert [version for version in affected if not holds(vulnerable, patched, version)] == []
    assert [version for version in safe if holds(vulnerable, patched, version)] == []


def test_two_fixes_from_the_same_version_on_one_of_them_without_an_end() -> None:
    """Found by fuzzing: an open end has no order beside another."""
    assert holds("20.x", ">=20.1.0 || ^20.1.0", "20.0.9")
    assert not holds("20.x", ">=20.1.0 || ^20.1.0", "20.2.0")


@pytest.mark.parametrize("data", [b"", b"{}", b"[7]", b'[{"vulnerable": "newest"}]', b"[" * 90_000])
def test_what_is_no_such_list_is_told(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_node_core(data)


@pytest.mark.data
def test_every_real_entry_is_read() -> None:
    records = parse_node_core(data_path("runtimes/nodejs-core.json.gz").read_bytes())
    assert len(records) == 171
    assert len({record.id for record in records}) == 171
    assert all(compile_record(record, "Bitnami") is not None for record in records)
