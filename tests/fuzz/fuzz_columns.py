"""Cached entries that somebody wrote to."""

from __future__ import annotations

from seamline.errors import SeamlineError
from seamline.model.entry import Entry, Kind
from seamline.tree.columns import parse_columns, write_columns
from seamline.tree.fold import fold
from tests.scenes import columns_of

SEEDS = (
    write_columns(
        columns_of(
            [
                Entry(path=b"a/b", kind=Kind.FILE, content_key=b"12345678"),
                Entry(path=b"c", kind=Kind.SYMLINK, link_to=b"a"),
            ]
        )
    ),
)


def run(data: bytes) -> None:
    try:
        columns = parse_columns(data)
    except SeamlineError:
        return
    list(fold([columns]).entries())
