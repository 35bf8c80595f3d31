"""Whatever befalls an update, a whole index is left: the old one or the new."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.errors import Lying, Malformed, SeamlineError, Unreachable
from seamline.places.advisory_source import FolderSource
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.verbs.database_update import update
from tests.advisory_server import AdvisoryServer, flaw, zipped
from tests.kills import Kills

NOW = "2026-06-01T00:00:00Z"
KILLS = 40


def export(folder: Path, fixed: str, count: int = 400) -> Path:
    """An export of two ecosystems."""
    for ecosystem in ("PyPI", "npm"):
        (folder / ecosystem).mkdir(parents=True)
        records = []
        for at in range(count):
            made = flaw(at, f"{fixed}.{at}")
            made["affected"][0]["package"] = {"ecosystem": ecosystem, "name": f"package-{at % 50}"}
            records.append(made)
        (folder / ecosystem / "all.zip").write_bytes(zipped(*records))
    return folder


def fixes(place: Generations) -> set[str]:
    index = AdvisoryIndex(place.current)
    return {
        row.ranges[0].fixed.partition(".")[0]
        for at in range(50)
        for row in index.affected("PyPI", f"package-{at}")
    }


@pytest.fixture
def server() -> Iterator[AdvisoryServer]:
    made = AdvisoryServer()
    made.files["/PyPI/all.zip"] = zipped(*(flaw(at) for at in range(2000)))
    yield made
    made.close()


@pytest.fixture
def place(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "advisories")


def count(place: Generations) -> int:
    return len(AdvisoryIndex(place.current).affected("PyPI", "django"))


def test_killed_at_any_moment_of_its_write_window_an_update_leaves_a_whole_index(tmp_path: Path) -> None:
    kills = Kills(tmp_path, (export(tmp_path / "one", "1"), export(tmp_path / "two", "2")))
    window = kills.window()
    span = window.last - window.first
    told = [kills.kill(span * (at + 0.5) / KILLS) for at in range(KILLS)]
    assert sum(each.was_writing for each in told) >= KILLS // 3
    assert kills.tidied() == 1


def test_the_window_of_kills_is_the_write_and_not_the_start(tmp_path: Path) -> None:
    kills = Kills(tmp_path, (export(tmp_path / "one", "1"), export(tmp_path / "two", "2")))
    window = kills.window()
    early = kills.kill(None)
    assert (early.was_writing, early.left) == (False, "old")
    assert not kills.unfinished()
    span = window.last - window.first
    inside = [kills.kill(span * share) for share in (0.0, 0.2, 0.4, 0.6, 0.8)]
    assert any(each.was_writing and each.left == "old" for each in inside)
    assert kills.unfinished() <= {"PyPI.mdb", "npm.mdb", "manifest.json"}
    assert kills.tidied() == 1


def test_readers_never_see_half_a_swap(tmp_path: Path) -> None:
    exports = (export(tmp_path / "one", "1", 60), export(tmp_path / "two", "2", 60))
    place = Generations(tmp_path / "advisories")
    update(place, FolderSource(exports[0]), (), now=NOW)
    faults: list[object] = []
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                with AdvisoryIndex(place.current) as index:
                    rows = [
                        row
                        for at in range(50)
                        for e in ("PyPI", "npm")
                        for row in index.affected(e, f"package-{at}")
                    ]
                found = {row.ranges[0].fixed.partition(".")[0] for row in rows}
                seen.update(found)
                if len(found) != 1 or len(rows) != 120:
                    faults.append((found, len(rows)))
        except BaseException as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for at in range(12):
        update(place, FolderSource(exports[(at + 1) % 2]), (), now=NOW)
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert seen == {"1", "2"}


def _run(place: Generations, source: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """An update in a process of its own."""
    program = f"{before}\nimport runpy\nrunpy.run_module('seamline', run_name='__main__')"
    env = {
        **os.environ,
        "XDG_DATA_HOME": str(place.folder.parent.parent),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", program, "db", "update", "--from", str(source), "--as-of", NOW]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kilobytes", [8, 40, 120])
def test_a_full_disk_leaves_the_old_index_and_says_so(tmp_path: Path, kilobytes: int) -> None:
    """RLIMIT_FSIZE: every file may only grow so far; the kernel's error is told as the disk's."""
    place = Generations(tmp_path / "seamline" / "advisories")
    assert _run(place, export(tmp_path / "one", "1")).returncode == 0
    limit = (
        f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes << 10}, {kilobytes << 10}))"
    )
    done = _run(place, export(tmp_path / "two", "2", 3000), limit)
    assert done.returncode != 0
    # where the last page fits in part, the write is cut short, which says no more than that there was no room
    assert os.strerror(errno.EFBIG) in done.stderr or os.strerror(errno.ENOSPC) in done.stderr
    assert "free some" in done.stderr
    assert "Traceback" not in done.stderr
    assert fixes(place) == {"1"}
    assert len(list(place.folder.glob("generation-*"))) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk; the limit above says the same")
@pytest.mark.parametrize("kilobytes", [600, 1000])
def test_a_small_disk_that_runs_full_leaves_the_old_index(tmp_path: Path, kilobytes: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no disk may be mounted here; the limit above says the same")
    try:
        place = Generations(disk / "seamline" / "advisories")
        assert _run(place, export(tmp_path / "one", "1")).returncode == 0
        done = _run(place, export(tmp_path / "two", "2", 6000))
        assert done.returncode == 2
        assert "No space left on device" in done.stderr
        assert "free some" in done.stderr
        assert fixes(place) == {"1"}
        assert len(list(place.folder.glob("generation-*"))) == 1
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_cut_download_goes_on_where_it_stopped(server: AdvisoryServer, place: Generations) -> None:
    server.cuts = 2
    update(place, server.source(attempts=3), ("PyPI",), now=NOW)
    assert count(place) == 2000
    ranges = [
        headers["range"] for path, headers in server.asked if "range" in headers and path.endswith("all.zip")
    ]
    assert len(ranges) == 2
    assert all(int(each.removeprefix("bytes=").removesuffix("-")) > 0 for each in ranges)


def test_a_server_that_cannot_resume_is_asked_for_all_of_it_again(
    server: AdvisoryServer, place: Generations
) -> None:
    server.ranges = False
    server.cuts = 1
    update(place, server.source(attempts=3), ("PyPI",), now=NOW)
    assert count(place) == 2000


def test_without_a_tag_a_cut_download_begins_anew(server: AdvisoryServer, place: Generations) -> None:
    server.tags = False
    server.cuts = 1
    update(place, server.source(attempts=3), ("PyPI",), now=NOW)
    assert count(place) == 2000
    assert not any("range" in headers for _, headers in server.asked)


def test_a_busy_server_is_given_the_time_it_asks_for(server: AdvisoryServer, place: Generations) -> None:
    server.refusals = [(429, {"Retry-After": "1"}), (503, {"Retry-After": "0"})]
    start = time.monotonic()
    update(place, server.source(attempts=3), ("PyPI",), now=NOW)
    assert time.monotonic() - start >= 1
    assert count(place) == 2000


@pytest.mark.parametrize(
    ("lies", "error"),
    [
        ({"x-goog-hash": "md5=AAAAAAAAAAAAAAAAAAAAAA=="}, Lying),
        ({"Repr-Digest": f"sha-256=:{'A' * 43}=:"}, Lying),
        ({"Content-Length": "100", "Connection": "close"}, SeamlineError),
        ({"Content-Length": "99999999", "Connection": "close"}, Unreachable),
        ({"Content-Length": str(1 << 50), "Connection": "close"}, SeamlineError),
    ],
    ids=["md5", "sha256", "shorter", "longer", "absurd"],
)
def test_a_server_that_lies_about_sizes_and_digests_is_not_believed(
    server: AdvisoryServer, place: Generations, lies: dict[str, str], error: type[SeamlineError]
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    server.files["/PyPI/all.zip"] = zipped(*(flaw(at, "9.9") for at in range(3000)))
    server.lies = lies
    server.stalls = 0
    with pytest.raises(error):
        update(place, server.source(stall_seconds=5), ("PyPI",), now=NOW)
    assert count(place) == 2000


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_a_server_that_lies_about_its_date_makes_nothing_fresher(
    server: AdvisoryServer, place: Generations, date: str
) -> None:
    server.lies["Date"] = date
    state = update(place, server.source(), ("PyPI",), now=NOW).manifest.state_of("PyPI")
    assert state is not None
    assert state.fetched == ("1970-01-01T00:00:00Z" if "1970" in date else NOW)


def test_a_server_that_stalls_is_left(server: AdvisoryServer, place: Generations) -> None:
    server.stalls = 10
    start = time.monotonic()
    with pytest.raises(Unreachable):
        update(place, server.source(stall_seconds=0.3), ("PyPI",), now=NOW)
    assert time.monotonic() - start < 8
    assert place.manifest().ecosystems == ()


def _bomb(tmp_path: Path) -> Path:
    folder = tmp_path / "bomb" / "PyPI"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b'{"id":"x","details":"' + b"0" * (40 << 20) + b'"}')
        archive.writestr("b.json", json.dumps(flaw(1)))
    return folder.parent


def test_a_record_that_unpacks_to_more_than_any_is_a_gap(tmp_path: Path, place: Generations) -> None:
    state = update(place, FolderSource(_bomb(tmp_path)), (), now=NOW).manifest.state_of("PyPI")
    assert state is not None
    assert (state.advisories, state.skipped) == (1, 1)


def test_a_damaged_member_is_a_gap_and_a_cut_archive_none(tmp_path: Path, place: Generations) -> None:
    folder = export(tmp_path / "one", "1", 20)
    path = folder / "PyPI" / "all.zip"
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    state = update(place, FolderSource(folder), ("PyPI",), now=NOW).manifest.state_of("PyPI")
    assert state is not None
    assert (state.advisories, state.skipped) == (19, 1)
    path.write_bytes(data[:-30])
    with pytest.raises(Malformed, match="a whole zip archive"):
        update(place, FolderSource(folder), ("PyPI",), now=NOW)
    assert count(place) == 0
    assert len(fixes(place)) == 1
