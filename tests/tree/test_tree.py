"""Folding: whiteouts, links among parents, history, hardlinks; each scene is a whole image."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seamline.model.entry import Entry, Kind
from seamline.tree.columns import parse_columns, write_columns
from seamline.tree.fold import fold
from seamline.tree.tree import Tree
from tests.scenes import Directory, File, Hardlink, Link, Opaque, Whiteout, columns_of, tree_of


def visible(tree: Tree) -> dict[str, int]:
    """Files and links that are visible, with the layer each came from."""
    return {e.path.decode(): e.layer for e in tree.entries() if e.kind != Kind.DIRECTORY}


def test_an_opaque_directory_hides_the_layers_below_it_but_not_its_own_files() -> None:
    tree = tree_of([{"app/old": b"1", "app/sub/deep": b"1"}, {"app/new": b"2", "app": Opaque()}])
    assert visible(tree) == {"app/new": 1}


def test_a_whiteout_hides_a_whole_subtree_and_history_still_tells_it() -> None:
    tree = tree_of([{"var/db/a": b"1", "var/db/b": b"1"}, {"var/db": Whiteout()}])
    assert visible(tree) == {}
    assert [e.kind for e in tree.history(b"var/db")] == [Kind.DIRECTORY, Kind.WHITEOUT]
    assert [(e.layer, e.kind) for e in tree.history(b"var/db/a")] == [(0, Kind.FILE), (1, Kind.WHITEOUT)]


def test_a_whiteout_never_hides_a_file_of_its_own_layer() -> None:
    tree = tree_of([{"x": b"old"}, {"x": b"new", "./x": Whiteout()}])
    assert visible(tree) == {"x": 1}


def test_an_entry_under_a_lower_directory_link_lands_where_the_link_leads() -> None:
    tree = tree_of([{"usr/lib/a": b"1", "lib": Link("usr/lib")}, {"lib/b": b"2"}])
    assert visible(tree) == {"usr/lib/a": 0, "lib": 0, "usr/lib/b": 1}
    assert tree.canonical(b"lib/b") == b"usr/lib/b"
    found = tree.at(b"lib/b")
    assert found is not None
    assert found.layer == 1


def test_a_directory_entry_replaces_a_link_of_the_same_name() -> None:
    tree = tree_of([{"usr/lib/a": b"1", "lib": Link("usr/lib")}, {"lib": Directory(), "lib/b": b"2"}])
    assert visible(tree) == {"usr/lib/a": 0, "lib/b": 1}


def test_links_never_leave_the_root_and_loops_end() -> None:
    tree = tree_of([{"up": Link("../../etc"), "etc/passwd": b"root", "a": Link("b"), "b": Link("a")}])
    found = tree.at(b"up/passwd")
    assert found is not None
    assert tree.canonical(b"up/passwd") == b"etc/passwd"
    assert tree.resolve(b"a") is None
    assert tree.at(b"a/x") is None


def test_a_chmod_above_moves_the_layer_and_keeps_the_origin() -> None:
    tree = tree_of([{"bin/x": b"same"}, {"bin/x": File(b"same", mode=0o755)}, {"bin/x": b"other"}][:2])
    found = tree.at(b"bin/x")
    assert found is not None
    assert (found.layer, found.origin_layer, found.mode) == (1, 0, 0o755)


def test_hardlinks_show_the_content_they_name_across_layers_and_weigh_once() -> None:
    tree = tree_of([{"a": b"12345"}, {"b": Hardlink("a")}])
    linked = tree.at(b"b")
    assert linked is not None
    assert linked.size_bytes == 5
    assert tree.inode(b"a") == tree.inode(b"b")


def test_the_last_of_duplicate_entries_wins() -> None:
    tree = tree_of([{"x": b"1", "./x": b"22"}])
    found = tree.at(b"x")
    assert found is not None
    assert found.size_bytes == 2


def test_a_file_in_place_of_a_folder_hides_what_was_inside() -> None:
    assert visible(tree_of([{"d/x": b"1"}, {"d": b"file"}])) == {"d": 1}


def test_resolve_follows_a_link_at_the_end_and_at_does_not() -> None:
    tree = tree_of([{"etc/os-release": Link("../usr/lib/os-release"), "usr/lib/os-release": b"ID=x"}])
    at, resolved = tree.at(b"etc/os-release"), tree.resolve(b"etc/os-release")
    assert at is not None
    assert at.kind == Kind.SYMLINK
    assert resolved is not None
    assert resolved.path == b"usr/lib/os-release"


NAMES = st.sampled_from([b"a", b"b", b"c", b"a/x", b"a/y", b"b/x", b"a/x/z", b"c/l"])
ENTRIES = st.builds(
    lambda path, kind, key: Entry(
        path=path,
        kind=kind,
        size_bytes=3 if kind == Kind.FILE else 0,
        content_key=key * 8 if kind == Kind.FILE else b"",
        link_to=b"a" if kind in (Kind.SYMLINK, Kind.HARDLINK) else b"",
    ),
    NAMES,
    st.sampled_from([Kind.FILE, Kind.DIRECTORY, Kind.SYMLINK, Kind.HARDLINK, Kind.WHITEOUT, Kind.OPAQUE]),
    st.sampled_from([b"1", b"2"]),
)
LAYERS = st.lists(st.lists(ENTRIES, max_size=6), max_size=4)


def looks(tree: Tree) -> list[tuple[bytes, int, int, bytes, bytes]]:
    return sorted((e.path, e.kind, e.size_bytes, e.content_key, e.link_to) for e in tree.entries())


@given(LAYERS, st.integers(0, 4))
def test_folding_is_associative(layers: list[list[Entry]], cut: int) -> None:
    """A stack whose lower part was squashed into one layer looks the same."""
    columns = [columns_of(layer) for layer in layers]
    whole = looks(fold(columns))
    squashed = sorted(
        fold(columns[:cut]).entries(), key=lambda e: (e.path.count(b"/"), e.kind == Kind.HARDLINK, e.path)
    )
    lower = columns_of(_hardlinks_last(squashed))
    assert _without_links(looks(fold([lower, *columns[cut:]]))) == _without_links(whole)


def _hardlinks_last(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda e: e.kind == Kind.HARDLINK)


def _without_links(found: list[tuple[bytes, int, int, bytes, bytes]]) -> list[tuple[bytes, int]]:
    return [(path, kind) for path, kind, *_ in found]


@given(LAYERS)
def test_every_visible_path_ends_its_own_history(layers: list[list[Entry]]) -> None:
    tree = fold([columns_of(layer) for layer in layers])
    entries = list(tree.entries())
    assert len(entries) == len(tree) == len({e.path for e in entries})
    for entry in entries:
        assert tree.history(entry.path)[-1] == entry
        assert tree.canonical(entry.path) == entry.path


@given(st.lists(ENTRIES, max_size=8))
def test_columns_survive_the_cache(layer: list[Entry]) -> None:
    columns = columns_of(layer)
    again = parse_columns(write_columns(columns))
    assert list(again.entries(0)) == list(columns.entries(0))
