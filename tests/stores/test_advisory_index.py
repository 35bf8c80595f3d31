"""The advisory index: what was written is read back, in bounded memory, and carried over without the replaced."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.errors import Malformed
from seamline.model.advisory import EcosystemState, PackageRows, Weather
from seamline.stores.advisory_index import AdvisoryIndex, IndexFile, file_name
from seamline.stores.generations import Generations, Made
from seamline.stores.index_rows import compiled_rows, weather_rows
from seamline.stores.index_writer import Tally, write_index
from seamline.stores.sorted_rows import Sorter
from tests.advisories.records import Shelf, record

RECORDS = [
    record(f"DEBIAN-CVE-2026-{1000 + at}", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": f"3.0.{at}-1"}, upstream=[f"CVE-2026-{1000 + at}"])
    for at in range(200)
]  # fmt: skip


def state(name: str) -> EcosystemState:
    return EcosystemState(
        ecosystem=name, advisories=0, packages=0, newest="", fetched="2026-01-01", file="", sha256="", size_bytes=0
    )  # fmt: skip


def sorter(folder: Path, records: Iterable[Mapping[str, Any]], most_held_bytes: int = 1 << 20) -> Sorter:
    rows = Sorter(folder, most_held_bytes)
    for compiled in Shelf(*records).compiled:
        rows.add(compiled_rows(compiled))
    return rows


def written(
    path: Path, records: Iterable[Mapping[str, Any]], *carried: Any, most_held_bytes: int = 1 << 20
) -> Tally:
    """The file of records."""
    with closing(sorter(path.parent, records, most_held_bytes)) as rows:
        return write_index(path, rows, *carried)


def write(records: Iterable[Mapping[str, Any]], path: Path) -> EcosystemState:
    written(path, records)
    return state("Debian")


def made(*records: Mapping[str, Any]) -> Made:
    return Made(file_name("Debian"), partial(write, records))


@pytest.fixture
def place(tmp_path: Path) -> Generations:
    generations = Generations(tmp_path / "advisories")
    generations.write("osv", [made(*RECORDS)])
    return generations


def test_what_was_written_is_read_back(place: Generations) -> None:
    index = AdvisoryIndex(place.current)
    shelf = Shelf(*RECORDS)
    assert index.affected("Debian:12", "openssl") == shelf.affected("Debian:12", "openssl")
    assert index.advisory("Debian", "DEBIAN-CVE-2026-1007") == shelf.advisory("", "DEBIAN-CVE-2026-1007")
    assert index.named("Debian", "CVE-2026-1007") == ("DEBIAN-CVE-2026-1007",)
    assert index.affected("Debian:12", "zlib") == PackageRows()
    assert (index.knows_release("Debian:12"), index.knows_release("Debian:1")) == (True, False)


def test_rows_that_do_not_fit_into_memory_make_the_same_file(tmp_path: Path) -> None:
    written(tmp_path / "whole.mdb", RECORDS)
    written(tmp_path / "runs.mdb", reversed(RECORDS), most_held_bytes=2000)
    files = [IndexFile(path, path.stat().st_size) for path in (tmp_path / "whole.mdb", tmp_path / "runs.mdb")]
    whole, runs = ([(key, bytes(file.unpack(value))) for key, value in file.packed()] for file in files)
    assert whole == runs
    assert len(whole) == 401


@settings(max_examples=30, deadline=None)
@given(
    old=st.dictionaries(st.integers(0, 12), st.integers(1, 3), max_size=10),
    new=st.dictionaries(st.integers(0, 12), st.integers(1, 3), max_size=10),
    gone=st.sets(st.integers(0, 12), max_size=4),
)
def test_carrying_over_is_the_same_as_writing_all_anew(
    tmp_path_factory: pytest.TempPathFactory, old: dict[int, int], new: dict[int, int], gone: set[int]
) -> None:
    """The law of incremental updates: old rows without the replaced, and the fresh ones, are what a full export gives."""

    def told(records: Mapping[int, int]) -> list[dict[str, Any]]:
        return [
            record(f"PYSEC-2026-{at}", "PyPI", f"package-{at % (version + 1)}", {"introduced": "0"}, {"fixed": f"{version}.0"}, aliases=[f"CVE-2026-{1000 + at // 2}"])
            for at, version in records.items()
        ]  # fmt: skip

    folder = tmp_path_factory.mktemp("law")
    written(folder / "old.mdb", told(old))
    older = IndexFile(folder / "old.mdb", (folder / "old.mdb").stat().st_size)
    replaced = frozenset(f"PYSEC-2026-{at}" for at in {*new, *gone})
    carried = written(folder / "carried.mdb", told(new), older, replaced)
    left = {at: version for at, version in old.items() if at not in new and at not in gone}
    anew = written(folder / "anew.mdb", told({**left, **new}))
    paths = (folder / "carried.mdb", folder / "anew.mdb")
    one, other = (
        [(key, bytes(file.unpack(value))) for key, value in file.packed()]
        for file in (IndexFile(path, path.stat().st_size) for path in paths)
    )
    assert one == other
    assert carried == anew


def test_what_did_not_change_is_kept_without_a_copy(place: Generations) -> None:
    (old,) = place.manifest().ecosystems
    weather = {"CVE-2026-1000": Weather(epss=0.5, kev_added="2026-01-01")}

    def write_weather(path: Path) -> EcosystemState:
        rows = Sorter(path.parent)
        rows.add(weather_rows(weather, {}))
        write_index(path, rows)
        return state("weather")

    with AdvisoryIndex(place.current):
        place.write("osv", [old, Made("weather.mdb", write_weather)])
        assert (place.current / old.file).stat().st_nlink == 2
    index = AdvisoryIndex(place.current)
    assert [each.ecosystem for each in index.manifest.ecosystems] == ["Debian", "weather"]
    assert index.weather("CVE-2026-1000") == weather["CVE-2026-1000"]
    assert index.every_weather()[0] == weather


def test_a_failed_update_leaves_the_old_one(place: Generations) -> None:
    def fail(path: Path) -> EcosystemState:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        place.write("osv", [Made("Debian.mdb", fail)])
    assert len(AdvisoryIndex(place.current).affected("Debian:12", "openssl")) == 200
    assert len(list(place.folder.glob("generation-*"))) == 1


def test_a_reader_goes_on_with_the_generation_that_it_opened(place: Generations) -> None:
    with AdvisoryIndex(place.current) as index:
        place.write("osv", [made(RECORDS[0])])
        place.tidy()
        assert len(index.affected("Debian:12", "openssl")) == 200
        assert len(AdvisoryIndex(place.current).affected("Debian:12", "openssl")) == 1
        assert len(list(place.folder.glob("generation-*"))) == 2
    place.tidy()
    assert len(list(place.folder.glob("generation-*"))) == 1


def test_a_killed_updates_remains_are_cleared_by_the_next(place: Generations) -> None:
    left = place.folder / "generation-1-dead"
    left.mkdir()
    (left / "Debian.mdb").write_bytes(b"half")
    (place.folder / ".current-1").symlink_to("generation-1-dead")
    place.write("osv", place.manifest().ecosystems)
    assert not left.exists()
    assert not (place.folder / ".current-1").is_symlink()


def test_files_are_copied_where_the_file_system_has_no_hard_links(
    place: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(target))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    place.write("osv", place.manifest().ecosystems)
    assert len(AdvisoryIndex(place.current).affected("Debian:12", "openssl")) == 200


@pytest.mark.parametrize("harm", ["cut", "manifest"])
def test_a_damaged_index_is_told_with_the_next_step(place: Generations, harm: str) -> None:
    file, manifest = place.current / "Debian.mdb", place.current / "manifest.json"
    if harm == "cut":
        os.truncate(file, file.stat().st_size - 4096)
    else:
        manifest.write_bytes(b"{")
    with pytest.raises(Malformed, match="seamline db update --force"):
        AdvisoryIndex(place.current).affected("Debian:12", "openssl")


def test_an_index_that_was_never_made_knows_nothing(tmp_path: Path) -> None:
    index = AdvisoryIndex(tmp_path / "none")
    assert (index.affected("Debian:12", "openssl"), index.has("Debian"), index.weather("CVE-2026-1")) == (
        PackageRows(),
        False,
        None,
    )


def test_names_longer_than_a_key_and_beyond_ascii_are_found_and_replaced(tmp_path: Path) -> None:
    long = "ключ-" * 39
    told = [record(long, "PyPI", "p" * 2000, {"introduced": "0"}, aliases=["a" * 900])]
    written(tmp_path / "old.mdb", told)
    older = IndexFile(tmp_path / "old.mdb", (tmp_path / "old.mdb").stat().st_size)
    tally = written(tmp_path / "new.mdb", [], older, frozenset((long,)))
    assert tally == (0, 0)


def test_every_release_that_speaks_of_a_name_is_found_without_a_walk(tmp_path: Path) -> None:
    releases = ("Debian:11", "Debian:12", "Debian:13")
    told = [
        record(f"DEBIAN-CVE-2026-{at:04}", release, name, {"introduced": "0"})
        for at, (release, name) in enumerate(
            [(release, f"package-{number}") for release in releases for number in range(40)]
            + [("Debian:13", "p" * 2000), ("Debian:12", "openssl"), ("Debian:13", "openssl")]
        )
    ]
    place = Generations(tmp_path / "advisories")
    place.write("osv", [Made(file_name("Debian"), partial(write, told))])
    index = AdvisoryIndex(place.current)
    file = index.file_of("Debian")
    assert file is not None
    assert sorted(file.heads(b"r")) == sorted(releases)
    found = [
        (release, name, len(rows)) for release, name, rows in index.spoken_of("Debian", ("openssl", "no"))
    ]
    assert sorted(found) == [("Debian:12", "openssl", 1), ("Debian:13", "openssl", 1)]
