"""The advisory database: fetched from a server that behaves like OSV's and from one that does not."""

from __future__ import annotations

import json
import threading
import zipfile
from pathlib import Path

import msgspec
import pytest

from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.errors import Bomb, Malformed, NotFound, SeamlineError, Unreachable, Usage
from seamline.model.package import Package
from seamline.places.advisory_source import FolderSource, RemoteSource, advisory_source
from seamline.stores.advisory_index import AdvisoryIndex, AnotherFormat
from seamline.stores.generations import Generations
from seamline.verbs.advisory_lookup import look_up
from seamline.verbs.database_update import update
from tests.advisory_server import LATER, NOW, AdvisoryServer, flaw, known, zipped
from tests.data import data_path


def test_everything_that_can_be_compared_is_fetched_with_what_the_world_does(
    server: AdvisoryServer, place: Generations
) -> None:
    manifest = update(place, server.source(), (), now=NOW).manifest
    assert [state.ecosystem for state in manifest.ecosystems] == ["PyPI", "weather"]
    index = AdvisoryIndex(place.current)
    weather = index.weather("CVE-2026-1001")
    assert weather is not None
    assert (weather.epss, weather.kev_due) == (0.5, "2026-02-15")
    assert [(cycle.cycle, cycle.ends) for cycle in index.cycles("debian")] == [("12", "2026-07-11")]
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "2.0"}


@pytest.mark.parametrize("dated", [False, True])
def test_what_did_not_change_is_not_fetched_again(
    server: AdvisoryServer, place: Generations, dated: bool
) -> None:
    server.tags, server.dates = not dated, dated
    update(place, server.source(), ("PyPI",), now=NOW)
    before = (place.current / "PyPI.mdb").stat().st_ino
    state = update(place, server.source(), ("PyPI",), now=LATER).manifest.state_of("PyPI")
    assert state is not None
    assert state.fetched == LATER
    assert (place.current / "PyPI.mdb").stat().st_ino == before
    condition = "if-modified-since" if dated else "if-none-match"
    assert condition in next(headers for path, headers in reversed(server.asked) if path == "/PyPI/all.zip")


def test_few_changed_records_are_asked_for_one_by_one(server: AdvisoryServer, place: Generations) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    server.files["/PyPI/modified_id.csv"] = (
        b"2026-03-01T00:00:00.5Z,PYSEC-2026-3\n2026-02-01T00:00:00Z,PYSEC-2026-2\n2026-01-02T00:00:00Z,PYSEC-2026-1\n"
    )
    server.files["/PyPI/PYSEC-2026-3.json"] = json.dumps(flaw(3, "4.0", "2026-03-01T00:00:00.5Z")).encode()
    server.files["/PyPI/PYSEC-2026-2.json"] = json.dumps(flaw(2, "3.0", "2026-02-01T00:00:00Z")).encode()
    server.asked.clear()
    state = update(place, server.source(), ("PyPI",), now=NOW).manifest.state_of("PyPI")
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "3.0", "PYSEC-2026-3": "4.0"}
    assert state is not None
    assert (state.advisories, state.modified) == (3, "2026-03-01T00:00:00.5Z")
    assert "/PyPI/all.zip" not in server.paths
    server.asked.clear()
    update(place, server.source(), ("PyPI",), now=NOW)
    assert [path for path in server.paths if path.startswith("/PyPI/PYSEC")] == []


def test_a_record_that_was_taken_back_is_gone_and_a_broken_one_stays_as_it_was(
    server: AdvisoryServer, place: Generations
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    server.files["/PyPI/modified_id.csv"] = b"2026-02-01T00:00:00Z,PYSEC-2026-2\n2026-02-01T00:00:00Z,..\n"
    server.files["/PyPI/PYSEC-2026-2.json"] = b'{"id": "PYSEC-2026-2", "affected": 7}'
    state = update(place, server.source(), ("PyPI",), now=NOW).manifest.state_of("PyPI")
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "2.0"}
    assert state is not None
    assert state.skipped == 1
    assert not any(".." in path for path in server.paths)
    server.files["/PyPI/modified_id.csv"] = b"2026-03-01T00:00:00Z,PYSEC-2026-1\n"
    server.files["/PyPI/all.zip"] = zipped(flaw(2))
    update(place, server.source(), ("PyPI",), now=NOW)
    assert known(place) == {"PYSEC-2026-2": "2.0"}


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        ("cut", Unreachable),
        ("garbage", Malformed),
        ("missing", NotFound),
        ("shrunk", Malformed),
        ("empty", Malformed),
    ],
)
def test_a_server_that_cuts_or_lies_leaves_the_old_database(
    server: AdvisoryServer, place: Generations, harm: str, error: type[SeamlineError]
) -> None:
    server.files["/PyPI/all.zip"] = zipped(*(flaw(at) for at in range(5)))
    update(place, server.source(), ("PyPI",), now=NOW)
    if harm == "cut":
        server.files["/PyPI/all.zip"] = zipped(flaw(9))
        server.cuts = 5
    elif harm == "garbage":
        server.files["/PyPI/all.zip"] = b"PK\x03\x04 no archive at all"
    elif harm == "shrunk":
        server.files["/PyPI/all.zip"] = zipped(flaw(9))
    elif harm == "empty":
        server.files["/PyPI/all.zip"] = zipped(extra={"a.json": b"{"})
    else:
        del server.files["/PyPI/all.zip"]
    with pytest.raises(error):
        update(place, server.source(), ("PyPI",), now=NOW)
    assert len(known(place)) == 5


def test_what_cannot_be_had_leaves_its_own_old_file_alone(server: AdvisoryServer, place: Generations) -> None:
    server.files["/npm/all.zip"] = zipped(flaw(1))
    update(place, server.source(), ("PyPI", "npm"), now=NOW)
    server.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(2), flaw(3))
    del server.files["/npm/all.zip"]
    said: list[str] = []
    done = update(place, server.source(), (), now=LATER, say=said.append)
    told = {state.ecosystem: (state.advisories, state.fetched) for state in done.manifest.ecosystems}
    assert (told["PyPI"], told["npm"]) == ((3, LATER), (0, NOW))
    assert [type(fault) for fault in done.faults] == [NotFound]
    assert any("npm is left as it was" in line for line in said)


def test_records_that_cannot_be_read_are_counted_and_cost_nobody_else_anything(
    server: AdvisoryServer, place: Generations
) -> None:
    deep = b'{"id":"x","affected":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    wide = b'{"id":"y","database_specific":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}"
    extra = {
        "a.json": b"{",
        "b.json": b"[]",
        "c.json": deep,
        "d.json": b'{"id":7}',
        "e.json": wide,
        "f.json": b"\xff\xfe{",
    }
    server.files["/PyPI/all.zip"] = zipped(flaw(1), extra=extra)
    state = update(place, server.source(), ("PyPI",), now=NOW).manifest.state_of("PyPI")
    assert state is not None
    assert (state.advisories, state.skipped) == (1, 6)


def test_a_record_from_the_future_hides_nothing_that_comes_until_then(
    server: AdvisoryServer, place: Generations
) -> None:
    server.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(2, modified="2031-01-01T00:00:00Z"))
    state = update(place, server.source(), ("PyPI",), now=NOW).manifest.state_of("PyPI")
    assert state is not None
    assert (state.modified, state.newest) == ("2026-01-02T00:00:00Z", "2026-01-02")


def test_a_clock_that_ran_ahead_makes_nothing_fresher_than_the_server_says_and_hides_nothing(
    server: AdvisoryServer, place: Generations
) -> None:
    server.lies["Date"] = "Tue, 02 Jun 2026 00:00:00 GMT"
    server.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(2, modified="2031-01-01T00:00:00Z"))
    ahead = update(place, server.source(), ("PyPI",), now="2034-01-01T00:00:00Z").manifest.state_of("PyPI")
    assert ahead is not None
    assert ahead.fetched == LATER
    server.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(3), flaw(2))
    server.files["/PyPI/modified_id.csv"] = b"2026-05-01T00:00:00Z,PYSEC-2026-3\n"
    update(place, server.source(), ("PyPI",), now="2026-06-03T00:00:00Z")
    assert len(known(place)) == 3


def test_a_failing_list_beside_the_advisories_keeps_what_it_said(
    server: AdvisoryServer, place: Generations
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    server.files["/epss_scores-current.csv.gz"] = b"cve\nnothing\n"
    server.files["/known_exploited_vulnerabilities.json"] = b'{"vulnerabilities": []}'
    said: list[str] = []
    update(place, server.source(), ("PyPI",), now=NOW, say=said.append)
    weather = AdvisoryIndex(place.current).weather("CVE-2026-1001")
    assert weather is not None
    assert (weather.epss, weather.kev_added) == (0.5, "")
    assert any("epss is left as it was" in line for line in said)
    assert AdvisoryIndex(place.current).cycles("debian")


def test_a_damaged_database_is_made_anew_with_force_alone(server: AdvisoryServer, place: Generations) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    (place.current / "manifest.json").write_bytes(b"{")
    with pytest.raises(Malformed, match="db update --force"):
        update(place, server.source(), ("PyPI",), now=NOW)
    update(place, server.source(), ("PyPI",), now=NOW, force=True)
    assert len(known(place)) == 2


def test_what_another_version_wrote_is_refused_by_readers_and_made_anew_by_an_update(
    server: AdvisoryServer, place: Generations
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    older = msgspec.structs.replace(place.manifest(), format=1)
    (place.current / "manifest.json").write_bytes(msgspec.json.encode(older))
    (place.current / "PyPI.mdb").write_bytes(b"of a form that nobody reads any more")
    with pytest.raises(
        AnotherFormat, match=r"format 1, which another version .* \(make it anew: seamline db update\)"
    ):
        place.manifest()
    said: list[str] = []
    update(place, server.source(), (), now=NOW, say=said.append)
    assert "made anew" in said[0]
    assert [state.ecosystem for state in place.manifest().ecosystems] == ["PyPI", "weather"], "what it had"
    assert len(known(place)) == 2


@pytest.mark.parametrize("name", ["No Such Order", "Debian:12", "../PyPI/", "", "PyPI,", "PyPI,nothing"])
def test_an_unknown_ecosystem_is_refused_before_anything_is_asked(
    server: AdvisoryServer, place: Generations, name: str
) -> None:
    with pytest.raises(NotFound, match=r"expected one of AlmaLinux, .*, Red Hat, .*, Wolfi, got"):
        update(place, server.source(), (name,), now=NOW)
    assert server.asked == []


@pytest.mark.parametrize(
    ("name", "meant"), [("Debain", "Debian"), ("pypy", "PyPI"), ("Debian:12", "Debian"), ("ubunut", "Ubuntu")]
)
def test_a_mistyped_ecosystem_is_told_the_one_that_was_meant(
    place: Generations, server: AdvisoryServer, name: str, meant: str
) -> None:
    with pytest.raises(NotFound) as caught:
        update(place, server.source(), (name,), now=NOW)
    assert caught.value.hint == f"did you mean {meant}?"


@pytest.mark.parametrize("name", ["pypi", "PYPI", " PyPI ", "python", "pip", "PyPI,pypi"])
def test_an_ecosystem_is_known_however_it_is_spelt(
    place: Generations, server: AdvisoryServer, name: str
) -> None:
    done = update(place, server.source(), (name,), now=NOW).manifest
    assert [state.ecosystem for state in done.ecosystems if state.ecosystem != "weather"] == ["PyPI"]


def test_offline_opens_no_socket_and_says_what_to_do_instead(
    server: AdvisoryServer, place: Generations
) -> None:
    with pytest.raises(Usage, match="db update --from FILE"):
        advisory_source(server.address, None)
    with pytest.raises(Unreachable, match="offline"):
        update(place, RemoteSource(server.address, Http(Wire(offline=True))), ("PyPI",), now=NOW)
    assert server.asked == []


def test_two_updates_at_once_wait_for_each_other(server: AdvisoryServer, place: Generations) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            update(place, server.source(), ("PyPI",), now=NOW, force=True)
        except BaseException as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(known(place)) == 2


def test_interpreters_own_lists_speak_of_programs_built_by_hand(
    server: AdvisoryServer, place: Generations
) -> None:
    server.files["/nodejs-core.json"] = json.dumps(
        [
            {
                "cve": ["CVE-2026-1005"],
                "vulnerable": "20.x || 22.x",
                "patched": "^20.19.4 || ^22.17.1",
                "severity": "high",
            }
        ]
    ).encode()
    tagged = {
        "id": "PSF-2026-1",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [
            {
                "ranges": [
                    {
                        "type": "GIT",
                        "repo": "https://github.com/python/cpython",
                        "events": [{"introduced": "0"}],
                    }
                ],
                "versions": ["v3.12.1", "v3.12.2"],
            }
        ],
    }
    commits = {**tagged, "id": "PSF-2026-2", "affected": [{"ranges": tagged["affected"][0]["ranges"]}]}  # type: ignore[index]
    server.files["/cpython-osv.zip"] = zipped(tagged, commits)
    state = update(place, server.source(), ("PyPI",), now=NOW).manifest.state_of("interpreters")
    assert state is not None
    assert (state.advisories, state.skipped) == (2, 1)
    index = AdvisoryIndex(place.current)

    def flaws(name: str, version: str) -> list[tuple[str, tuple[str, ...]]]:
        package = Package(ecosystem="generic", name=name, version=version)
        return [(line.id, line.fixed_in) for line in look_up(index, package, "")]

    assert flaws("node", "20.19.3") == [("CVE-2026-1005", ("20.19.4",))]
    assert flaws("node", "21.0.0") == []
    assert flaws("python", "3.12.1") == [("PSF-2026-1", ())]


def test_more_bytes_than_any_export_are_not_read(
    server: AdvisoryServer, place: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seamline.places.advisory_source._MOST_ARCHIVE_BYTES", 100)
    with pytest.raises(Bomb, match="at most 100 bytes"):
        update(place, server.source(), ("PyPI",), now=NOW)


@pytest.mark.data
def test_real_exports_are_read_whole_over_the_wire_and_every_record_is_accounted_for(
    place: Generations,
) -> None:
    """The second run finds nothing to do."""
    root = data_path("osv")
    ecosystems = ("crates.io", "Bitnami", "AlmaLinux")
    server = AdvisoryServer(root)
    try:
        first = update(place, server.source(), ecosystems, now="2026-11-24T00:00:00Z").manifest
        asked = len(server.asked)
        again = update(place, server.source(), ecosystems, now="2026-11-24T00:00:00Z").manifest
        answers = server.asked[asked:]
    finally:
        server.close()
    for state in first.ecosystems:
        with zipfile.ZipFile(root / state.ecosystem / "all.zip") as archive:
            records = sum(name.endswith(".json") for name in archive.namelist())
        assert state.advisories + state.skipped + state.beside == records
    assert again == first
    assert all("if-none-match" in headers for path, headers in answers if path.endswith("all.zip"))


@pytest.mark.data
def test_real_exports_are_read_whole(place: Generations) -> None:
    root = data_path("osv").parent
    done = update(place, FolderSource(root), ("crates.io", "Bitnami", "NuGet"), now="2026-11-24T00:00:00Z")
    told = {state.ecosystem: (state.advisories, state.skipped) for state in done.manifest.ecosystems}
    assert told["crates.io"] == (1221, 0)
    assert told["Bitnami"] == (3596, 0)
    assert told["weather"][0] > 30_000
    assert told["interpreters"] == (171, 132)  # CPython's own name commits alone


@pytest.mark.data
def test_the_folder_of_the_exports_alone_finds_what_lies_beside_it(
    place: Generations, tmp_path: Path
) -> None:
    done = update(place, FolderSource(data_path("osv")), ("NuGet",), now="2026-11-24T00:00:00Z")
    told = {state.ecosystem: state.advisories for state in done.manifest.ecosystems}
    assert told["weather"] > 30_000
    assert told["interpreters"] == 171
    (tmp_path / "exports").symlink_to(data_path("osv"))
    linked = FolderSource(tmp_path / "exports")
    assert linked.alongside("kev", "") is not None, "a link to it is the same folder"
