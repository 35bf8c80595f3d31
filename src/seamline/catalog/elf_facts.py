"""What every native program and library asks of the loader, and how it was hardened. Read on demand."""

from __future__ import annotations

from seamline.catalog.reader import EXECUTABLE, Content, Reader
from seamline.errors import Malformed
from seamline.formats.elf import parse_elf
from seamline.formats.elf_dynamic import Dynamic, dynamic_facts
from seamline.model.entry import Entry
from seamline.model.limits import Limits


def _extract(entry: Entry, content: Content, limits: Limits) -> Dynamic | None:  # noqa: ARG001 - shape of extract
    try:
        elf = parse_elf(content.random())
    except Malformed:  # what only begins like a program is none
        return None
    return dynamic_facts(elf) if elf.kind in (2, 3) else None


READER = Reader(name="elf", version=3, wants=(EXECUTABLE,), record=Dynamic, extract=_extract)
