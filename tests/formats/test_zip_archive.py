"""Zip archives of many small files, beside zipfile."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.errors import Bomb, Malformed
from seamline.formats.zip_archive import Read, unpack_entry, zip_entries


def reading(data: bytes) -> Read:
    return lambda at, count: data[at : at + count]


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as opened:
        opened.comment = comment
        for name, data in files.items():
            opened.writestr(name, data)
    return target.getvalue()


def contents(data: bytes) -> dict[str, bytes | None]:
    read = reading(data)
    return {entry.name: unpack_entry(read, entry, 1 << 20) for entry in zip_entries(read, len(data), "test")}


@settings(max_examples=25, deadline=None)
@given(
    files=st.dictionaries(st.text("abä/.", min_size=1, max_size=30), st.binary(max_size=3000), max_size=12),
    method=st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)),
    comment=st.binary(max_size=40),
)
def test_what_zipfile_wrote_is_read_back(files: dict[str, bytes], method: int, comment: bytes) -> None:
    assert contents(archive(files, method, comment)) == files


@cache
def large() -> bytes:
    return archive({f"{at}.json": b"{}" for at in range(66_000)}, zipfile.ZIP_STORED)


def test_more_files_than_the_old_form_can_count_are_read() -> None:
    assert sum(1 for _ in zip_entries(reading(large()), len(large()), "test")) == 66_000


def test_a_file_written_as_a_stream_is_read() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            super().__init__()
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += bytes(data)  # type: ignore[call-overload]
            return len(data)  # type: ignore[arg-type]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a.json", b"x" * 1000)
    assert contents(pipe.data) == {"a.json": b"x" * 1000}


@pytest.mark.parametrize("at", [16, 31, 60])
def test_a_damaged_file_has_no_bytes_and_harms_no_other(at: int) -> None:
    data = bytearray(archive({"a.json": bytes(range(256)) * 4, "b.json": b"whole"}))
    data[at] ^= 0xFF
    found = contents(bytes(data))
    assert found["b.json"] == b"whole"


def test_a_file_that_unpacks_to_more_than_it_says_has_no_bytes() -> None:
    data = bytearray(archive({"a.json": b"0" * 100_000}))
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert contents(bytes(data)) == {"a.json": None}


def test_a_directory_that_speaks_of_absurdly_many_files_is_refused() -> None:
    data = bytearray(large())
    end = data.rfind(b"PK\x06\x06")
    data[end + 32 : end + 40] = (1 << 40).to_bytes(8, "little")
    with pytest.raises(Bomb, match="at most"):
        contents(bytes(data))


def test_files_that_unpack_to_more_than_all_advisories_are_refused() -> None:
    data = bytearray(archive({f"{at}.json": b"{}" for at in range(20)}))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = (0xFFFFFFFE).to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(Bomb):
        contents(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_cut_and_harmed_archives_raise_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(archive({"a.json": b"{}" * 50, "b.json": b"[]"}))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    with suppress(Malformed, Bomb):
        found = contents(bytes(whole[:cut] if data.draw(st.booleans()) else whole))
        assert len(found) <= 2
