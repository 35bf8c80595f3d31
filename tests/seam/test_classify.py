"""Kind and form of images, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from seamline.model.image import Config, Image
from seamline.model.package import Side
from seamline.model.seam import Base, Form, ImageKind, Seam
from seamline.seam.find import find_seam
from seamline.stores.shelf import Shelf
from tests.scenes import Link, Scene, Thing, tree_of
from tests.seam.images import base_image, deb, diff_id, history, image_of

SHELL: dict[str, Thing] = {"usr/bin/sh": b"sh", "bin": Link("usr/bin"), "etc/os-release": b"ID=x"}
DEBIAN: dict[str, Thing] = {**SHELL, "usr/bin/apt-get": b"apt", "usr/share/man/man1/apt.1.gz": b"manual"}
SLIM: dict[str, Thing] = {**SHELL, "usr/bin/apt-get": b"apt", "usr/share/man/man1/x": Link("y")}
DISTROLESS: dict[str, Thing] = {"etc/os-release": b"ID=debian", "usr/lib/x86_64-linux-gnu/libc.so.6": b"libc"}


def seam_of(scene: Scene, config: Config, known: Iterable[Base] = ()) -> Seam:
    image = image_of([diff_id(str(at)) for at in range(len(scene))], config)
    installs = [deb("libc6", "2.36")] if "var/lib/dpkg/status.d/libc6" in scene[0] else []
    return find_seam(image, tree_of(scene), installs, known=Shelf(known))


def configured(*lines: str, command: tuple[str, ...] = (), env: tuple[str, ...] = ()) -> Config:
    return Config(history=history(*lines), command=command, env=env)


def test_a_distributions_own_image_is_a_system_image_even_when_nobody_knows_it() -> None:
    seam = seam_of([DEBIAN], configured("ADD file:1 in /", 'CMD ["bash"]', command=("bash",)))
    assert (seam.kind.value, seam.form.value) == (ImageKind.SYSTEM, Form.FULL)
    assert [stratum.side for stratum in seam.strata] == [Side.SYSTEM]


@pytest.mark.parametrize(
    ("env", "command"),
    [("PYTHON_VERSION=3.12.7", "python3"), ("NODE_VERSION=22.1.0", "node"), ("GOLANG_VERSION=1.23", "bash")],
)
def test_a_languages_image_on_a_known_base_is_a_runtime_and_all_system(env: str, command: str) -> None:
    lines = ("ADD file:1 in /", 'CMD ["bash"]', f"ENV {env}", "RUN make install", f'CMD ["{command}"]')
    config = configured(*lines, command=(command,), env=(env,))
    seam = seam_of([DEBIAN, {"usr/local/bin/x": b"x"}], config, [base_image("debian:12", "0")])
    assert seam.kind.value == ImageKind.RUNTIME
    assert {stratum.side for stratum in seam.strata} == {Side.SYSTEM}


def test_an_application_that_inherits_the_bare_start_of_its_runtime_is_no_runtime() -> None:
    lines = ("ADD file:1 in /", 'CMD ["bash"]', "RUN make install", 'CMD ["python3"]', "RUN pip install x")
    config = configured(*lines, command=("python3",), env=("PYTHON_VERSION=3.12.7",))
    seam = seam_of([DEBIAN, {"usr/local/bin/x": b"x"}, {"usr/local/lib/x": b"x"}], config)
    assert seam.kind.value == ImageKind.UNKNOWN
    assert seam.strata[-1].side == Side.APPLICATION


def test_an_image_that_starts_a_server_is_an_application() -> None:
    lines = (
        "ADD file:1 in /",
        'CMD ["bash"]',
        "RUN apt-get install nginx",
        'CMD ["nginx" "-g" "daemon off;"]',
    )
    config = configured(*lines, command=("nginx", "-g", "daemon off;"))
    seam = seam_of([DEBIAN, {"usr/sbin/nginx": b"x"}], config, [base_image("debian:12", "0")])
    assert seam.kind.value == ImageKind.APPLICATION
    assert [stratum.side for stratum in seam.strata] == [Side.SYSTEM, Side.APPLICATION]


def test_an_interpreter_with_a_script_is_an_application() -> None:
    config = configured(command=("python3", "/app/main.py"))
    assert seam_of([DEBIAN, {"app/main.py": b"x"}], config).kind.value == ImageKind.APPLICATION


def test_own_files_make_an_application_whatever_it_starts() -> None:
    lines = ("ADD file:1 in /", 'CMD ["bash"]', "COPY . /srv/site", 'CMD ["bash"]')
    seam = seam_of([DEBIAN, {"srv/site/index.html": b"x"}], configured(*lines, command=("bash",)))
    assert seam.kind.value == ImageKind.APPLICATION


def test_distroless_without_an_application_is_a_system_image_of_distroless_form() -> None:
    scene: Scene = [{**DISTROLESS, "var/lib/dpkg/status.d/libc6": b"x"}]
    seam = seam_of(scene, Config(), [base_image("gcr.io/distroless/base:1", "0")])
    assert (seam.kind.value, seam.form.value) == (ImageKind.SYSTEM, Form.DISTROLESS)


def test_nginx_on_distroless_is_an_application_of_distroless_form() -> None:
    scene: Scene = [DISTROLESS, {"usr/sbin/nginx": b"x"}]
    seam = seam_of(
        scene, Config(entrypoint=("/usr/sbin/nginx",)), [base_image("gcr.io/distroless/base:1", "0")]
    )
    assert (seam.kind.value, seam.form.value) == (ImageKind.APPLICATION, Form.DISTROLESS)


@pytest.mark.parametrize(
    ("layer", "form"),
    [
        (DEBIAN, Form.FULL),
        ({**SHELL, "usr/bin/apt-get": b"apt"}, Form.SLIM),
        (SHELL, Form.SLIM),
        (DISTROLESS, Form.DISTROLESS),
        ({"server": b"\x7fELF", "etc/ssl/certs/ca.crt": b"x"}, Form.STATIC),
        ({"lib/ld-musl-x86_64.so.1": b"x", "server": b"\x7fELF"}, Form.DISTROLESS),
    ],
)
def test_the_form_is_what_there_is_of_an_operating_system(layer: dict[str, Thing], form: Form) -> None:
    seam = seam_of([layer], Config(entrypoint=("/server",)))
    assert seam.form.value == form
    assert seam.form.reasons


def test_a_module_that_an_ordinary_image_starts_is_wasm() -> None:
    seam = seam_of([{"app/main.wasm": b"\0asm"}], Config(entrypoint=("/app/main.wasm",)))
    assert (seam.kind.value, seam.form.value) == (ImageKind.APPLICATION, Form.WASM)


def _unread(image: Image, *positions: int) -> Image:
    layers = [
        msgspec.structs.replace(layer, problem="encrypted") if layer.position in positions else layer
        for layer in image.layers
    ]
    return msgspec.structs.replace(image, layers=tuple(layers))


@pytest.mark.parametrize("command", [("bash",), ("nginx", "-g", "daemon off;")])
def test_an_image_of_which_no_layer_could_be_read_is_of_unknown_kind_and_form(
    command: tuple[str, ...],
) -> None:
    image = _unread(image_of([diff_id("0")], configured(command=command)), 0)
    seam = find_seam(image, tree_of([{}]), [], known=Shelf([]))
    assert (seam.kind.value, seam.form.value) == (ImageKind.UNKNOWN, Form.UNKNOWN)
    told = [reason.message.id for reason in (*seam.kind.reasons, *seam.form.reasons)]
    assert told == ["kind-not-seen", "form-not-seen"]


def test_what_a_layer_not_read_may_hold_is_not_called_absent() -> None:
    image = _unread(image_of([diff_id("0"), diff_id("1")], configured(command=("/app",))), 1)
    assert find_seam(image, tree_of([{}, {}]), [], known=Shelf([])).form.value == Form.UNKNOWN
    assert find_seam(image, tree_of([DEBIAN, {}]), [], known=Shelf([])).form.value == Form.FULL
