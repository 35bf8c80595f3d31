"""The advisory database from elsewhere than a server: handed on whole, added to by hand, made of a folder."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from seamline.errors import Lying, Malformed, NotFound
from seamline.places.advisory_source import advisory_source
from seamline.stores.generations import Generations
from seamline.verbs.advisory_import import import_records
from seamline.verbs.database_update import update
from seamline.verbs.exchange import adopt, export_database, is_export
from tests.advisory_server import LATER, NOW, AdvisoryServer, flaw, known, zipped


def test_an_exported_index_is_taken_over_only_when_every_byte_is_its_own(
    server: AdvisoryServer, place: Generations, tmp_path: Path
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    data = b"".join(export_database(place))
    other = Generations(tmp_path / "other")
    assert is_export(io.BytesIO(data))
    adopt(other, io.BytesIO(data), "export.tar", digest=f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert known(other) == known(place)
    with pytest.raises(Lying, match="sha256:0000"):
        adopt(other, io.BytesIO(data), "export.tar", digest="sha256:" + "0" * 64)
    harmed = bytearray(data)
    harmed[len(data) // 2] ^= 1
    with pytest.raises((Lying, Malformed)):
        adopt(other, io.BytesIO(bytes(harmed)), "export.tar")
    assert known(other) == known(place)
    with pytest.raises((Lying, Malformed)):
        adopt(other, io.BytesIO(data[: len(data) // 2]), "export.tar")


def test_a_damaged_index_is_not_handed_on(server: AdvisoryServer, place: Generations) -> None:
    """Nobody learns it on the other machine, where it cannot be mended."""
    update(place, server.source(), ("PyPI",), now=NOW)
    file = place.current / "PyPI.mdb"
    file.write_bytes(file.read_bytes() + b"\0" * 4096)
    with pytest.raises(Malformed, match=r"PyPI\.mdb: expected SHA-256"):
        b"".join(export_database(place))


def test_an_export_grows_no_larger_on_the_disk_than_it_is(
    server: AdvisoryServer, place: Generations, tmp_path: Path
) -> None:
    """A sparse entry of a tar is a terabyte in 512 bytes."""
    update(place, server.source(), ("PyPI",), now=NOW)
    target = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(b"".join(export_database(place)))) as whole:
        for member in whole:
            file = whole.extractfile(member)
            assert file is not None
            target.write(_sparse(member) if member.name.endswith(".mdb") else _plain(member, file.read()))
    nothing = hashlib.sha256(b"").hexdigest()
    with pytest.raises(Lying, match=nothing):
        adopt(Generations(tmp_path / "other"), io.BytesIO(target.getvalue() + bytes(1024)), "export.tar")


def _plain(member: tarfile.TarInfo, data: bytes) -> bytes:
    return member.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % tarfile.BLOCKSIZE)


def _sparse(member: tarfile.TarInfo) -> bytes:
    """GNU's old form: no piece of it is there, and the size that it claims."""
    member.type, member.size = tarfile.GNUTYPE_SPARSE, 0
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (0, 0)
    header[483:495] = b"%011o\0" % (64 << 20)
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 8 * 32 + sum(header[156:512]))
    return bytes(header)


def test_an_older_export_says_that_it_is_older(server: AdvisoryServer, place: Generations) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    data = b"".join(export_database(place))
    update(place, server.source(), ("PyPI",), now=LATER)
    said: list[str] = []
    adopt(place, io.BytesIO(data), "export.tar", say=said.append)
    assert said == ["warning: older than what was here: PyPI, weather"]


def _tarred(*records: dict[str, object]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for each in records:
            data = json.dumps(each).encode()
            member = tarfile.TarInfo(f"deep/er/{each['id']}.json")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return target.getvalue()


@pytest.mark.parametrize("form", ["record", "list", "lines", "zip", "tar", "folder"])
def test_ones_own_records_are_added_and_replace_older_ones(
    server: AdvisoryServer, place: Generations, tmp_path: Path, form: str
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    own = tmp_path / "own"
    records = [flaw(1, "9.9"), flaw(7)][: 1 if form == "record" else 2]
    texts = [json.dumps(each) for each in records]
    if form == "folder":
        (own / "below").mkdir(parents=True)
        for at, text in enumerate(texts):
            (own / "below" / f"{at}.json").write_text(text)
        (own / "broken.json").write_text("{")
    else:
        own.write_bytes(
            {
                "record": texts[0].encode(),
                "list": f"[{','.join(texts)}]".encode(),
                "lines": "\n".join(texts).encode(),
                "zip": zipped(*records),
                "tar": _tarred(*records),
            }[form]
        )
    manifest = import_records(place, own, now=LATER)
    assert known(place) == {"PYSEC-2026-1": "9.9", "PYSEC-2026-2": "2.0"} | (
        {"PYSEC-2026-7": "2.0"} if form != "record" else {}
    )
    fetched, imported = manifest.state_of("PyPI"), manifest.state_of("imported")
    assert fetched is not None
    assert imported is not None
    assert (fetched.fetched, imported.skipped) == (NOW, int(form == "folder"))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"PK\x03\x04", b"\x1f\x8b\x08", b"[7]", b'{"id":"x"}', b"[" * 100_000]
)
def test_what_holds_no_records_is_told(place: Generations, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(content)
    with pytest.raises((NotFound, Malformed)):
        import_records(place, path, now=NOW)
    assert place.manifest().ecosystems == ()


def folder_of(folder: Path, *ecosystems: str) -> Path:
    for name in ecosystems:
        (folder / name).mkdir(parents=True)
        (folder / name / "all.zip").write_bytes(zipped(flaw(1)))
    return folder


def test_a_folder_without_some_of_what_is_there_says_so_in_one_line_and_leaves_it(
    server: AdvisoryServer, place: Generations, tmp_path: Path
) -> None:
    server.files["/npm/all.zip"] = server.files["/Go/all.zip"] = zipped(flaw(1))
    update(place, server.source(), ("PyPI", "npm", "Go"), now=NOW)
    said: list[str] = []
    source = advisory_source(str(folder_of(tmp_path / "folder", "PyPI")), None)
    done = update(place, source, (), now=LATER, force=True, say=said.append)
    warnings = [line for line in said if line.startswith("warning")]
    assert [line.partition("has none of them: ")[2] for line in warnings] == ["Go, npm"]
    assert len(done.faults) == 1
    told = {state.ecosystem: state.fetched for state in done.manifest.ecosystems}
    assert (told["PyPI"], told["npm"]) == (LATER, NOW)


def test_a_folder_with_nothing_of_what_is_there_is_one_error_without_a_warning(
    server: AdvisoryServer, place: Generations, tmp_path: Path
) -> None:
    update(place, server.source(), ("PyPI",), now=NOW)
    said: list[str] = []
    source = advisory_source(str(folder_of(tmp_path / "folder", "npm")), None)
    with pytest.raises(NotFound, match="PyPI"):
        update(place, source, (), now=LATER, say=said.append)
    assert said == []


def test_a_folder_whose_parts_no_ecosystem_is_named_after_is_refused(
    tmp_path: Path, place: Generations
) -> None:
    source = advisory_source(str(folder_of(tmp_path / "folder", "records")), None)
    with pytest.raises(NotFound, match=r"others \(records\)"):
        update(place, source, (), now=NOW)
