"""Archives in which secrets are looked for: zip, tar, gzip, bzip2, xz, zstd, one in another; damaged ones are read as far as they go."""

from __future__ import annotations

import bz2
import gzip
import lzma

from seamline.catalog.packed import MOST_BYTES, Unpacked
from tests.planted import tar_of, zip_of

_TEXT = b"token = 1\n"
SEEDS = (
    zip_of({"a": _TEXT, "b.zip": zip_of({"c": _TEXT})}),
    tar_of({"a": _TEXT, "b.gz": gzip.compress(_TEXT, mtime=0)}),
    gzip.decompress(tar_of({"a": _TEXT})),
    gzip.compress(zip_of({"a": _TEXT}), mtime=0),
    bz2.compress(gzip.decompress(tar_of({"a": _TEXT}))),
    lzma.compress(zip_of({"a": _TEXT})),
    b"\x28\xb5\x2f\xfd\x04\x00\x51\x00\x00" + _TEXT + b"\0\0\0\0",
)


def run(data: bytes) -> None:
    unpacked = Unpacked(data, b"x")
    assert sum(len(part.data) for part in unpacked.parts()) <= MOST_BYTES
