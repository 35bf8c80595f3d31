"""Rust programs that cargo-auditable built."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from seamline.catalog.rust import READER
from seamline.model.evidence import Gap
from seamline.model.package import Install
from tests.scenes import File, Scene, installs_in, read_scene

_HELLO = (Path(__file__).parent / "fixtures" / "rust" / "hello").read_bytes()


def auditable(document: bytes) -> bytes:
    """An ELF program whose `.dep-v0` section holds `document`."""
    names = b"\0.dep-v0\0.shstrtab\0"
    data_at = 64 + 3 * 64
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, 64, 0, 64, 56, 0, 64, 3, 2)
    sections = bytes(64)
    sections += struct.pack("<IIQQQQIIQQ", 1, 1, 0, 0, data_at + len(names), len(document), 0, 0, 1, 0)
    sections += struct.pack("<IIQQQQIIQQ", 9, 3, 0, 0, data_at, len(names), 0, 0, 1, 0)
    return header + sections + names + document


def installs(scene: Scene) -> tuple[Install, ...]:
    return installs_in(read_scene(READER, scene))


def test_a_program_names_the_crates_it_was_linked_from_and_not_those_that_built_it() -> None:
    found = installs([{"usr/bin/hello": File(_HELLO, 0o755)}])
    assert sorted((i.package.name, i.package.version) for i in found) == [
        ("base64", "0.21.7"),
        ("hello", "0.3.1"),
        ("itoa", "1.0.19"),
        ("smallvec", "1.16.6"),
    ]
    hello = next(i for i in found if i.package.name == "hello")
    assert len(hello.depends) == 3


def test_a_new_build_keeps_the_origin_of_the_crates_that_stayed() -> None:
    first = b'{"packages":[{"name":"a","version":"1.0.0","root":true},{"name":"b","version":"1.0.0"}]}'
    second = b'{"packages":[{"name":"a","version":"1.0.0","root":true},{"name":"c","version":"2.0.0"}]}'
    scene = [{"app": File(auditable(zlib.compress(text)), 0o755)} for text in (first, second)]
    assert {i.package.name: i.origin_layer for i in installs(scene)} == {"a": 0, "c": 1}


def test_two_versions_of_a_crate_are_two_packages() -> None:
    document = b'{"packages":[{"name":"a","version":"1.0.0"},{"name":"a","version":"2.0.0"}]}'
    found = installs([{"app": File(auditable(zlib.compress(document)), 0o755)}])
    assert [i.package.version for i in found] == ["1.0.0", "2.0.0"]


def test_broken_audit_data_is_a_gap() -> None:
    for document in (b"not zlib", zlib.compress(b"{")):
        said = read_scene(READER, [{"app": File(auditable(document), 0o755)}])
        assert [type(item) for item in said] == [Gap]


def test_audit_data_that_unpacks_without_end_costs_its_own_program_only() -> None:
    bomb = auditable(zlib.compress(b" " * (9 << 20)))
    said = read_scene(READER, [{"app": File(bomb, 0o755)}])
    assert [type(item) for item in said] == [Gap]


def test_a_position_outside_the_list_is_no_dependency() -> None:
    document = b'{"packages":[{"name":"a","version":"1.0.0","dependencies":[7,-1]}]}'
    (found,) = installs([{"app": File(auditable(zlib.compress(document)), 0o755)}])
    assert found.depends == ()
