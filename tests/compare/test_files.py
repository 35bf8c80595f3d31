"""The files of two images, by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hypothesis import given
from hypothesis import strategies as st

from seamline.compare.files import SIDES, Files, Names, apart_in, files_of
from seamline.model.entry import Entry, Kind
from seamline.model.package import Side
from seamline.tree.fold import fold
from seamline.tree.tree import Tree, join
from tests.scenes import columns_of

ENTRIES = st.lists(
    st.builds(
        Entry,
        path=st.sampled_from([b"a", b"b", b"c/d", "\u4f60".encode(), b"x\xff", rb"x\xff", b"x\\", b"\xe4\xbd", b"e"]),
        kind=st.sampled_from([Kind.FILE, Kind.SYMLINK, Kind.DIRECTORY]),
        mode=st.sampled_from([0o644, 0o4755]),
        uid=st.sampled_from([0, 1, (1 << 32) - 1]),
        gid=st.sampled_from([0, 1, (1 << 32) - 1]),
        content_key=st.sampled_from([b"", b"\0" * 7 + b"a", b"12345678"]),
        link_to=st.sampled_from([b"", b"t"]),
    ),
    max_size=8,
)  # fmt: skip


def side_at(entry: Entry) -> int:
    return (entry.uid + entry.mode) % 3


def plain(tree: Tree) -> Mapping[str, tuple[Side, object]]:
    return {
        entry.path.decode("utf-8", "backslashreplace"): (
            SIDES[side_at(entry)],
            (entry.content_key or entry.link_to, entry.mode, entry.uid, entry.gid),
        )
        for entry in tree.entries()
        if entry.kind != Kind.DIRECTORY
    }


def columns(tree: Tree) -> Files:
    """The files of a tree, each on its side."""
    places = [0] * len(tree.kinds)
    for folder, names in tree.folders():
        for name, row in names.items():
            places[row] = side_at(tree.entry(row, join(folder, name)))
    return files_of(tree, places)


def flat(names: Names) -> set[tuple[Side, str]]:
    found = [(side, name) for side, every in names.items() for name in every]
    assert len(found) == len(set(found))
    return set(found)


def sided(files: Mapping[str, tuple[Side, object]], names: Iterable[str]) -> set[tuple[Side, str]]:
    return {(files[name][0], name) for name in names}


@given(ENTRIES, ENTRIES)
def test_what_differs_by_column_is_what_differs_file_by_file(one: list[Entry], other: list[Entry]) -> None:
    """Names that are shown alike, of bytes that are no text, are one file: the last."""
    before, after = (fold([columns_of(each)]) for each in (one, other))
    a, b = plain(before), plain(after)
    added, removed, changed = apart_in(columns(before), columns(after))
    assert flat(added) == sided(b, b.keys() - a.keys())
    assert flat(removed) == sided(a, a.keys() - b.keys())
    assert flat(changed) == sided(b, (name for name in a.keys() & b.keys() if a[name][1] != b[name][1]))
