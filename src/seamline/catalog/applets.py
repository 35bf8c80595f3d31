"""The applets inside busybox: what `busybox NAME` runs, whether a link of that name is there or not."""

from __future__ import annotations

from seamline.catalog.reader import Content, Reader
from seamline.expression import expression
from seamline.model.entry import Entry
from seamline.model.limits import Limits

_MOST_BYTES = 16 << 20
_TABLE = expression(rb"(?:(?:[a-z\[][a-z0-9_.+\[-]{0,20})\x00){20,}")
_KNOWN = frozenset((b"ash", b"sh", b"cat", b"ls", b"wget", b"vi", b"true", b"echo"))


def _extract(entry: Entry, content: Content, limits: Limits) -> list[str]:  # noqa: ARG001 - shape of extract
    """The longest run of names in alphabetical order that looks like the table of applets.

    Source: busybox applets/applet_tables.c: one string of names, each ended by NUL, sorted.
    """
    best: list[bytes] = []
    for table in _TABLE.finditer(content.random()):
        names = table[0].split(b"\0")[:-1]
        if len(names) > len(best) and len(_KNOWN.intersection(names)) >= 3:
            best = names
    return [name.decode("ascii") for name in best]


READER = Reader(
    name="applets",
    version=1,
    wants=("**/busybox", "**/busybox.static", "**/toybox"),
    record=list[str],
    extract=_extract,
    most_bytes=_MOST_BYTES,
)
