"""Weights: every path and install counts once; hardlinks weigh once."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from seamline.model.entry import Kind
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.model.seam import Base
from seamline.seam.find import find_seam
from seamline.seam.learn import inventory_of
from seamline.seam.weigh import weigh, weigh_sides
from seamline.stores.shelf import Shelf
from tests.scenes import Hardlink, Link, Thing, Whiteout, tree_of
from tests.seam.images import base_image, deb, diff_id, image_of

PATHS = st.sampled_from(["a", "b/c", "b/d", "e/f/g", "etc/os-release", "bin/sh"])
THINGS: st.SearchStrategy[Thing] = st.one_of(
    st.sampled_from([b"", b"one", b"two"]), st.just(Whiteout()), st.just(Link("a")), st.just(Hardlink("a"))
)
LAYERS = st.lists(st.dictionaries(PATHS, THINGS, max_size=5), min_size=1, max_size=4)


@given(LAYERS, st.integers(0, 4), st.booleans())
def test_the_sides_partition_all_paths_and_installs(
    scene: list[Mapping[str, Thing]], depth: int, squashed: bool
) -> None:
    tree = tree_of(scene)
    names = [str(at) for at in range(len(scene))]
    known: list[Base] = [base_image("base:1", *names[:depth])] if 0 < depth <= len(scene) else []
    if squashed:
        inventory = inventory_of(tree_of(scene[:1]), ())
        known = [Base(names=("docker.io/library/base:1",), diff_ids=(diff_id("other"),), inventory=inventory)]
    installs = [deb("x", "1", layer=at) for at in range(len(scene))]
    image = image_of([diff_id(name) for name in names], Config(command=("app",)))
    seam = find_seam(image, tree, installs, known=Shelf(known))
    sides = weigh_sides(seam, weigh(seam, tree, installs))
    assert sum(weight.files for weight in sides.values()) == sum(
        entry.kind != Kind.DIRECTORY for entry in tree.entries()
    )
    assert sum(weight.packages for weight in sides.values()) == len(installs)
    contents = {
        tree.inode(entry.path): entry.size_bytes
        for entry in tree.entries()
        if entry.kind in (Kind.FILE, Kind.HARDLINK)
    }
    assert sum(weight.size_bytes for weight in sides.values()) == sum(contents.values())


def test_a_hardlink_to_a_base_file_weighs_with_the_base() -> None:
    tree = tree_of([{"bin/busybox": b"12345"}, {"app/busybox": Hardlink("bin/busybox")}])
    image = image_of([diff_id("a"), diff_id("b")])
    seam = find_seam(image, tree, (), known=Shelf([base_image("busybox:1", "a")]))
    sides = weigh_sides(seam, weigh(seam, tree, ()))
    assert (sides[Side.SYSTEM].size_bytes, sides[Side.APPLICATION].size_bytes) == (5, 0)
    assert (sides[Side.SYSTEM].files, sides[Side.APPLICATION].files) == (1, 1)
