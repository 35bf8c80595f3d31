"""What lies inside archives and packed files: zip (jar, wheel ...), tar, gzip, bzip2, xz, zstd; one in another too, all
within one budget.

Only what a search of texts can use is unpacked: byte code, libraries, pictures and large parts are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from mmap import mmap
from typing import NamedTuple

from seamline.catalog.reader import Buffer
from seamline.errors import SeamlineError
from seamline.expression import expression
from seamline.formats.compression import compression_of, unpack
from seamline.formats.tar import members
from seamline.formats.zip_archive import unpack_entry, zip_entries
from seamline.model.entry import Kind, path_text
from seamline.model.limits import Limits

MOST_BYTES = 64 << 20
"""As much is unpacked of one file, its archives inside archives counted too."""
_MOST_PASSED_BYTES = {"xz": 128 << 20, "bzip2": 64 << 20}
_MOST_PASSED_ELSE_BYTES = 256 << 20
"""As much of a stream passes by; bzip2 unpacks a tenth as quickly as gzip, xz a third."""
_MOST_PART_BYTES = 8 << 20
_MOST_PARTS = 20_000
_MOST_DEPTH = 3
_NO_TEXT = expression(
    rb".*\.(?:class|pyc|so(?:\.[\d.]+)?|dll|dylib|exe|a|k?o|png|jpe?g|gif|webp|ico|ttf|woff2?|eot|otf|mp[34]|pdf|nib|wasm)",
    re.DOTALL,
)
_PACKING = expression(rb"\.(?:gz|bz2|xz|zst)$")
_ZIP = b"PK\x03\x04"
_TAR_AT, _TAR = 257, b"ustar"


class Part(NamedTuple):
    """One file inside: its path, `!/` between an archive and what lies in it; empty for the content of a packed file."""

    path: bytes
    data: bytes


class Unpacked:
    """The parts of one file. `is_whole` is known at the end: whether each part that is a text was among them."""

    def __init__(self, data: Buffer, path: bytes) -> None:
        self._data, self._path = data, path
        self._bytes, self._parts = MOST_BYTES, _MOST_PARTS
        self.is_whole = True

    def parts(self) -> Iterator[Part]:
        yield from self._of(self._data, self._path, b"", 0)

    def _of(self, data: Buffer, path: bytes, inside: bytes, depth: int) -> Iterator[Part]:
        """The parts of an archive that lies at `inside`, called `path` in what it lies in."""
        try:
            for name, part in self._opened(data, path):
                below = b"!/".join(filter(None, (inside, name)))
                self._bytes -= len(part)
                self._parts -= 1
                if self._bytes < 0 or self._parts < 0:
                    self.is_whole = False
                    return
                if not is_packed(part):
                    yield Part(below, part)
                elif depth + 1 < _MOST_DEPTH:
                    yield from self._of(part, name or path, below, depth + 1)
                else:
                    self.is_whole = False
        except SeamlineError:
            self.is_whole = False

    def _opened(self, data: Buffer, path: bytes) -> Iterator[tuple[bytes, bytes]]:
        if data[:4] == _ZIP:
            yield from self._of_zip(data)
        elif _is_tar(data):
            yield from self._of_tar(iter([bytes(data)]))
        elif not _NO_TEXT.fullmatch(_PACKING.sub(b"", path)):
            most = _MOST_PASSED_BYTES.get(compression_of(bytes(data[:4])), _MOST_PASSED_ELSE_BYTES)
            stream = _bounded(unpack(iter([bytes(data)]), path_text(path), fast=False), most)
            start = next(stream, b"")
            if _is_tar(start):
                yield from self._of_tar(_chain(start, stream))
            else:
                yield b"", self._joined(start, stream)

    def _joined(self, start: bytes, rest: Iterator[bytes]) -> bytes:
        """A packed file's content, as far as a part may be large; what is damaged, up to there."""
        block = bytearray(start)
        try:
            for chunk in rest:
                block += chunk
                if len(block) > min(4 * _MOST_PART_BYTES, self._bytes):
                    self.is_whole = False
                    break
        except SeamlineError:
            self.is_whole = False
        return bytes(block)

    def _of_zip(self, data: Buffer) -> Iterator[tuple[bytes, bytes]]:
        def read(at: int, size: int) -> bytes:
            return bytes(data[at : at + size])

        for entry in islice(zip_entries(read, len(data), "archive"), _MOST_PARTS):
            name = entry.name.encode("utf-8", "surrogateescape")
            if not entry.size_bytes or _NO_TEXT.fullmatch(name):
                continue
            part = unpack_entry(read, entry, _MOST_PART_BYTES)
            if part is None:
                self.is_whole = False
            else:
                yield name, part

    def _of_tar(self, chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for member in members(chunks, Limits(), "archive"):
            entry = member.entry
            if entry.kind != Kind.FILE or not entry.size_bytes or _NO_TEXT.fullmatch(entry.path):
                continue
            if entry.size_bytes > _MOST_PART_BYTES:
                self.is_whole = False
            else:
                yield entry.path, b"".join(member.pieces())


def is_packed(data: Buffer) -> bool:
    """Whether a content is an archive or a packed file of a kind that is opened."""
    start = bytes(data[:4])
    return start == _ZIP or compression_of(start) != "none" or _is_tar(data)


def _is_tar(data: Buffer | mmap) -> bool:
    return data[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR


def _bounded(stream: Iterator[bytes], left: int) -> Iterator[bytes]:
    """The stream up to where nobody would have packed more into one file: passing over a large part costs time too."""
    for chunk in stream:
        yield chunk
        left -= len(chunk)
        if left < 0:
            return


def _chain(start: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield start
    yield from rest
