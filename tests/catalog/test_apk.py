"""apk databases of real Alpine releases, Wolfi's form and scenes of layers."""

from __future__ import annotations

import json

import pytest

from seamline.catalog.apk import READER
from seamline.catalog.reader import Supply
from seamline.model.package import Distribution
from seamline.model.purl import purl_of
from tests.data import data_path
from tests.scenes import installs_in, read_scene

REAL = [
    "alpine-2.6.6",
    "alpine-3.7.0",
    "alpine-3.12",
    "alpine-3.16",
    "alpine-3.18",
    "alpine-3.20",
    "alpine-edge",
]
INSTALLED = "lib/apk/db/installed"


@pytest.mark.data
@pytest.mark.parametrize("name", [*REAL, "apko-built"])
def test_real_databases_hold_what_an_independent_reader_found(name: str) -> None:
    root = data_path(f"package-dbs/{name}")
    expected = json.loads((root / "expected.json").read_bytes())
    database = next(path for path in root.rglob("installed"))
    scene = [{str(database.relative_to(root)): database.read_bytes()}]
    found = installs_in(read_scene(READER, scene))
    listed = expected["packages"] if isinstance(expected, dict) else expected
    assert sorted((i.package.name, i.package.version) for i in found) == sorted(
        (row["name"], row["version"]) for row in listed
    )


def record(name: str, version: str, *lines: str) -> str:
    return "\n".join((f"P:{name}", f"V:{version}", "A:x86_64", *lines)) + "\n\n"


def test_files_sources_and_dependencies_are_edges() -> None:
    data = record(
        "busybox",
        "1.36-r0",
        "o:busybox",
        "L:GPL-2.0-only",
        "D:so:libc.musl-x86_64.so.1",
        "F:bin",
        "R:busybox",
    )
    data += record(
        "musl", "1.2-r0", "p:so:libc.musl-x86_64.so.1=1", "F:lib", "R:ld-musl-x86_64.so.1", "F:", "R:.x"
    )
    release = Distribution(id="alpine", version_id="3.20.1")
    said = read_scene(READER, [{INSTALLED: data.encode()}], {b"": release})
    busybox, musl = (s for s in said if isinstance(s, Supply))
    assert busybox.paths == (b"bin/busybox",)
    assert musl.paths == (b"lib/ld-musl-x86_64.so.1", b".x")
    assert busybox.install.depends == (f"{purl_of(musl.install.package)}#{INSTALLED}",)
    assert purl_of(musl.install.package) == "pkg:apk/alpine/musl@1.2-r0?arch=x86_64&distro=alpine-3.20.1"


def test_a_package_added_above_belongs_to_its_layer_although_the_database_is_rewritten_whole() -> None:
    below = record("musl", "1-r0")
    scene = [{INSTALLED: below.encode()}, {INSTALLED: (below + record("curl", "8-r0")).encode()}]
    assert {i.package.name: i.origin_layer for i in installs_in(read_scene(READER, scene))} == {
        "musl": 0,
        "curl": 1,
    }


def test_both_places_of_the_database_are_read_once() -> None:
    scene = [{"usr/lib/apk/db/installed": record("wolfi-base", "1-r0").encode()}]
    assert [i.root for i in installs_in(read_scene(READER, scene))] == [b""]
