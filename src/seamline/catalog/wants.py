"""Which readers want a path: every glob is filed under the one fixed part of it that is quickest to look up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seamline.catalog.reader import EVERY, EXECUTABLE, SCRIPT, Reader
from seamline.expression import expression

_SPECIAL = expression(rb"[*?\[]")
_Filed = tuple[re.Pattern[bytes], Reader]


class Wants:
    """The readers' globs, compiled. A glob's fixed last name, else its fixed extension, else its fixed folder is
    its key; the whole glob then confirms."""

    __slots__ = ("_every", "_extensions", "_folders", "_names", "executables", "scripts")

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._names: dict[bytes, list[_Filed]] = {}
        self._extensions: dict[bytes, list[_Filed]] = {}
        self._folders: dict[bytes, list[_Filed]] = {}
        self.executables = tuple(reader for reader in readers if EXECUTABLE in reader.wants)
        self.scripts = tuple(reader for reader in readers if SCRIPT in reader.wants)
        self._every = tuple(reader for reader in readers if EVERY in reader.wants)
        for reader in readers:
            for glob in reader.wants:
                if glob not in (EXECUTABLE, SCRIPT, EVERY):
                    self._file(glob.encode(), reader)

    def of(self, path: bytes) -> tuple[Reader, ...]:
        """The readers that want `path`, each once."""
        folder, _, name = path.rpartition(b"/")
        named = self._names.get(name, ())
        extended = self._extensions.get(name.rpartition(b".")[2], ())
        placed = self._folders.get(folder.rpartition(b"/")[2], ())
        if not (named or extended or placed):  # nearly every path
            return self._every
        found = [reader for glob, reader in (*named, *extended, *placed) if glob.fullmatch(path)]
        return tuple(dict.fromkeys((*found, *self._every)))

    def _file(self, glob: bytes, reader: Reader) -> None:
        folder, _, name = glob.rpartition(b"/")
        extension, parent = name.rpartition(b".")[2], folder.rpartition(b"/")[2]
        filed = (re.compile(glob_pattern(glob), re.DOTALL), reader)
        if not _SPECIAL.search(name):
            self._names.setdefault(name, []).append(filed)
        elif b"." in name and not _SPECIAL.search(extension):
            self._extensions.setdefault(extension, []).append(filed)
        elif parent and not _SPECIAL.search(parent):
            self._folders.setdefault(parent, []).append(filed)
        else:
            raise ValueError(f"{glob!r} has no fixed last name, extension or folder")


def glob_pattern(glob: bytes) -> bytes:
    """The regular expression of a glob: `**/` is any folders, `*` anything inside one name, `[ab]` a choice."""
    pattern = b""
    for token in re.findall(rb"\*\*/|\*\*|\*|\?|\[[^\]]+\]|[^*?\[]+", glob):
        if token == b"**/":
            pattern += rb"(?:.*/)?"
        elif token == b"**":
            pattern += rb".*"
        elif token == b"*":
            pattern += rb"[^/]*"
        elif token == b"?":
            pattern += rb"[^/]"
        else:
            pattern += token if token.startswith(b"[") else re.escape(token)
    return pattern
