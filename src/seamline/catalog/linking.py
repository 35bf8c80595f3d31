"""What native programs and libraries must find where they run: the loader, and the libraries that they name."""

from __future__ import annotations

import msgspec

from seamline.catalog.reader import EXECUTABLE, Content, Reader
from seamline.errors import Malformed
from seamline.model.entry import Entry
from seamline.model.limits import Limits


class Linked(msgspec.Struct, frozen=True, omit_defaults=True):
    """One ELF file's loader (empty for a static program or a library) and the libraries that it needs, by soname."""

    interpreter: str = ""
    needed: tuple[str, ...] = ()


def _extract(entry: Entry, content: Content, limits: Limits) -> Linked | None:  # noqa: ARG001 - shape of extract
    try:
        elf = content.elf()
    except Malformed:  # what only begins like a program is none
        return None
    found = Linked(elf.interpreter(), elf.needed())
    return found if found.interpreter or found.needed else None


READER = Reader(name="linking", version=1, wants=(EXECUTABLE,), record=Linked, extract=_extract)
