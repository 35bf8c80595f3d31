"""The advisory index: whole or not at all, whatever happens while it is made."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from seamline.errors import Malformed
from seamline.model.advisory import EcosystemState, Weather
from seamline.stores.advisory_index import (
    AdvisoryIndex,
    Generations,
    ecosystem_rows,
    file_name,
    weather_rows,
    write_index,
)
from tests.advisories.records import Shelf, record

RECORDS = [
    record(f"DEBIAN-CVE-2026-{1000 + at}", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": f"3.0.{at}-1"}, upstream=[f"CVE-2026-{1000 + at}"])
    for at in range(200)
]  # fmt: skip


def state(name: str) -> EcosystemState:
    return EcosystemState(
        ecosystem=name,
        advisories=0,
        packages=0,
        newest="",
        fetched="2026-01-01",
        file=file_name(name),
        sha256="",
        size_bytes=0,
    )


def writer(*records: object) -> Callable[[Path], None]:
    rows = ecosystem_rows(Shelf(*records).compiled)[0]  # type: ignore[arg-type]
    return lambda path: write_index(path, rows)


@pytest.fixture
def place(tmp_path: Path) -> Generations:
    generations = Generations(tmp_path / "advisories")
    generations.write("osv", (), [(state("Debian"), writer(*RECORDS))])
    return generations


def test_what_was_written_is_read_back(place: Generations) -> None:
    index = AdvisoryIndex(place.current)
    shelf = Shelf(*RECORDS)
    assert {*index.affected("Debian:12", "openssl")} == {*shelf.affected("Debian:12", "openssl")}
    assert index.advisory("Debian", "DEBIAN-CVE-2026-1007") == shelf.advisory("", "DEBIAN-CVE-2026-1007")
    assert index.named("Debian", "CVE-2026-1007") == ("DEBIAN-CVE-2026-1007",)
    assert index.affected("Debian:12", "zlib") == ()
    assert (index.knows_release("Debian:12"), index.knows_release("Debian:1")) == (True, False)


def test_every_gives_back_what_was_put_in(place: Generations) -> None:
    def told(compiled: object) -> object:
        return compiled.advisory.id, sorted(compiled.affected)  # type: ignore[attr-defined]

    found = AdvisoryIndex(place.current).every("Debian")
    assert sorted(map(told, found)) == sorted(map(told, Shelf(*RECORDS).compiled))


def test_what_did_not_change_is_kept_without_a_copy(place: Generations) -> None:
    (old,) = place.manifest().ecosystems
    weather = {"CVE-2026-1000": Weather(epss=0.5, kev_added="2026-01-01")}
    rows = weather_rows(weather, {})
    place.write("osv", [old], [(state("weather"), lambda path: write_index(path, rows))])
    index = AdvisoryIndex(place.current)
    assert [each.ecosystem for each in index.manifest.ecosystems] == ["Debian", "weather"]
    assert index.weather("CVE-2026-1000") == weather["CVE-2026-1000"]
    assert (place.current / old.file).stat().st_nlink == 2


def test_a_failed_update_leaves_the_old_one(place: Generations) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        place.write("osv", (), [(state("Debian"), fail)])
    assert len(AdvisoryIndex(place.current).affected("Debian:12", "openssl")) == 200
    assert len(list(place.folder.glob("generation-*"))) == 1


def test_a_reader_goes_on_with_the_generation_that_it_opened(place: Generations) -> None:
    index = AdvisoryIndex(place.current)
    place.write("osv", (), [(state("Debian"), writer(RECORDS[0]))])
    assert len(index.affected("Debian:12", "openssl")) == 200
    assert len(AdvisoryIndex(place.current).affected("Debian:12", "openssl")) == 1


def test_a_killed_updates_remains_are_cleared_by_the_next(place: Generations) -> None:
    left = place.folder / "generation-1-dead"
    left.mkdir()
    (left / "Debian.mdb").write_bytes(b"half")
    place.write("osv", place.manifest().ecosystems, ())
    assert not left.exists()


@pytest.mark.parametrize("harm", ["cut", "manifest", "format"])
def test_a_damaged_index_is_told_with_the_next_step(place: Generations, harm: str) -> None:
    file, manifest = place.current / "Debian.mdb", place.current / "manifest.json"
    if harm == "cut":
        os.truncate(file, file.stat().st_size - 4096)
    elif harm == "manifest":
        manifest.write_bytes(b"{")
    else:
        manifest.write_bytes(msgspec.json.encode(msgspec.structs.replace(place.manifest(), format=99)))
    with pytest.raises(Malformed, match="seamline db update --force"):
        AdvisoryIndex(place.current).affected("Debian:12", "openssl")


def test_an_index_that_was_never_made_knows_nothing(tmp_path: Path) -> None:
    index = AdvisoryIndex(tmp_path / "none")
    assert (index.affected("Debian:12", "openssl"), index.has("Debian"), index.weather("CVE-2026-1")) == (
        (),
        False,
        None,
    )
