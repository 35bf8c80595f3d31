"""rpm's databases in all forms, real ones beside an independent reader, and scenes of layers."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.catalog.reader import Supply
from seamline.catalog.rpm import READER, parse_source
from seamline.errors import Malformed
from seamline.formats.rpm_header import Header
from seamline.formats.rpmdb import parse_rpmdb
from seamline.model.evidence import Gap
from seamline.model.package import Distribution
from seamline.model.purl import purl_of
from tests.data import data_path
from tests.scenes import Whiteout, installs_in, read_scene

REAL = {
    "cbl-mariner-2.0/rpmdb.sqlite.gz": "var/lib/rpm/rpmdb.sqlite",
    "amazonlinux-2023/rpmdb.sqlite.gz": "var/lib/rpm/rpmdb.sqlite",
    "fedora-38-two-packages/rpmdb.sqlite.gz": "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "sqlite-one-package-htop/rpmdb.sqlite.gz": "var/lib/rpm/rpmdb.sqlite",
    "sle15-bci/Packages.db.gz": "usr/lib/sysimage/rpm/Packages.db",
    "sle15-bci-later/Packages.db.gz": "usr/lib/sysimage/rpm/Packages.db",
    "bdb-one-package-el8/Packages.gz": "var/lib/rpm/Packages",
    "bdb-one-package-htop/Packages": "var/lib/rpm/Packages",
    "bdb-one-package-epoch/Packages": "var/lib/rpm/Packages",
    "bdb-one-package-dive/Packages": "var/lib/rpm/Packages",
}


def real(name: str) -> bytes:
    data = data_path(f"package-dbs/{name}").read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(REAL))
def test_real_databases_hold_what_an_independent_reader_found(name: str) -> None:
    expected = json.loads((data_path(f"package-dbs/{name}").parent / "expected.json").read_bytes())
    listed = [row for row in expected if row["name"] != "gpg-pubkey"]
    said = read_scene(READER, [{REAL[name]: real(name)}])
    assert [gap for gap in said if isinstance(gap, Gap)] == []
    found = sorted((i.package.name, i.package.version.rpartition(":")[2]) for i in installs_in(said))
    assert found == sorted((row["name"], _evr(row)) for row in listed)


def _evr(row: dict[str, object]) -> str:
    version = str(row["version"])
    return version.rpartition(":")[2] if "release" not in row else f"{version}-{row['release']}"


@pytest.mark.data
def test_files_sources_and_licences_come_with_a_package() -> None:
    release = Distribution(id="amzn", version_id="2023")
    said = read_scene(
        READER, [{"var/lib/rpm/rpmdb.sqlite": real("amazonlinux-2023/rpmdb.sqlite.gz")}], {b"": release}
    )
    bash = next(s for s in said if isinstance(s, Supply) and s.install.package.name == "bash")
    assert b"usr/bin/bash" in bash.paths
    assert purl_of(bash.install.package).startswith("pkg:rpm/amzn/bash@")
    assert bash.install.package.source_name == "bash"
    assert bash.install.package.licenses
    assert any("glibc@" in key for key in bash.install.depends)


def header(name: str, version: str, *paths: str) -> bytes:
    """A header blob with the tags that matter."""
    values: list[tuple[int, int, int, bytes]] = [
        (1000, 6, 1, name.encode() + b"\0"),
        (1001, 6, 1, version.encode() + b"\0"),
        (1002, 6, 1, b"1\0"),
        (1022, 6, 1, b"x86_64\0"),
    ]
    if paths:
        values.append((1027, 8, len(paths), b"".join(path.encode() + b"\0" for path in paths)))
    index, store = b"", b""
    for tag, kind, count, data in values:
        index += struct.pack(">IIiI", tag, kind, len(store), count)
        store += data
    return struct.pack(">II", len(values), len(store)) + index + store


def database(
    folder: Path, *packages: tuple[str, str], wal: tuple[tuple[str, str], ...] = ()
) -> dict[str, bytes]:
    """A sqlite database; `wal` packages stand in its write-ahead log only."""
    path = folder / f"{abs(hash((packages, wal)))}.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    for name, version in packages:
        connection.execute(
            "INSERT INTO Packages (blob) VALUES (?)", (header(name, version, f"/usr/bin/{name}"),)
        )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name, version in wal:
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (header(name, version),))
    found = {"var/lib/rpm/rpmdb.sqlite": path.read_bytes()}
    log = path.with_name(path.name + "-wal")
    if wal:
        found["var/lib/rpm/rpmdb.sqlite-wal"] = log.read_bytes()
    connection.close()
    return found


def test_packages_that_stand_in_the_write_ahead_log_only_are_found(tmp_path: Path) -> None:
    scene = [database(tmp_path, ("bash", "5"), wal=(("curl", "8"), ("less", "6")))]
    assert {i.package.name for i in installs_in(read_scene(READER, scene))} == {"bash", "curl", "less"}


def test_a_torn_log_counts_up_to_its_last_sound_commit(tmp_path: Path) -> None:
    files = database(tmp_path, ("bash", "5"), wal=(("curl", "8"), ("less", "6")))
    log = bytearray(files["var/lib/rpm/rpmdb.sqlite-wal"])
    log[-10] ^= 0xFF
    scene = [{**files, "var/lib/rpm/rpmdb.sqlite-wal": bytes(log)}]
    assert {i.package.name for i in installs_in(read_scene(READER, scene))} == {"bash", "curl"}


def test_layers_that_rewrite_the_database_are_compared(tmp_path: Path) -> None:
    scene = [
        database(tmp_path, ("bash", "5"), ("glibc", "2")),
        database(tmp_path, ("bash", "6"), ("glibc", "2")),
    ]
    spans = {
        i.package.name: (i.origin_layer, i.current_layer) for i in installs_in(read_scene(READER, scene))
    }
    assert spans == {"bash": (0, 1), "glibc": (0, 0)}


def test_a_deleted_database_is_a_gap_and_its_packages_are_recovered(tmp_path: Path) -> None:
    said = read_scene(READER, [database(tmp_path, ("bash", "5")), {"var/lib/rpm": Whiteout()}])
    assert [gap.message.id for gap in said if isinstance(gap, Gap)] == ["package-database-deleted"]
    assert [i.recovered for i in installs_in(said)] == [True]


def test_the_newer_form_counts_where_two_stand_in_one_root(tmp_path: Path) -> None:
    scene = [{**database(tmp_path, ("bash", "5")), "var/lib/rpm/Packages": bytes(4096)}]
    assert [i.package.name for i in installs_in(read_scene(READER, scene))] == ["bash"]


def test_an_empty_newer_form_beside_a_full_older_one_is_a_gap_and_not_believed(tmp_path: Path) -> None:
    older = {"usr/share/rpm/rpmdb.sqlite": database(tmp_path, ("bash", "5"))["var/lib/rpm/rpmdb.sqlite"]}
    said = read_scene(READER, [{**database(tmp_path), **older}])
    assert [i.package.name for i in installs_in(said)] == ["bash"]
    gaps = [(gap.where.path, gap.message.id) for gap in said if isinstance(gap, Gap)]
    assert gaps == [("var/lib/rpm/rpmdb.sqlite", "package-database-empty")]


@pytest.mark.parametrize(
    ("source", "parsed"),
    [
        ("bash-5.2.15-1.amzn2023.src.rpm", ("bash", "5.2.15-1.amzn2023")),
        ("a-b-1-2.nosrc.rpm", ("a-b", "1-2")),
        ("", ("", "")),
        ("odd.rpm", ("", "")),
    ],
)
def test_source_names_are_taken_apart(source: str, parsed: tuple[str, str]) -> None:
    assert parse_source(source) == parsed


@given(st.binary(max_size=64), st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_a_damaged_header_is_malformed_and_nothing_else(tail: bytes, at: int, patch: bytes) -> None:
    data = bytearray(header("bash", "5", "/usr/bin/bash", "/etc/x") + tail)
    data[at : at + len(patch)] = patch
    try:
        found = Header(bytes(data))
        name, numbers, paths = found.text(1000), found.numbers(1003), list(found.paths())
    except Malformed:
        return
    assert isinstance(name, str)
    assert all(isinstance(number, int) for number in numbers)
    assert sum(map(len, paths)) <= len(data) * len(data)


@pytest.mark.data
@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["bdb-one-package-dive/Packages", "sqlite-one-package-htop/rpmdb.sqlite.gz"]), st.data()
)
def test_a_damaged_database_is_malformed_and_nothing_else(name: str, chance: st.DataObject) -> None:
    data = bytearray(real(name))
    for _ in range(8):
        data[chance.draw(st.integers(0, len(data) - 1))] = chance.draw(st.integers(0, 255))
    try:
        blobs = list(parse_rpmdb(bytes(data)))
    except Malformed:
        return
    assert sum(map(len, blobs)) <= len(data)


def test_the_manifest_of_an_image_without_a_database_is_read() -> None:
    manifest = (Path(__file__).parent / "fixtures" / "rpm" / "container-manifest-2").read_bytes()
    mariner = Distribution(id="mariner", version_id="2.0")
    said = read_scene(READER, [{"var/lib/rpmmanifest/container-manifest-2": manifest}], {b"": mariner})
    installs = installs_in(said)
    assert len(installs) == 12
    openssl = next(i for i in installs if i.package.name == "openssl-libs")
    assert (openssl.package.source_name, openssl.package.version) == ("openssl", "1.1.1k-7.cm2")
    assert openssl.supplier == ""
    assert purl_of(openssl.package).startswith("pkg:rpm/mariner/openssl-libs@1.1.1k-7.cm2?arch=x86_64")


def test_a_broken_manifest_is_a_gap() -> None:
    said = read_scene(READER, [{"var/lib/rpmmanifest/container-manifest-2": b"name\tversion\n"}])
    assert [type(item) for item in said] == [Gap]
