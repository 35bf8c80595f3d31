"""What ldconfig found, where it was run: the loader looks there and not at ld.so.conf."""

from __future__ import annotations

from seamline.catalog.reader import Content, Reader
from seamline.formats.ld_cache import parse_ld_cache
from seamline.model.entry import Entry
from seamline.model.limits import Limits


def _extract(entry: Entry, content: Content, limits: Limits) -> tuple[tuple[str, str, str], ...]:  # noqa: ARG001 - shape of extract
    return parse_ld_cache(content.stream().read())


READER = Reader(
    name="ld-cache",
    version=2,
    wants=("etc/ld.so.cache",),
    record=tuple[tuple[str, str, str], ...],
    extract=_extract,
    most_bytes=8 << 20,
)
