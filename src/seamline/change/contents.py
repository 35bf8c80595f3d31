"""What stands in a file: bytes at hand, or bytes that whoever unpacked them has put aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from seamline.formats.tar_writer import write_tar
from seamline.model.entry import Entry


class Content(Protocol):
    """The bytes of one file, read when they are needed."""

    def read(self) -> bytes: ...


class Held(NamedTuple):
    """Bytes at hand."""

    data: bytes

    def read(self) -> bytes:
        return self.data


File = tuple[Entry, Content]
NOTHING = Held(b"")


def tar_of(files: Iterable[File]) -> Iterator[bytes]:
    """The canonical tar of the files in their order, one content in memory at a time."""
    return write_tar((entry, (content.read(),)) for entry, content in files)
