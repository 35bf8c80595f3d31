"""Zip archives, their directories and what is in them."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

from seamline.errors import SeamlineError
from seamline.formats.zip_archive import unpack_entry, zip_entries


def _seed(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("a.json", b"{}" * 40)
        archive.writestr("b.json", b"[]")
    return target.getvalue()


SEEDS = (_seed(zipfile.ZIP_DEFLATED), _seed(zipfile.ZIP_STORED))


def run(data: bytes) -> None:
    def read(at: int, count: int) -> bytes:
        return data[at : at + count]

    with suppress(SeamlineError):
        for entry in zip_entries(read, len(data), "fuzz"):
            unpack_entry(read, entry, 1 << 20)
