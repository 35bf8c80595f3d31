"""The tar walker beside tarfile and GNU tar, and on archives that no honest tool writes."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Bomb, Malformed, SeamlineError
from seamline.formats.tar import members
from seamline.formats.tar_pax import parse_pax_records
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits

LIMITS = Limits()


def read(data: bytes, *, chunk: int = 1000) -> list[tuple[Entry, bytes]]:
    chunks = [data[at : at + chunk] for at in range(0, len(data), chunk)]
    return [(member.entry, b"".join(member.pieces())) for member in members(chunks, LIMITS)]


def written(*infos: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as tar:
        for info, data in infos:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target.getvalue()


def info(name: str, **fields: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(made, field, value)
    return made


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=180).filter(
    lambda name: name not in (".", "..") and not name.startswith(".wh.") and not name.endswith("/")
)


@given(
    st.lists(
        st.tuples(NAMES, st.binary(max_size=1300), st.integers(0, 0o7777), st.integers(0, 2**32 - 1)),
        max_size=5,
    ),
    st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
    st.sampled_from([7, 512, 513, 10240]),
)
def test_what_tarfile_writes_is_read_back_whole(
    files: list[tuple[str, bytes, int, int]], form: int, chunk: int
) -> None:
    data = written(*((info(n, mode=m, uid=u), d) for n, d, m, u in files), form=form)
    found = read(data, chunk=chunk)
    expected = [(n.encode("utf-8", "surrogateescape"), d, m, u) for n, d, m, u in files]
    assert [(e.path, d, e.mode, e.uid) for e, d in found] == expected


@pytest.mark.parametrize("form", ["gnu", "pax", "oldgnu", "posix"])
def test_sparse_files_of_gnu_tar_are_whole(tmp_path: Path, form: str) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        for at in range(0, 40 * 8192, 8192):
            file.seek(at)
            file.write(b"x%d" % at)
        file.truncate(500_000)
    data = subprocess.run(
        ["tar", "--sparse", f"--format={form}", "-C", tmp_path, "-cf", "-", "sparse"],
        capture_output=True,
        check=True,
    ).stdout
    assert len(data) < 450_000
    ((entry, content),) = read(data)
    assert entry.size_bytes == 500_000
    assert content == path.read_bytes()


@pytest.mark.parametrize("version", ["0.0", "0.1", "1.0"])
def test_sparse_files_of_each_pax_version_are_whole(tmp_path: Path, version: str) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        for at in range(0, 30 * 8192, 8192):
            file.seek(at)
            file.write(b"y%d" % at)
    command = [
        "tar",
        "--sparse",
        "--format=pax",
        f"--sparse-version={version}",
        "-C",
        tmp_path,
        "-cf",
        "-",
        "sparse",
    ]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    ((entry, content),) = read(data)
    assert (entry.path, content) == (b"sparse", path.read_bytes())


def test_xattrs_times_and_links_are_facts() -> None:
    headers = {"SCHILY.xattr.security.capability": "\x01\x00\x02", "mtime": "12.5"}
    data = written(
        (info("ping", pax_headers=headers, mode=0o4755), b"elf"),
        (info("pong", type=tarfile.LNKTYPE, linkname="./ping"), b""),
        (info("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3), b""),
    )
    (ping, _), (pong, _), (null, _) = read(data)
    assert ping.xattrs == {"security.capability": b"\x01\x00\x02"}
    assert (ping.mtime_ns, ping.mode) == (12_500_000_000, 0o4755)
    assert (pong.kind, pong.link_to) == (Kind.HARDLINK, b"ping")
    assert (null.kind, null.device) == (Kind.CHARACTER_DEVICE, (1, 3))


def test_names_that_are_not_utf8_and_longer_than_a_header_are_kept() -> None:
    name = (b"d/" * 90 + b"\xff\xfe").decode("utf-8", "surrogateescape")
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        ((entry, _),) = read(written((info(name), b""), form=form))
        assert entry.path == b"d/" * 90 + b"\xff\xfe"


def test_whiteouts_and_opaque_markers_are_entries_of_their_own_kind() -> None:
    found = read(
        written((info("a/.wh.b"), b""), (info("a/.wh..wh..opq"), b""), (info(".wh..wh.plnk/1"), b""))
    )
    assert [(e.path, e.kind) for e, _ in found][:2] == [(b"a/b", Kind.WHITEOUT), (b"a", Kind.OPAQUE)]


@pytest.mark.parametrize("name", ["../etc/passwd", "a/../../b", "/../x", ".."])
def test_a_name_that_climbs_out_of_the_root_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="inside the root"):
        read(written((info(name), b"")))


@pytest.mark.parametrize("name", ["/etc/x", "./etc/x", "etc//x", "etc/./x", "a/../etc/x", "etc/x/"])
def test_a_name_that_stays_inside_is_made_plain(name: str) -> None:
    ((entry, _),) = read(written((info(name), b"")))
    assert entry.path == b"etc/x"


def test_a_cut_archive_says_where() -> None:
    data = written((info("x"), bytes(5000)))
    with pytest.raises(Malformed, match="at byte"):
        read(data[:3000])


def test_a_flipped_header_byte_is_noticed() -> None:
    data = bytearray(written((info("x"), b"1")))
    data[0] ^= 1
    with pytest.raises(Malformed, match="checksum"):
        read(bytes(data))


def test_an_absurd_extended_header_is_a_bomb() -> None:
    header = info("x", type=tarfile.XHDTYPE)
    header.size = 1 << 30
    with pytest.raises(Bomb):
        read(header.tobuf(tarfile.USTAR_FORMAT))


def test_an_absurd_sparse_size_is_a_bomb() -> None:
    headers = {"GNU.sparse.major": "0", "GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 62)}
    with pytest.raises(Bomb):
        read(written((info("x", pax_headers=headers), b"1")))


@given(st.binary(max_size=600), st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_damage_never_escapes_as_another_error(tail: bytes, at: int, patch: bytes) -> None:
    data = bytearray(
        written((info("a" * 120, pax_headers={"mtime": "1.5"}), b"data" * 200), (info("b"), b"2"))
    )
    data[at : at + len(patch)] = patch
    try:
        for entry, _ in read(bytes(data) + tail):
            assert not entry.path.startswith((b"/", b"../"))
    except SeamlineError:
        pass


@given(st.dictionaries(st.text("abcXYZ.", min_size=1).map(str.encode), st.binary(max_size=50), max_size=5))
def test_pax_records_are_read_back(records: dict[bytes, bytes]) -> None:
    data = b""
    for key, value in records.items():
        body = b" " + key + b"=" + value + b"\n"
        length = len(body) + 1
        while len(str(length)) + len(body) != length:
            length = len(str(length)) + len(body)
        data += str(length).encode() + body
    assert parse_pax_records(data) == records
