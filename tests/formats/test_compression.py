"""Unpacking beside gzip and zstd themselves, in any cut of the input."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
import zlib
from collections.abc import Callable

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed
from seamline.formats.compression import FastInflateFailed, compression_of, unpack
from tests.neighbours import need


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def unpacked(data: bytes, size: int, *, fast: bool) -> bytes:
    return b"".join(unpack(cut(data, size), "x", fast=fast))


PARTS = st.lists(
    st.one_of(st.binary(max_size=300), st.builds(bytes, st.integers(0, 600_000))), min_size=1, max_size=4
)


@given(PARTS, st.sampled_from([1000, 4096, 1 << 18]), st.booleans())
def test_many_gzip_members_are_one_stream(parts: list[bytes], size: int, fast: bool) -> None:
    packed = b"".join(gzip.compress(part, 1) for part in parts)
    assert unpacked(packed, size, fast=fast) == b"".join(parts)


@given(PARTS, st.sampled_from([1000, 4096, 1 << 18]))
def test_many_zstd_frames_with_skippable_ones_are_one_stream(parts: list[bytes], size: int) -> None:
    skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00info"
    packed = skippable.join(zstd.compress(part) for part in parts) + skippable
    assert unpacked(packed, size, fast=True) == b"".join(parts)


@given(PARTS, st.sampled_from([1000, 4096, 1 << 18]), st.sampled_from([bz2.compress, lzma.compress]))
def test_many_streams_of_xz_and_bzip2_are_one(
    parts: list[bytes], size: int, pack: Callable[[bytes], bytes]
) -> None:
    packed = b"".join(map(pack, parts))
    assert unpacked(packed, size, fast=True) == b"".join(parts)


@pytest.mark.parametrize("program", ["xz", "bzip2", "zstd", "gzip"])
def test_what_the_programs_themselves_pack_is_unpacked(program: str) -> None:
    need(program)
    data = bytes(range(256)) * 9000
    packed = subprocess.run([program, "-c"], input=data, capture_output=True, check=True).stdout
    assert compression_of(packed[:4]) == program
    assert unpacked(packed, 4096, fast=False) == data


def test_zeros_behind_the_last_member_are_padding() -> None:
    assert unpacked(gzip.compress(b"layer") + bytes(512), 64, fast=False) == b"layer"


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress, lzma.compress, bz2.compress])
def test_a_cut_stream_is_damaged(pack: object) -> None:
    packed = pack(b"layer" * 100_000)  # type: ignore[operator]
    with pytest.raises((Malformed, FastInflateFailed)):
        unpacked(packed[:-9], 4096, fast=True)
    with pytest.raises(Malformed, match="damaged"):
        unpacked(packed[: len(packed) // 2], 4096, fast=False)


def test_a_flipped_byte_is_noticed_by_both_inflaters() -> None:
    packed = bytearray(gzip.compress(bytes(range(256)) * 999))
    packed[-6] ^= 1  # in the CRC-32
    with pytest.raises(FastInflateFailed):
        unpacked(bytes(packed), 4096, fast=True)
    with pytest.raises(Malformed):
        unpacked(bytes(packed), 4096, fast=False)


def test_what_is_not_packed_passes_as_it_is() -> None:
    assert unpacked(b"abc", 1, fast=True) == b"abc"
    assert unpacked(b"", 1, fast=True) == b""
    assert zlib.crc32(unpacked(b"tar" * 9999, 7, fast=True)) == zlib.crc32(b"tar" * 9999)
