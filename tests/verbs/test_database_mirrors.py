"""Mirrors that keep a part of what OSV keeps: no list of ecosystems, no single records, folders that were copied long ago."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from seamline.errors import Lying, Malformed, NotFound, Unreachable
from seamline.model.advisory import EcosystemState
from seamline.places.advisory_folder import FolderSource
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.verbs.database import database_report
from seamline.verbs.database_update import update
from tests.advisory_server import LATER, NOW, AdvisoryServer, flaw, known, zipped

SPRING = 1_777_000_000  # 2026-04-24


def test_a_mirror_without_a_list_of_ecosystems_is_asked_for_each_that_is_known(
    server: AdvisoryServer, place: Generations
) -> None:
    del server.files["/ecosystems.txt"]
    server.files["/Rocky%20Linux/all.zip"] = zipped(flaw(1))
    manifest = update(place, server.source(), (), now=NOW).manifest
    assert [state.ecosystem for state in manifest.ecosystems] == ["PyPI", "Rocky Linux", "weather"]


def test_an_address_without_any_export_says_which_folder_is_meant(
    server: AdvisoryServer, place: Generations
) -> None:
    server.files = {"/osv/PyPI/all.zip": zipped(flaw(1))}
    with pytest.raises(NotFound, match="it is the folder that the ecosystems lie in"):
        update(place, server.source(), (), now=NOW)


def test_a_mirror_that_lists_changes_but_keeps_no_single_records_loses_none(
    server: AdvisoryServer, place: Generations
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    server.files["/PyPI/modified_id.csv"] = (
        b"2026-03-01T00:00:00Z,PYSEC-2026-1\n2026-02-01T00:00:00Z,PYSEC-2026-2\n"
    )
    update(place, server.source(), ("PyPI",), now=NOW)
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "2.0"}, "its export is the same as before"
    server.files["/PyPI/all.zip"] = zipped(flaw(1, "3.0", "2026-03-01T00:00:00Z"), flaw(2))
    update(place, server.source(), ("PyPI",), now=NOW)
    assert known(place) == {"PYSEC-2026-1": "3.0", "PYSEC-2026-2": "2.0"}


def test_what_a_mirror_packs_for_the_way_unasked_is_unpacked(
    server: AdvisoryServer, place: Generations
) -> None:
    for path in server.files:  # what is packed by its own name is not packed twice
        if not path.endswith(".gz"):
            server.files[path] = gzip.compress(server.files[path])
    server.lies = {"Content-Encoding": "gzip"}
    update(place, server.source(), (), now=NOW)
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "2.0"}
    with AdvisoryIndex(place.current) as index:
        weather = index.weather("CVE-2026-1001")
        assert (weather.epss, weather.kev_due) == (0.5, "2026-02-15")
    server.files["/PyPI/all.zip"] = zipped(flaw(3))
    with pytest.raises(Lying, match="packed with gzip, as its headers say"):
        update(place, server.source(), ("PyPI",), now=NOW)
    server.files["/PyPI/all.zip"] = gzip.compress(b"no archive")
    with pytest.raises(Malformed, match="got neither"):
        update(place, server.source(), ("PyPI",), now=NOW)
    assert known(place) == {"PYSEC-2026-1": "2.0", "PYSEC-2026-2": "2.0"}


def test_a_redirect_that_leads_out_of_the_web_is_not_followed(
    server: AdvisoryServer, place: Generations
) -> None:
    server.refusals = [(302, {"Location": "file:///etc/passwd"})]
    with pytest.raises(Unreachable, match="expected a redirect to http or https, got file:///etc/passwd"):
        update(place, server.source(), ("PyPI",), now=NOW)


def test_a_cut_says_how_much_is_missing(server: AdvisoryServer, place: Generations) -> None:
    server.files["/PyPI/all.zip"] = data = zipped(*(flaw(at) for at in range(50)))
    server.cuts, server.ranges = 99, False
    with pytest.raises(Unreachable) as caught:
        update(place, server.source(), ("PyPI",), now=NOW)
    assert caught.value.got == f"a cut: {len(data) - len(data) // 2} bytes are missing"


def test_commits_without_versions_are_counted_once_however_often_they_are_read(
    server: AdvisoryServer, place: Generations
) -> None:
    ranges = [{"type": "GIT", "repo": "https://github.com/python/cpython", "events": [{"introduced": "0"}]}]
    told = {"id": "PSF-2026-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"ranges": ranges}]}
    tagged = {**told, "id": "PSF-2026-2", "affected": [{"ranges": ranges, "versions": ["v3.12.1"]}]}
    server.files["/cpython-osv.zip"] = zipped(told, tagged)
    for _ in range(3):
        state = update(place, server.source(), ("PyPI",), now=NOW, force=True).manifest.state_of(
            "interpreters"
        )
        assert state is not None
        assert (state.advisories, state.skipped) == (1, 1)


def stale(place: Generations) -> tuple[str, ...]:
    with AdvisoryIndex(place.current) as index:
        return database_report(index.manifest, NOW).stale


@pytest.mark.parametrize("form", ["export", "records"])
def test_a_folder_is_no_fresher_than_its_newest_file(place: Generations, tmp_path: Path, form: str) -> None:
    for name in ("PyPI", "npm"):
        (tmp_path / "osv" / name).mkdir(parents=True)
        export = tmp_path / "osv" / name / ("all.zip" if form == "export" else "a.json")
        export.write_bytes(zipped(flaw(1)) if form == "export" else json.dumps(flaw(1)).encode())
        os.utime(export, (SPRING, SPRING if name == "PyPI" else SPRING - 90 * 86400))
    source = FolderSource(tmp_path / "osv")
    states = [update(place, source, (), now=NOW).manifest.state_of("PyPI") for _ in range(2)]
    assert [state.fetched for state in states if state] == ["2026-04-24T03:06:40Z"] * 2
    assert "PyPI" in stale(place)
    export = tmp_path / "osv" / "PyPI" / export.name
    os.utime(export, (0, 0))  # as stores and images write them
    fresh = update(place, FolderSource(tmp_path / "osv"), ("PyPI",), now=LATER, force=True)
    state = fresh.manifest.state_of("PyPI")
    assert isinstance(state, EcosystemState)
    assert state.fetched == (LATER if form == "records" else "2026-01-24T03:06:40Z"), "npm's tells"
