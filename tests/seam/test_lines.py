"""Lines of releases: which tag carries on which, and which tags ought never to move."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.model.image import Digest
from seamline.model.seam import Base
from seamline.seam.lines import carries_on, is_fixed_tag, is_later, is_point_release
from seamline.stores.ledger import Ledger
from seamline.stores.shelf import Shelf


@pytest.mark.parametrize(
    ("old", "new", "later"),
    [
        ("v2.3.0", "v2.3.1", True),
        ("v2.3.0", "v2.4.0", False),
        ("3.12.4-slim", "3.12.10-slim", True),
        ("3.12.4-slim", "3.12.10", False),
        ("bookworm-20260101-slim", "bookworm-20260210-slim", True),
        ("bookworm-20260101", "trixie-20260210", False),
        ("12", "13", False),
        ("1.27", "1.28", False),
        ("latest", "v2.3.1", False),
        ("v2.3.1", "v2.3.0", False),
    ],
)
def test_a_fixed_tag_is_carried_on_by_a_later_patch_or_day_of_the_same_kind(
    old: str, new: str, later: bool
) -> None:
    assert carries_on(old, new) is later


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_tag_carries_on_itself_or_both_ways(one: str, other: str) -> None:
    assert not carries_on(one, one)
    assert not (carries_on(one, other) and carries_on(other, one))
    assert is_fixed_tag(one) or not carries_on(one, other)


def base(name: str, day: int, *more: str) -> Base:
    text = f"sha256:{day:064}"
    return Base(
        names=(name, *more),
        diff_ids=(Digest(text),),
        digest=Digest(text),
        created=f"2026-01-{day:02}T00:00:00Z",
        platform="linux/amd64",
    )


def test_latest_tells_nothing_where_a_base_has_another_name() -> None:
    old = base("docker.io/library/debian:12", 1, "docker.io/library/debian:latest")
    next_release = base("docker.io/library/debian:13", 2, "docker.io/library/debian:latest")
    assert not is_later(old, next_release)
    assert is_later(old, base("docker.io/library/debian:12", 2))
    assert not is_later(old, msgspec.structs.replace(old, created="2026-02-01T00:00:00Z"))


def test_a_repositorys_bases_are_found_and_no_others(tmp_path: Path) -> None:
    bases = [
        base("registry.test/a/b:1", 1),
        base("registry.test/a/b:2", 2, "registry.test/a/b:latest"),
        base("registry.test/a/b-more:1", 3),
        base("registry.test/a:1", 4),
    ]
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.put(bases)
    for known in (ledger, Shelf(bases)):
        found = known.with_repository("registry.test/a/b", "linux/amd64")
        assert [each.names[0] for each in found] == ["registry.test/a/b:1", "registry.test/a/b:2"]
        assert not list(known.with_repository("registry.test/a/b", "linux/arm64"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("docker.io/library/debian:12.8", True),
        ("mirror.test/library/debian:12.8-slim", True),
        ("docker.io/library/postgres:17.2-alpine", True),
        ("docker.io/library/debian:12", False),
        ("docker.io/library/debian:bookworm-20260301", False),
        ("docker.io/library/ubuntu:22.04", False),
        ("docker.io/library/alpine:3.20", False),
        ("docker.io/library/rockylinux:9.3.20231119", False),
    ],
)
def test_a_point_release_is_one_only_where_nothing_finer_is_numbered(name: str, expected: bool) -> None:
    assert is_point_release(name) is expected


def test_a_point_release_is_carried_on_by_the_next_of_its_release_and_no_other() -> None:
    old = base("docker.io/library/debian:12.8", 1)
    assert is_later(old, base("docker.io/library/debian:12.9", 2))
    assert not is_later(old, base("docker.io/library/debian:13.1", 2))
    assert not is_later(old, base("docker.io/library/debian:12.9-slim", 2))
    assert not is_later(base("docker.io/library/ubuntu:22.04", 1), base("docker.io/library/ubuntu:22.10", 2))
