"""The locales of an image: the names in glibc's archive."""

from __future__ import annotations

from seamline.catalog.reader import Content, Reader
from seamline.formats.locale_archive import parse_locale_names
from seamline.model.entry import Entry
from seamline.model.limits import Limits

_MOST_BYTES = 512 << 20


def _extract(entry: Entry, content: Content, limits: Limits) -> list[str]:  # noqa: ARG001 - shape of extract
    data = content.random()
    return list(parse_locale_names(data[: len(data)]))


READER = Reader(
    name="locales",
    version=1,
    wants=("**/locale-archive",),
    record=list[str],
    extract=_extract,
    most_bytes=_MOST_BYTES,
)
