"""What nothing needs at run time, by side; every byte is told once."""

from __future__ import annotations

import pytest

from seamline.customization.bulk import bulk_of
from seamline.customization.changes import file_changes, setting_changes, tallied, tally
from seamline.customization.waste import by_side, kinds_in
from seamline.errors import Where
from seamline.model.entry import Entry
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.model.seam import Base, Setting
from seamline.tree.tree import Tree
from tests.scenes import Scene, Whiteout, tree_of

BIG = b"x" * (1 << 16)


def side_of(entry: Entry) -> Side:
    return Side.APPLICATION if entry.origin_layer else Side.SYSTEM


def heap_of(tree: Tree) -> dict[tuple[str, str], tuple[int, int]]:
    """The waste by kind and side; all layers but the lowest are the application's."""
    bulk = bulk_of(tree, tree.origins, lambda entry: entry.origin_layer, {})
    sides = [Side.SYSTEM, *[Side.APPLICATION] * tree.layers]
    return {
        (each.kind, each.side.value): (each.files, each.size_bytes) for each in by_side(bulk.heaps, sides)
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (b"var/lib/apt/lists/deb_Packages", "package lists"),
        (b"usr/share/doc/x/changelog.gz", "documentation"),
        (b"usr/share/locale/de/LC_MESSAGES/x.mo", "locales"),
        (b"usr/bin/x86_64-linux-gnu-gcc-12", "compilers"),
        (b"usr/bin/ldd", ""),
        (b"usr/bin/x86_64-linux-gnu-lto-dump-12", "compilers"),
        (b"usr/bin/ld.gold", "compilers"),
        (b"usr/bin/aarch64-linux-gnu-objdump", "compilers"),
        (b"usr/bin/less", ""),
        (b"usr/lib/x86_64-linux-gnu/libasan.so.8.0.0", "compilers"),
        (b"usr/lib/x86_64-linux-gnu/libbfd-2.40-system.so", "compilers"),
        (b"usr/lib/x86_64-linux-gnu/libc.so.6", ""),
        (b"usr/lib/jvm/java-17-openjdk-amd64/jmods/java.base.jmod", "compilers"),
        (b"usr/local/go/src/fmt/print.go", "compilers"),
        (b"home/app/.cache/pip/http/a", "caches"),
        (b"home/app/.config/x", ""),
        (b"usr/lib/locale/C.utf8/LC_CTYPE", ""),
        (b"srv/app/.git/objects/ab/cd", "version control"),
        (b"usr/lib/python3/dist-packages/django/tests/x.py", "tests"),
        (b"srv/app/tests/data.json", ""),
        (b"usr/lib/libx.a", "headers"),
        (b"etc/apt/trusted.gpg.d/key.asc", ""),
        (b"usr/bin/bash", ""),
        (b"a", ""),
    ],
)
def test_a_path_says_what_it_is_left_over_from(path: bytes, kind: str) -> None:
    folder, slash, name = path.rpartition(b"/")
    assert kinds_in(folder + slash, [name]) == ({name: kind} if kind else {})


def test_duplicates_and_hidden_content_are_told_on_the_side_that_brought_them() -> None:
    scene: Scene = [{"a": BIG, "gone": b"12345"}, {"b": BIG, "gone": Whiteout(), "own": b"1"}, {"own": b"2"}]
    assert heap_of(tree_of(scene)) == {
        ("duplicates", "application"): (1, len(BIG)),
        ("hidden", "system"): (1, 5),
        ("hidden", "application"): (1, 1),
    }


def test_of_equal_files_the_copy_is_what_came_later_wherever_it_lies() -> None:
    scene: Scene = [{"usr/lib/x": BIG}, {"opt/x": BIG, "a": b"1"}]
    tree = tree_of(scene)
    assert heap_of(tree) == {("duplicates", "application"): (1, len(BIG))}
    heaps = bulk_of(tree, tree.origins, lambda entry: entry.origin_layer, {}).heaps
    assert [each.examples for each in by_side(heaps, (Side.SYSTEM, Side.SYSTEM))] == [("opt/x",)]


def test_a_jdk_s_sources_lie_beside_its_modules() -> None:
    names = [b"modules", b"src.zip", b"ct.sym", b"libjava.so"]
    assert kinds_in(b"opt/java/openjdk/lib/", names) == {b"src.zip": "compilers", b"ct.sym": "compilers"}
    assert not kinds_in(b"srv/lib/", [b"src.zip"])


def test_added_replaced_and_removed_files_are_counted_over_the_system_side() -> None:
    scene: Scene = [
        {"etc/a": b"1", "etc/b": b"1", "etc/c": b"1"},
        {"etc/a": b"2", "etc/b": Whiteout(), "own": b"123"},
    ]
    tree = tree_of(scene)
    changes = file_changes(tallied(tally(tree, tree.origins), (False, True)), tree, side_of)
    assert (changes.added, changes.replaced, changes.removed, changes.added_bytes) == (1, 1, 1, 4)
    assert changes.examples == ("/etc/a", "/etc/b")


def test_a_base_file_that_two_steps_above_change_is_replaced_and_not_added() -> None:
    scene: Scene = [
        {"etc/a": b"1", "etc/b": b"1"},
        {"etc/a": b"2", "etc/b": b"2"},
        {"etc/a": b"3", "etc/b": Whiteout()},
    ]
    tree = tree_of(scene)
    changes = file_changes(tallied(tally(tree, tree.origins), (False, True, True)), tree, side_of)
    assert (changes.added, changes.replaced, changes.removed) == (0, 1, 1)


def test_what_the_base_removed_itself_is_no_change_over_it() -> None:
    scene: Scene = [
        {"etc/a": b"1", "etc/b/c": b"1"},
        {"etc/a": Whiteout(), "etc/b": Whiteout()},
        {"etc/a": b"own"},
    ]
    tree = tree_of(scene)
    base = lambda entry: Side.SYSTEM if entry.origin_layer < 2 else Side.APPLICATION  # noqa: E731
    changes = file_changes(tallied(tally(tree, tree.origins), (False, False, True)), tree, base)
    assert (changes.added, changes.replaced, changes.removed) == (1, 0, 0)


def test_a_command_user_or_label_that_the_base_has_too_is_replaced() -> None:
    names = (("command", ""), ("user", ""), ("label", "a"), ("label", "b"), ("env", "A"), ("env", "B"))
    own = [
        Setting(kind=kind, key=key, value="2", side=Side.APPLICATION, stratum="own", where=Where())
        for kind, key in names
    ]
    config = Config(command=("bash",), user="1", labels={"a": "1"}, env=("A=1",))
    changes = setting_changes(own, Base(names=("b",), diff_ids=(), config=config))
    assert (changes.added, changes.replaced) == (2, 4)
