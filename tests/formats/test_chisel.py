"""Chisel manifests: real ones, and ones that are damaged."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Bomb, Malformed, SeamlineError
from seamline.formats.chisel import parse_manifest
from seamline.model.limits import MIB
from tests.data import data_path


def manifest(*lines: dict[str, object], count: int | None = None) -> bytes:
    header = {"jsonwall": "1.0", "schema": "1.0", "count": len(lines) + 1 if count is None else count}
    return zstd.compress(b"".join(json.dumps(line).encode() + b"\n" for line in (header, *lines)))


def package(name: str, version: str = "1") -> dict[str, object]:
    return {"kind": "package", "name": name, "version": version, "sha256": "00", "arch": "amd64"}


def path(name: str, *slices: str) -> dict[str, object]:
    return {"kind": "path", "path": name, "mode": "0644", "slices": list(slices)}


@pytest.mark.data
@pytest.mark.parametrize(("name", "packages"), [("openssl", 4), ("single", 1)])
def test_a_real_manifest_tells_packages_and_every_path_of_theirs(name: str, packages: int) -> None:
    data = data_path(f"package-dbs/chisel/{name}.wall").read_bytes()
    lines = [json.loads(line) for line in zstd.decompress(data).splitlines()]
    found = parse_manifest(data, MIB)
    assert [(p.name, p.version) for p in found] == [
        (line["name"], line["version"]) for line in lines if line.get("kind") == "package"
    ]
    assert len(found) == packages
    told = {line["path"].strip("/") for line in lines if line.get("kind") == "path"}
    assert {path.decode() for p in found for path in p.paths.split(b"\n")} == told


def test_a_path_that_two_packages_share_belongs_to_both() -> None:
    data = manifest(package("a"), package("b"), path("/etc/", "a_x", "b_y"), path("/bin/b", "b_y"))
    assert {p.name: p.paths for p in parse_manifest(data, MIB)} == {"a": b"etc", "b": b"etc\nbin/b"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zstd",
        zstd.compress(b""),
        zstd.compress(b"{}\n"),
        zstd.compress(b'{"jsonwall":"1.0","count":1}\n' + b"[" * 100_000),
        manifest(package("a"), count=9),
        manifest(package("a"))[:-6],
        zstd.compress(b'{"jsonwall":"1.0","count":2}\n{"kind":"package","name":5}\n'),
    ],
)
def test_a_damaged_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_manifest(data, MIB)


def test_a_manifest_that_unpacks_without_end_is_a_bomb() -> None:
    with pytest.raises(Bomb):
        parse_manifest(zstd.compress(bytes(2 * MIB)), MIB)


@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused_never_a_crash(at: int, value: int) -> None:
    data = bytearray(manifest(package("a"), path("/etc/a", "a_x")))
    data[at % len(data)] = value
    with suppress(SeamlineError):
        assert all(found.name for found in parse_manifest(bytes(data), MIB))
