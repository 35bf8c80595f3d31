"""Who set a setting: the base's own configuration first, then the build step."""

from __future__ import annotations

import gzip
import json

import pytest

from seamline.model.image import Config, History, Image
from seamline.model.package import Side
from seamline.model.seam import Base
from seamline.seam.find import find_seam
from seamline.stores.shelf import Shelf
from seamline.tree.fold import fold
from tests.data import data_path
from tests.scenes import tree_of
from tests.seam.images import base_image, diff_id, history, image_of

PATH = "PATH=/usr/bin:/bin"
BASE = base_image(
    "debian:12", "a", config=Config(env=(PATH, "LANG=C"), command=("bash",), labels={"by": "org"})
)


def sides(image: Image, *known: Base) -> dict[str, Side]:
    seam = find_seam(image, fold([]), (), known=Shelf(known))
    return {f"{setting.kind} {setting.key}".strip(): setting.side for setting in seam.settings}


def test_a_value_as_in_the_base_is_the_bases_and_a_changed_one_the_applications() -> None:
    config = Config(
        env=(PATH, "LANG=C.UTF-8", "PORT=80"),
        command=("nginx",),
        labels={"by": "org", "app": "x"},
        user="app",
        exposed_ports=("80/tcp",),
        volumes=("/data",),
        working_dir="/app",
        stop_signal="SIGQUIT",
        healthcheck=("CMD", "true"),
        entrypoint=("/start",),
    )
    assert sides(image_of([diff_id("a"), diff_id("b")], config), BASE) == {
        "env PATH": Side.SYSTEM,
        "env LANG": Side.APPLICATION,
        "env PORT": Side.APPLICATION,
        "user": Side.APPLICATION,
        "entrypoint": Side.APPLICATION,
        "command": Side.APPLICATION,
        "healthcheck": Side.APPLICATION,
        "workdir": Side.APPLICATION,
        "stop-signal": Side.APPLICATION,
        "label by": Side.SYSTEM,
        "label app": Side.APPLICATION,
        "port 80/tcp": Side.APPLICATION,
        "volume /data": Side.APPLICATION,
    }


LINES = history(
    "ADD file:1 in /", "ENV LANG=C", 'CMD ["bash"]', "ENV PORT=80", "COPY app /", "EXPOSE 80", 'CMD ["app"]'
)


def test_without_the_bases_configuration_the_build_step_tells() -> None:
    config = Config(env=("LANG=C", "PORT=80"), exposed_ports=("80",), command=("app",), history=LINES)
    unknown = base_image("debian:12", "a", config=Config())
    assert sides(image_of([diff_id("a"), diff_id("b")], config), unknown) == {
        "env LANG": Side.SYSTEM,
        "env PORT": Side.APPLICATION,
        "port 80": Side.APPLICATION,
        "command": Side.APPLICATION,
    }


def test_a_setting_that_nothing_tells_of_is_of_unknown_side() -> None:
    config = Config(env=("PORT=80",), command=("app",), history=())
    image = image_of([diff_id("a"), diff_id("b")], config)
    seam = find_seam(image, tree_of([{"bin/sh": b"sh"}, {}]), (), known=Shelf([]))
    assert {setting.side for setting in seam.settings} == {Side.UNKNOWN}


def test_settings_between_two_builds_without_a_command_are_of_unknown_side() -> None:
    lines = history("ADD file:1 in /", "ENV A=1", "COPY app /", 'CMD ["app"]')
    config = Config(env=("A=1",), command=("app",), history=lines)
    known = base_image("debian:12", "a", config=Config())
    found = find_seam(
        image_of([diff_id("a"), diff_id("b")], config),
        fold([]),
        (),
        known=Shelf([known, base_image("x:1", "a")]),
    )
    assert [(setting.kind, setting.side) for setting in found.settings] == [
        ("env", Side.UNKNOWN),
        ("command", Side.APPLICATION),
    ]


@pytest.mark.data
def test_settings_of_a_real_nginx_image_lie_on_the_sides_its_dockerfiles_say() -> None:
    with gzip.open(data_path("base-images/image-configs.jsonl.gz"), "rt") as lines:
        told = next(
            image for image in map(json.loads, lines) if image["where"].endswith("image-configs/nginx.json")
        )
    steps = tuple(
        History(created_by=step.get("created_by", ""), empty_layer=step.get("empty_layer", False))
        for step in told["history"]
    )
    config = Config(
        env=tuple(told["config"]["Env"]),
        command=tuple(told["config"]["Cmd"]),
        exposed_ports=tuple(told["config"]["ExposedPorts"]),
        history=steps,
    )
    debian = Base(names=("docker.io/library/debian:9",), diff_ids=tuple(told["diff_ids"][:1]))
    found = sides(image_of(told["diff_ids"], config), debian)
    assert (
        found.pop("env PATH") == Side.UNKNOWN
    )  # no step sets it, and that base's configuration is not known
    assert set(found.values()) == {Side.APPLICATION}
    assert {"env NGINX_VERSION", "port 80/tcp", "command"} <= set(found)


@pytest.mark.parametrize("known", [Config(), Config(command=("bash",))])
def test_a_value_that_no_step_tells_of_is_not_of_the_step_that_set_another(known: Config) -> None:
    lines = history("ADD file:1 in /", 'CMD ["bash"]', "buildah commit")
    config = Config(command=("/app/serve", "-v"), history=lines)
    image = image_of([diff_id("a"), diff_id("b")], config)
    assert sides(image, base_image("debian:12", "a", config=known)) == {"command": Side.APPLICATION}


def test_a_shell_line_is_found_in_its_step_however_that_is_escaped() -> None:
    lines = history("ADD file:1 in /", r'CMD ["/bin/sh" "-c" "a \u0026\u0026 echo \"b\""]')
    config = Config(command=("/bin/sh", "-c", 'a && echo "b"'), history=lines)
    assert sides(image_of([diff_id("a")], config), base_image("debian:12", "a", config=Config())) == {
        "command": Side.SYSTEM
    }
