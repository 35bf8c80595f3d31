"""Records of one's own: beside what is fetched, never instead of it, and never lost to it."""

from __future__ import annotations

import json
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from seamline.errors import NotFound
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.verbs.advisory_import import import_records
from seamline.verbs.advisory_lookup import look_up
from seamline.verbs.database_update import update
from seamline.verbs.scan import database_line
from tests.advisories.records import record
from tests.advisory_server import LATER, NOW, AdvisoryServer, flaw, known, zipped

OWN = {"PYSEC-2026-1": "9.9", "PYSEC-2026-2": "2.0", "OWN-1": "7.0"}


def written(folder: Path, *records: object) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps(records))
    return path


def test_a_whole_new_export_leaves_ones_own_records_as_they_were(
    server: AdvisoryServer, place: Generations, tmp_path: Path
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    import_records(place, written(tmp_path, flaw(1, "9.9"), {**flaw(8, "7.0"), "id": "OWN-1"}), now=NOW)
    assert known(place) == OWN
    server.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(2), flaw(3))
    update(place, server.source(), (), now=LATER)
    assert known(place) == {**OWN, "PYSEC-2026-3": "2.0"}
    update(place, server.source(), (), now=LATER, force=True)
    assert known(place) == {**OWN, "PYSEC-2026-3": "2.0"}


def test_what_was_imported_is_no_database_of_its_ecosystem(place: Generations, tmp_path: Path) -> None:
    import_records(place, written(tmp_path, flaw(1)), now=NOW)
    with AdvisoryIndex(place.current) as index:
        told = database_line(index, ("PyPI",), NOW)
        assert (told.missing, told.age_days, told.stale) == (("PyPI",), None, False)
        assert [state.ecosystem for state in told.ecosystems] == ["imported"]
    assert known(place) == {"PYSEC-2026-1": "2.0"}, "and still they hold"


def test_an_imported_record_is_found_by_its_names_and_once(
    server: AdvisoryServer, place: Generations, tmp_path: Path
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    import_records(place, written(tmp_path, flaw(1, "9.9")), now=NOW)
    with AdvisoryIndex(place.current) as index:
        for name in ("PYSEC-2026-1", "CVE-2026-1001"):
            assert [(line.id, line.fixed_in) for line in look_up(index, None, name)] == [
                ("PYSEC-2026-1", ("9.9",))
            ]


def test_one_import_after_another_adds_and_replace_starts_anew(place: Generations, tmp_path: Path) -> None:
    two = record("OWN-2", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0.9-1"})
    import_records(place, written(tmp_path, flaw(1)), now=NOW)
    state = import_records(place, written(tmp_path, two), now=LATER).state_of("imported")
    assert state is not None
    assert (state.advisories, state.packages) == (2, 2)
    state = import_records(place, written(tmp_path, two), now=LATER, replace=True).state_of("imported")
    assert state is not None
    assert (state.advisories, known(place)) == (1, {})


def test_what_is_left_out_is_named(place: Generations, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "good.json").write_text(json.dumps(flaw(1)))
    (folder / "cut.json").write_text('{"id": "X-1", "aff')
    (folder / "spelt.json").write_text(json.dumps(record("X-2", "pypi", "django", {"introduced": "0"})))
    said: list[str] = []
    import_records(place, folder, now=NOW, say=said.append)
    assert [line.partition("left out: ")[2].partition(":")[0] for line in said[:2]] == ["cut.json", "X-2"]
    assert "OSV spells it PyPI" in said[1]
    assert said[2] == "imported: 1 advisory about 1 package, 1 unreadable"


def test_an_ecosystem_that_nobody_can_compare_is_named(place: Generations, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"X-2: .* got 'Debain' \(OSV spells it Debian\)"):
        import_records(
            place, written(tmp_path, record("X-2", "Debain:12", "openssl", {"introduced": "0"})), now=NOW
        )


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz", ""])
def test_an_archive_may_be_packed_as_archives_are(place: Generations, tmp_path: Path, packing: str) -> None:
    path = tmp_path / "own"
    with tarfile.open(path, f"w:{packing}") as archive:  # type: ignore[call-overload]
        data = json.dumps(flaw(1)).encode()
        member = tarfile.TarInfo("a.json")
        member.size = len(data)
        archive.addfile(member, BytesIO(data))
    import_records(place, path, now=NOW)
    assert known(place) == {"PYSEC-2026-1": "2.0"}


def test_a_record_behind_utf8s_mark_is_read(place: Generations, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(flaw(1)).encode())
    import_records(place, path, now=NOW)
    assert known(place) == {"PYSEC-2026-1": "2.0"}


def test_a_folder_gives_its_records_and_the_exports_below_it(place: Generations, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    (folder / "PyPI").mkdir(parents=True)
    (folder / "PyPI" / "all.zip").write_bytes(zipped(flaw(1), flaw(2)))
    (folder / "own.json").write_text(json.dumps(flaw(3)))
    import_records(place, folder, now=NOW)
    assert set(known(place)) == {"PYSEC-2026-1", "PYSEC-2026-2", "PYSEC-2026-3"}
