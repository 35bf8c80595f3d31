"""History lines as builders really write them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from seamline.formats.oci.documents import parse_config
from seamline.model.image import Config, History
from seamline.seam.history import builds_end, named_in_history, steps_of
from tests.data import data_path
from tests.seam.images import history

DEBIAN = "# debian.sh --arch 'amd64' out/ 'bookworm' '@1733097600'"


def test_steps_know_the_layer_they_made() -> None:
    steps = steps_of(Config(history=history("ADD file:1 in /", 'CMD ["bash"]', "COPY . /app")), 2)
    assert [(step.verb, step.layers_below, step.position) for step in steps] == [
        ("ADD", 0, 0),
        ("CMD", 1, None),
        ("COPY", 1, 1),
    ]


def test_history_that_does_not_fit_the_layers_says_nothing() -> None:
    assert steps_of(Config(history=history("COPY a /", "COPY b /")), 1) == ()


def test_a_command_with_layers_above_it_ends_a_build() -> None:
    lines = history(
        "/bin/sh -c #(nop) ADD file:1 in /", 'CMD ["bash"]', "RUN apt-get update", 'CMD ["nginx"]'
    )
    assert builds_end(steps_of(Config(history=lines), 2)) == (1,)


def test_an_old_style_command_is_read_like_a_new_one() -> None:
    lines = (
        History(created_by="/bin/sh -c #(nop) ADD file:1 in / "),
        History(created_by='/bin/sh -c #(nop)  CMD ["bash"]', empty_layer=True),
        History(created_by="/bin/sh -c apt-get update"),
    )
    assert builds_end(steps_of(Config(history=lines), 2)) == (1,)


def test_buildah_notes_what_it_built_on() -> None:
    lines = (
        History(created_by="/bin/sh"),
        History(created_by="/bin/sh -c dnf install x", comment="FROM registry.fedoraproject.org/fedora:41"),
    )
    steps = steps_of(Config(history=lines), 2)
    assert steps[1].built_on == "registry.fedoraproject.org/fedora:41"
    assert builds_end(steps) == (1,)


def test_layers_over_a_bazel_image_are_another_build() -> None:
    lines = (History(created_by="bazel build ..."), History(created_by="COPY app / # buildkit"))
    assert builds_end(steps_of(Config(history=lines), 2)) == (1,)


def test_a_debian_line_names_the_full_and_the_slim_image_of_its_day() -> None:
    named = named_in_history(steps_of(Config(history=history(DEBIAN)), 1))
    assert named is not None
    assert named.references == (
        "docker.io/library/debian:bookworm-20241202-slim",
        "docker.io/library/debian:bookworm-20241202",
    )


def test_a_minirootfs_names_the_alpine_release() -> None:
    named = named_in_history(
        steps_of(Config(history=history("ADD alpine-minirootfs-3.18.12-aarch64.tar.gz / # buildkit")), 1)
    )
    assert named is not None
    assert named.references == ("docker.io/library/alpine:3.18.12",)


def test_a_debian_line_above_the_first_layer_names_nothing() -> None:
    assert named_in_history(steps_of(Config(history=history("COPY a /", DEBIAN)), 2)) is None


@pytest.mark.data
def test_the_day_in_official_debian_lines_is_the_day_in_their_tags() -> None:
    with gzip.open(data_path("base-images/official-images.jsonl.gz"), "rt") as lines:
        images = [json.loads(line) for line in lines]
    for image in (each for each in images if each["image"] == "debian" and "diff_id" in each["layers"][0]):
        named = named_in_history(steps_of(Config(history=history(*image["history"])), 1))
        assert named is not None
        tags = {f"docker.io/library/debian:{tag}" for tag in image["tags"]}
        assert tags.intersection(named.references), image["tags"]


@pytest.mark.parametrize(("tool", "boundary", "layers"), [("jib", 1, 4), ("ko", 1, 3), ("kaniko", 1, 3)])
def test_a_tools_own_mark_ends_the_build_below_it(tool: str, boundary: int, layers: int) -> None:
    raw = (Path(__file__).parent / "fixtures" / f"{tool}-config.json").read_bytes()
    steps = steps_of(parse_config(raw, tool).config, layers)
    assert builds_end(steps) == (boundary,)
    made = [step.tool for step in steps if step.position is not None]
    assert made == [""] * boundary + [tool] * (layers - boundary)


def test_kaniko_on_a_base_that_tells_nothing_tells_of_its_own_layers() -> None:
    raw = (Path(__file__).parent / "fixtures" / "kaniko-bare-config.json").read_bytes()
    steps = steps_of(parse_config(raw, "kaniko").config, 3)
    assert [(step.verb, step.position) for step in steps] == [("COPY", 1), ("RUN", 2)]
    assert builds_end(steps) == (1,)
