"""rpm's package headers: an index of tags over one store. Source: rpm file format v4, "Header"."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from seamline.errors import Malformed

NAME, VERSION, RELEASE, EPOCH, VENDOR, LICENSE, PACKAGER, ARCHITECTURE = (
    1000,
    1001,
    1002,
    1003,
    1011,
    1014,
    1015,
    1022,
)
OLD_FILE_NAMES, FILE_FLAGS, SOURCE_RPM, PROVIDE_NAME, REQUIRE_NAME = 1027, 1037, 1044, 1047, 1049
DIRECTORY_INDEXES, BASE_NAMES, DIRECTORY_NAMES, MODULARITY_LABEL = 1116, 1117, 1118, 5096
FILE_STATES, FILE_DIGESTS, FILE_VERIFY_FLAGS, FILE_DIGEST_ALGORITHM = 1029, 1035, 1045, 5011
CONFIG, GHOST = 1 << 0, 1 << 6
_VERIFY_DIGEST, _STATE_NORMAL = 1 << 0, 0
_DIGESTS = {
    1: "md5",
    2: "sha1",
    8: "sha256",
    9: "sha384",
    10: "sha512",
    11: "sha224",
    12: "sha3-256",
    14: "sha3-512",
}
"""OpenPGP's numbers of hash algorithms, RFC 9580 section 9.5; a package that names none has MD5."""

_CHAR, _INT8, _INT32, _STRING, _STRINGS, _TRANSLATED = 1, 2, 4, 6, 8, 9
_MOST_TAGS = 65536


class Header:
    """One package's tags, looked up in place; every offset is checked."""

    __slots__ = ("_entries", "_store")

    def __init__(self, blob: bytes) -> None:
        """Reads the index.

        Raises:
            Malformed: the index or the store is cut off.
        """
        if len(blob) < 8:
            raise _broken(f"{len(blob)} bytes")
        count, size = struct.unpack_from(">II", blob)
        start = 8 + 16 * count
        if count > _MOST_TAGS or start + size > len(blob):
            raise _broken(f"{count} tags over {size} bytes in {len(blob)}")
        self._store = blob[start : start + size]
        rows = struct.iter_unpack(">IIiI", blob[8:start])
        self._entries = {tag: (kind, offset, number) for tag, kind, offset, number in rows}

    def text(self, tag: int) -> str:
        """A string tag, the first of several; "" where it is missing."""
        found = self.texts(tag)
        return found[0] if found else ""

    def texts(self, tag: int) -> list[str]:
        """A string or string array tag; empty where it is missing.

        Raises:
            Malformed: it points out of the store.
        """
        kind, offset, count = self._entries.get(tag, (0, 0, 0))
        if kind not in (_STRING, _STRINGS, _TRANSLATED) or not count:
            return []
        if not 0 <= offset <= len(self._store) or count > len(self._store):
            raise _broken(f"tag {tag} at {offset}")
        values = self._store[offset:].split(b"\0", 1 if kind == _STRING else count)
        if len(values) <= (1 if kind == _STRING else count) - 1:
            raise _broken(f"tag {tag} without its end")
        return [value.decode("utf-8", "replace") for value in values[: 1 if kind == _STRING else count]]

    def numbers(self, tag: int) -> tuple[int, ...]:
        """A 32-bit tag; empty where it is missing.

        Raises:
            Malformed: it points out of the store.
        """
        kind, offset, count = self._entries.get(tag, (0, 0, 0))
        if kind != _INT32:
            return ()
        if offset < 0 or offset + 4 * count > len(self._store):
            raise _broken(f"tag {tag} at {offset}")
        return struct.unpack_from(f">{count}I", self._store, offset)

    def small_numbers(self, tag: int) -> bytes:
        """An 8-bit tag; empty where it is missing.

        Raises:
            Malformed: it points out of the store.
        """
        kind, offset, count = self._entries.get(tag, (0, 0, 0))
        if kind not in (_CHAR, _INT8):
            return b""
        if offset < 0 or offset + count > len(self._store):
            raise _broken(f"tag {tag} at {offset}")
        return bytes(self._store[offset : offset + count])

    def paths(self) -> list[str]:
        """The installed files, without those that the package only reserves (ghosts).

        Raises:
            Malformed: a file names a folder that is not in the list.
        """
        flags = self.numbers(FILE_FLAGS)
        folders, indexes, names = (
            self.texts(DIRECTORY_NAMES),
            self.numbers(DIRECTORY_INDEXES),
            self.texts(BASE_NAMES),
        )
        if names:
            if len(indexes) != len(names) or (indexes and max(indexes) >= len(folders)):
                raise _broken("files without their folders")
            found = [folders[index] + name for index, name in zip(indexes, names, strict=True)]
        else:
            found = self.texts(OLD_FILE_NAMES)
        if len(flags) != len(found):
            return found
        return [path for path, flag in zip(found, flags, strict=True) if not flag & GHOST]


class FileSum(NamedTuple):
    """What a package says of one of its regular files: the digest in hexadecimal digits, and its algorithm."""

    path: str
    digits: str
    algorithm: str
    is_configuration: bool


def file_sums(header: Header) -> Iterator[FileSum]:
    """The regular files that a package installed and wants unaltered: no ghosts, none that another package replaced, none
    whose content it does not verify. Source: rpm's lib/verify.c.

    Raises:
        Malformed: the lists do not fit one another.
    """
    folders, indexes = header.texts(DIRECTORY_NAMES), header.numbers(DIRECTORY_INDEXES)
    names, digests, flags = header.texts(BASE_NAMES), header.texts(FILE_DIGESTS), header.numbers(FILE_FLAGS)
    if not len(names) == len(indexes) == len(digests) == len(flags):
        return
    verified, states = header.numbers(FILE_VERIFY_FLAGS), header.small_numbers(FILE_STATES)
    algorithm = _DIGESTS.get(next(iter(header.numbers(FILE_DIGEST_ALGORITHM)), 1), "")
    for at, (index, name, digits, flag) in enumerate(zip(indexes, names, digests, flags, strict=True)):
        is_left = at < len(states) and states[at] != _STATE_NORMAL
        is_free = at < len(verified) and not verified[at] & _VERIFY_DIGEST
        if digits and not flag & GHOST and not is_left and not is_free:
            if index >= len(folders):
                raise _broken("files without their folders")
            yield FileSum(folders[index] + name, digits, algorithm, bool(flag & CONFIG))


def _broken(got: str) -> Malformed:
    return Malformed("rpm header", expected="an index and its store", got=got, hint="the database is damaged")
