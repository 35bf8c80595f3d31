"""Whose each line of a build history is: told by the base's own history, by the tool, by layers, or by nobody."""

from __future__ import annotations

import msgspec

from seamline.model.image import Config, History, Image
from seamline.model.package import Side
from seamline.model.seam import Author, Base, ImageKind
from seamline.seam.find import find_seam
from seamline.stores.shelf import Shelf
from seamline.tree.fold import fold
from tests.scenes import tree_of
from tests.seam.images import base_image, diff_id, history, image_of

OWN = history("ADD file:1 in /", "ENV LANG=C", 'CMD ["bash"]')
BASE = base_image("debian:12", "a", config=Config(command=("bash",), history=OWN))
ABOVE = ("ARG TOKEN", "ENV A=1", "RUN make", "USER 5", 'CMD ["app"]')
NOP = "/bin/sh -c #(nop) "


def authors(image: Image, *known: Base) -> tuple[Author, ...]:
    return find_seam(image, fold([]), (), known=Shelf(known)).authors


def sides(image: Image, *known: Base) -> list[str]:
    return [author.side.value for author in authors(image, *known)]


def whys(image: Image, *known: Base) -> list[str]:
    return [author.why.id for author in authors(image, *known)]


def in_one_layer(*lines: str, comment: str = "") -> tuple[History, ...]:
    """As buildah writes a build without kept layers: the last line alone makes the layer, and names the base."""
    *others, last = lines
    return (
        *(History(created_by=f"{NOP}{line}", empty_layer=True) for line in others),
        History(created_by=f"{NOP}{last}", comment=comment),
    )


def test_lines_beyond_the_known_history_of_the_base_are_the_applications() -> None:
    image = image_of([diff_id("a"), diff_id("b")], Config(history=(*OWN, *history(*ABOVE))))
    assert sides(image, BASE) == ["system"] * 3 + ["application"] * 5
    assert whys(image, BASE) == ["author-base"] * 3 + ["author-beyond"] * 5


def test_many_lines_of_one_layer_are_told_apart_by_the_bases_history() -> None:
    image = image_of([diff_id("a"), diff_id("b")], Config(history=(*OWN, *in_one_layer(*ABOVE))))
    assert sides(image, BASE) == ["system"] * 3 + ["application"] * 5


def test_a_history_longer_than_the_layers_is_told_apart_by_the_bases_history_too() -> None:
    squashed = tuple(msgspec.structs.replace(line, empty_layer=False) for line in (*OWN, *history(*ABOVE)))
    image = image_of([diff_id("a"), diff_id("b")], Config(history=squashed))
    assert sides(image, BASE) == ["system"] * 3 + ["application"] * 5
    unknown = base_image("debian:12", "a")
    assert sides(image, unknown) == ["unknown"] * 8
    assert whys(image, unknown) == ["author-misfit"] * 8


def test_buildah_without_layers_tells_of_its_base_in_its_last_line() -> None:
    lines = (
        *in_one_layer("ADD file:1 in /", 'CMD ["bash"]'),
        *in_one_layer(*ABOVE, comment="FROM docker.io/library/debian:12"),
    )
    image = image_of([diff_id("a"), diff_id("b")], Config(history=lines))
    assert sides(image, base_image("debian:12", "a")) == ["system"] * 2 + ["application"] * 5


def test_lines_of_another_builder_before_buildahs_are_the_bases() -> None:
    lines = (
        History(created_by="ADD file / # buildkit", comment="buildkit.dockerfile.v0"),
        History(created_by="ENV LANG=C", comment="buildkit.dockerfile.v0", empty_layer=True),
        History(created_by='CMD ["sh"]', comment="buildkit.dockerfile.v0", empty_layer=True),
        *in_one_layer("ENV A=1", "RUN make", comment="FROM docker.io/library/debian:12"),
    )
    image = image_of([diff_id("a"), diff_id("b")], Config(history=lines))
    assert sides(image, base_image("debian:12", "a")) == ["system"] * 3 + ["application"] * 2


def test_buildah_with_layers_begins_where_it_names_the_base() -> None:
    kept = "FROM 560b57e7ff2c"
    lines = (
        *in_one_layer("ADD file:1 in /", 'CMD ["bash"]'),
        History(created_by=f"{NOP}ENV A=1", comment="FROM docker.io/library/debian:12", empty_layer=True),
        History(created_by="/bin/sh -c make", comment=kept),
        History(created_by=f'{NOP}CMD ["app"]', comment=kept, empty_layer=True),
    )
    image = image_of([diff_id("a"), diff_id("b")], Config(history=lines))
    assert sides(image, base_image("debian:12", "a")) == ["system"] * 2 + ["application"] * 3


def test_between_two_builds_that_nothing_tells_apart_nobody_is_named() -> None:
    lines = history("ADD file:1 in /", "ENV A=1", "RUN make")
    image = image_of([diff_id("a"), diff_id("b")], Config(history=lines))
    unknown = base_image("debian:12", "a")
    assert sides(image, unknown) == ["system", "unknown", "application"]
    assert whys(image, unknown)[1] == "author-nobody-says"


def test_a_squashed_build_whose_base_nobody_names_is_of_unknown_side() -> None:
    image = image_of([diff_id("x")], Config(history=in_one_layer(*ABOVE)))
    told = find_seam(
        image, tree_of([{"bin/sh": b"sh", "etc/os-release": b"ID=debian"}]), (), known=Shelf([])
    ).authors
    assert {(each.side, each.why.id) for each in told} == {(Side.UNKNOWN, "author-whole")}


def test_a_squashed_build_that_names_its_base_is_the_applications_where_the_image_is_one() -> None:
    lines = in_one_layer(*ABOVE, comment="FROM docker.io/library/debian:12")
    image = image_of(
        [diff_id("x")], Config(entrypoint=("/app/run",), exposed_ports=("80/tcp",), history=lines)
    )
    tree = tree_of([{"bin/sh": b"sh", "app/run": b"x"}])
    seam = find_seam(image, tree, (), known=Shelf([]))
    expected = Side.APPLICATION if seam.kind.value == ImageKind.APPLICATION else Side.UNKNOWN
    assert {each.side for each in seam.authors} == {expected}
    assert {each.why.args["base"] for each in seam.authors} == {"docker.io/library/debian:12"}


def test_a_setting_of_such_a_line_is_its_authors() -> None:
    lines = (*OWN, *in_one_layer("ENV A=1", 'CMD ["app"]', comment="FROM docker.io/library/debian:12"))
    image = image_of([diff_id("a"), diff_id("b")], Config(env=("A=1",), history=lines))
    for base in (BASE, base_image("debian:12", "a")):
        (setting,) = find_seam(image, fold([]), (), known=Shelf([base])).settings
        assert setting.side == Side.APPLICATION
