"""The advisory database: fetched from a server that behaves like OSV's and from one that does not, handed on, added to."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.errors import Lying, Malformed, NotFound, SeamlineError, Unreachable
from seamline.places import advisory_source
from seamline.places.advisory_source import FolderSource, RemoteSource
from seamline.stores.advisory_index import AdvisoryIndex, Generations
from seamline.verbs.database import import_records, update
from seamline.verbs.exchange import adopt, export_database, is_export
from tests.advisories.records import record
from tests.data import data_path

NOW = "2026-06-01T00:00:00Z"


def flaw(number: int, fixed: str = "2.0", modified: str = "2026-01-02T00:00:00Z") -> dict[str, Any]:
    made = record(
        f"PYSEC-2026-{number}",
        "PyPI",
        "django",
        {"introduced": "0"},
        {"fixed": fixed},
        aliases=[f"CVE-2026-{1000 + number}"],
    )
    return {**made, "modified": modified}


def zipped(*records: Mapping[str, Any], extra: Mapping[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for each in records:
            archive.writestr(f"{each['id']}.json", json.dumps(each))
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return target.getvalue()


class Server:
    """OSV's exports on this machine; `cut` answers with half of what it promised."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.cut = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                data = outer.files.get(self.path)
                tag = f'"{hash(data)}"'
                if data is None:
                    self.send_error(404)
                    return
                self.send_response(304 if self.headers.get("If-None-Match") == tag else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.headers.get("If-None-Match") != tag:
                    self.wfile.write(data[: len(data) // 2] if outer.cut else data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    for name, path in (("KEV", "/kev.json"), ("EPSS", "/epss.csv"), ("END_OF_LIFE", "/ends.json")):
        monkeypatch.setattr(advisory_source, name, f"{made.address}{path}")
    made.files["/kev.json"] = json.dumps(
        {"vulnerabilities": [{"cveID": "CVE-2026-1001", "dateAdded": "2026-02-01", "dueDate": "2026-02-15"}]}
    ).encode()
    made.files["/epss.csv"] = b"#model_version:v1\ncve,epss,percentile\nCVE-2026-1001,0.5,0.99\n"
    made.files["/ends.json"] = json.dumps(
        {
            "result": [
                {
                    "name": "debian",
                    "releases": [{"name": "12", "releaseDate": "2023-06-10", "eolFrom": "2026-07-11"}],
                }
            ]
        }
    ).encode()
    made.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(2))
    made.files["/ecosystems.txt"] = b"PyPI\nNo Such Order\n"
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def place(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "advisories")


def remote(server: Server) -> RemoteSource:
    return RemoteSource(server.address, Http(Wire(attempts=1, backoff_seconds=0.01, stall_seconds=2)))


def known(place: Generations) -> dict[str, str]:
    index = AdvisoryIndex(place.current)
    return {row.advisory: row.ranges[0].fixed for row in index.affected("PyPI", "django")}


def test_everything_that_can_be_compared_is_fetched_with_what_the_world_does(
    server: Server, place: Generations
) -> None:
    manifest = update(place, remote(server), (), now=NOW)
    assert [state.ecosystem for state in manifest.ecosystems] == ["PyPI", "weather"]
    index = AdvisoryIndex(place.current)
    weather = index.weather("CVE-2026-1001")
    assert weather is not None
    assert (weather.epss, weather.kev_due) == (0.5, "2026-02-15")
    assert [(cycle.cycle, cycle.ends) for cycle in index.cycles("debian")] == [("12", "2026-07-11")]
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "2.0"}


def test_what_did_not_change_is_not_fetched_again(server: Server, place: Generations) -> None:
    update(place, remote(server), ("PyPI",), now=NOW)
    before = (place.current / "PyPI.mdb").stat().st_ino
    manifest = update(place, remote(server), ("PyPI",), now="2026-06-02T00:00:00Z")
    state = manifest.state_of("PyPI")
    assert state is not None
    assert state.fetched == "2026-06-02T00:00:00Z"
    assert (place.current / "PyPI.mdb").stat().st_ino == before


def test_few_changed_records_are_asked_for_one_by_one(server: Server, place: Generations) -> None:
    update(place, remote(server), ("PyPI",), now=NOW)
    server.files["/PyPI/modified_id.csv"] = (
        b"2026-03-01T00:00:00Z,PYSEC-2026-3\n2026-02-01T00:00:00Z,PYSEC-2026-2\n2026-01-02T00:00:00Z,PYSEC-2026-1\n"
    )
    server.files["/PyPI/PYSEC-2026-3.json"] = json.dumps(flaw(3, "4.0", "2026-03-01T00:00:00Z")).encode()
    server.files["/PyPI/PYSEC-2026-2.json"] = json.dumps(flaw(2, "3.0", "2026-02-01T00:00:00Z")).encode()
    server.asked.clear()
    update(place, remote(server), ("PyPI",), now=NOW)
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "3.0", "PYSEC-2026-3": "4.0"}
    assert "/PyPI/all.zip" not in server.asked
    server.asked.clear()
    update(place, remote(server), ("PyPI",), now=NOW)
    assert [path for path in server.asked if path.startswith("/PyPI/PYSEC")] == []


@pytest.mark.parametrize(
    ("harm", "error"),
    [("cut", Unreachable), ("garbage", Malformed), ("missing", NotFound)],
)
def test_a_server_that_cuts_or_lies_leaves_the_old_database(
    server: Server, place: Generations, harm: str, error: type[SeamlineError]
) -> None:
    update(place, remote(server), ("PyPI",), now=NOW)
    if harm == "cut":
        server.files["/PyPI/all.zip"] = zipped(flaw(9))
        server.cut = True
    elif harm == "garbage":
        server.files["/PyPI/all.zip"] = b"PK\x03\x04 no archive at all"
    else:
        del server.files["/PyPI/all.zip"]
    with pytest.raises(error):
        update(place, remote(server), ("PyPI",), now=NOW, force=True)
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "2.0"}


def test_records_that_cannot_be_read_are_counted_and_cost_nobody_else_anything(
    server: Server, place: Generations
) -> None:
    deep = b'{"id":"x","affected":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    server.files["/PyPI/all.zip"] = zipped(
        flaw(1), extra={"a.json": b"{", "b.json": b"[]", "c.json": deep, "d.json": b'{"id":7}'}
    )
    state = update(place, remote(server), ("PyPI",), now=NOW).state_of("PyPI")
    assert state is not None
    assert (state.advisories, state.skipped) == (1, 4)


def test_a_record_from_the_future_hides_nothing_that_comes_until_then(
    server: Server, place: Generations
) -> None:
    server.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(2, modified="2031-01-01T00:00:00Z"))
    state = update(place, remote(server), ("PyPI",), now=NOW).state_of("PyPI")
    assert state is not None
    assert (state.modified, state.newest) == ("2026-01-02T00:00:00Z", "2026-06-01")


def test_a_failing_list_beside_the_advisories_keeps_the_old_one(server: Server, place: Generations) -> None:
    update(place, remote(server), ("PyPI",), now=NOW)
    del server.files["/epss.csv"]
    said: list[str] = []
    update(place, remote(server), ("PyPI",), now=NOW, say=said.append)
    assert AdvisoryIndex(place.current).weather("CVE-2026-1001") is not None
    assert any("epss" in line for line in said)


def test_an_exported_index_is_taken_over_only_when_every_byte_is_its_own(
    server: Server, place: Generations, tmp_path: Path
) -> None:
    update(place, remote(server), ("PyPI",), now=NOW)
    data = b"".join(export_database(place))
    other = Generations(tmp_path / "other")
    assert is_export(io.BytesIO(data))
    adopt(other, io.BytesIO(data), "export.tar")
    assert known(other) == known(place)
    harmed = bytearray(data)
    harmed[len(data) // 2] ^= 1
    with pytest.raises((Lying, Malformed)):
        adopt(other, io.BytesIO(bytes(harmed)), "export.tar")
    assert known(other) == known(place)
    with pytest.raises((Lying, Malformed)):
        adopt(other, io.BytesIO(data[: len(data) // 2]), "export.tar")


def test_ones_own_records_are_added_and_replace_older_ones(
    server: Server, place: Generations, tmp_path: Path
) -> None:
    update(place, remote(server), ("PyPI",), now=NOW)
    own = tmp_path / "own.json"
    own.write_text(json.dumps([flaw(1, "9.9"), flaw(7)]))
    import_records(place, own, now=NOW)
    assert known(place) == {"PYSEC-2026-1": "9.9", "PYSEC-2026-2": "2.0", "PYSEC-2026-7": "2.0"}


def test_two_updates_at_once_wait_for_each_other(server: Server, place: Generations) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            update(place, remote(server), ("PyPI",), now=NOW, force=True)
        except BaseException as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(known(place)) == 2


@pytest.mark.data
def test_real_exports_are_read_whole(place: Generations) -> None:
    root = data_path("osv").parent
    manifest = update(
        place, FolderSource(root), ("crates.io", "Bitnami", "NuGet"), now="2026-11-24T00:00:00Z"
    )
    told = {state.ecosystem: (state.advisories, state.skipped) for state in manifest.ecosystems}
    assert told["crates.io"] == (1221, 0)
    assert told["Bitnami"] == (3596, 0)
    assert told["weather"][0] > 40_000
