"""Hard cases of finding a seam, each named after what makes it hard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.model.evidence import Rung
from seamline.model.image import Config, History, Image, Platform
from seamline.model.package import Install, Side
from seamline.model.seam import Base, ContentSpan, Form, ImageKind, LayerSpan, Seam
from seamline.seam.find import find_seam
from seamline.seam.learn import base_of, inventory_of
from seamline.seam.weigh import weigh, weigh_sides
from seamline.stores.shelf import Shelf
from seamline.tree.tree import Tree
from tests.scenes import File, Thing, tree_of
from tests.seam.images import base_image, deb, diff_id, history, image_of, side_of_layer

APP = Config(command=("/app/run",))
DEBIAN: dict[str, Thing] = {
    "etc/os-release": b"ID=debian\n",
    "etc/passwd": b"root\n",
    "bin/sh": b"sh",
    "usr/bin/apt-get": b"apt",
    **{f"usr/lib/libc/part{number}": b"libc %d" % number for number in range(30)},
    **{f"usr/lib/ssl/part{number}": b"ssl %d" % number for number in range(10)},
    "var/lib/dpkg/status": b"libc6 2.36, libssl3 3.0",
}
PYTHON: dict[str, Thing] = {
    f"usr/local/lib/python3.12/m{number}.py": b"py %d" % number for number in range(20)
}
PACKAGES = (deb("libc6", "2.36"), deb("libssl3", "3.0"))


def studied(
    name: str, *layers: dict[str, Thing], packages: Sequence[Install] = PACKAGES, also: str = ""
) -> Base:
    """A base whose content is known; its diff_ids come from its name."""
    image = image_of([diff_id(f"{name} {at}") for at in range(len(layers))])
    names = [f"docker.io/library/{each}" for each in (name, also) if each]
    inventory = inventory_of(tree_of(layers), packages)
    diff_ids = [layer.diff_id for layer in image.layers if layer.diff_id]
    return base_of(image, diff_ids, names=names, team="", day="2026-01-31", inventory=inventory)


def on(base: Base, *above: str, config: Config = APP) -> Image:
    return image_of([*base.diff_ids, *(diff_id(name) for name in above)], config)


def seam_of(image: Image, tree: Tree, known: Iterable[Base], installs: Sequence[Install] = PACKAGES) -> Seam:
    return find_seam(image, tree, installs, known=Shelf(known))


def side_at(seam: Seam, tree: Tree, path: bytes) -> Side:
    entry = tree.at(path)
    assert entry is not None
    return seam.side_of(entry)


def test_an_app_that_upgrades_a_package_of_its_base_owns_the_new_copy_and_the_base_its_origin() -> None:
    base = studied("python:3.12", DEBIAN, PYTHON)
    setuptools = deb("setuptools", "80.0", layer=1, current=2)
    tree = tree_of([DEBIAN, PYTHON, {"usr/local/lib/python3.12/m0.py": b"newer"}])
    seam = seam_of(on(base, "pip install -U setuptools"), tree, [base], (setuptools,))
    assert seam.stratum_of_install(setuptools).side == Side.APPLICATION
    assert side_of_layer(seam, setuptools.origin_layer) == Side.SYSTEM


def test_an_app_layer_that_upgrades_libssl_shadows_the_system_and_leaves_the_rest_of_it() -> None:
    base = studied("debian:12", DEBIAN)
    upgraded = deb("libssl3", "3.0.1", layer=0, current=1)
    tree = tree_of([DEBIAN, {"usr/lib/ssl/part0": b"new", "var/lib/dpkg/status": b"libssl3 3.0.1"}])
    seam = seam_of(on(base, "apt-get upgrade"), tree, [base], (PACKAGES[0], upgraded))
    assert seam.stratum_of_install(upgraded).side == Side.APPLICATION
    assert seam.stratum_of_install(PACKAGES[0]).side == Side.SYSTEM
    assert side_at(seam, tree, b"usr/lib/ssl/part0") == Side.APPLICATION
    assert side_at(seam, tree, b"usr/lib/ssl/part1") == Side.SYSTEM


def test_a_package_removed_and_reinstalled_above_the_base_is_the_applications() -> None:
    base = studied("debian:12", DEBIAN)
    again = deb("libssl3", "3.0", layer=2)
    seam = seam_of(on(base, "remove", "install"), tree_of([DEBIAN, {}, {}]), [base], (PACKAGES[0], again))
    assert seam.stratum_of_install(again).side == Side.APPLICATION


def test_a_secret_in_the_organisations_own_base_is_the_systems() -> None:
    secret: dict[str, Thing] = {"root/.npmrc": b"token"}
    base = studied("org/base:1", DEBIAN, secret)
    tree = tree_of([DEBIAN, secret, {"app/run": b"x"}])
    assert side_at(seam_of(on(base, "app"), tree, [base]), tree, b"root/.npmrc") == Side.SYSTEM


def test_a_squashed_image_without_annotation_is_found_by_its_content() -> None:
    base = studied("debian:12", DEBIAN)
    tree = tree_of([{**DEBIAN, "app/run": b"x", "etc/passwd": b"root\napp\n"}])
    seam = seam_of(image_of([diff_id("squashed")], APP), tree, [base])
    system, application = seam.strata
    assert (system.base, system.confidence, system.side) == (base, Rung.CONTENT, Side.SYSTEM)
    assert isinstance(system.extent, ContentSpan)
    assert (system.extent.packages, application.side) == (2, Side.APPLICATION)
    assert side_at(seam, tree, b"app/run") == Side.APPLICATION
    assert side_at(seam, tree, b"usr/lib/libc/part0") == Side.SYSTEM
    assert seam.stratum_of_layer(0) is None


def test_a_squashed_image_of_an_unknown_base_gets_no_invented_one() -> None:
    newer = {**DEBIAN, "usr/lib/ssl/part0": b"fixed"}
    sibling = studied("debian:12.9", newer, packages=(PACKAGES[0], deb("libssl3", "3.0.1")))
    tree = tree_of([{**DEBIAN, "app/run": b"x"}])
    (stratum,) = seam_of(image_of([diff_id("squashed")], APP), tree, [sibling]).strata
    assert (stratum.side, stratum.base, stratum.candidates) == (Side.UNKNOWN, None, ())
    assert "near-a-base" in {reason.message.id for reason in stratum.evidence}


def test_a_base_of_a_few_paths_is_not_called_near() -> None:
    tiny = studied("team/tiny", {"etc/passwd": b"root\n", "greeting": b"hello"}, packages=())
    tree = tree_of([{**DEBIAN, "app/run": b"x"}])
    (stratum,) = seam_of(image_of([diff_id("squashed")], APP), tree, [tiny]).strata
    assert "near-a-base" not in {reason.message.id for reason in stratum.evidence}


def test_a_base_of_which_little_is_here_is_not_called_near() -> None:
    mine = {path: DEBIAN[path] for path in list(DEBIAN)[: len(DEBIAN) * 2 // 5]}
    tree = tree_of([{**mine, "app/run": b"x"}])
    image = image_of([diff_id("squashed")], APP)
    (stratum,) = seam_of(image, tree, [studied("debian:12", DEBIAN)]).strata
    assert "near-a-base" not in {reason.message.id for reason in stratum.evidence}


def test_a_base_built_on_the_true_one_is_not_taken_for_it_in_a_squashed_image() -> None:
    derived = studied("org/base:1", DEBIAN, {"etc/org.conf": b"x"})
    tree = tree_of([{**DEBIAN, "app/run": b"x"}])
    (stratum,) = seam_of(image_of([diff_id("squashed")], APP), tree, [derived]).strata
    assert (stratum.side, stratum.base) == (Side.UNKNOWN, None)


def test_a_squashed_image_whose_annotation_fails_by_layers_is_confirmed_by_content() -> None:
    base, other = studied("debian:12", DEBIAN), studied("debian:12-copy", DEBIAN)
    name = "org.opencontainers.image.base.name"
    image = image_of([diff_id("squashed")], APP, annotations={name: "debian:12"})
    seam = seam_of(image, tree_of([{**DEBIAN, "app/run": b"x"}]), [base, other])
    assert (seam.strata[0].base, len(seam.strata[0].candidates)) == (base, 2)
    assert "claim-and-content-agree" in {reason.message.id for reason in seam.strata[0].evidence}


def test_one_root_filesystem_under_two_configurations_is_told_as_two_candidates() -> None:
    plain = base_image("debian:12", "root", config=Config(command=("bash",)))
    utf8 = base_image("debian:12-utf8", "root", config=Config(env=("LANG=C.UTF-8",)))
    seam = find_seam(on(plain, "app"), tree_of([DEBIAN, {}]), (), known=Shelf([plain, utf8]))
    assert seam.strata[0].base is None
    assert seam.strata[0].candidates == (plain, utf8)
    assert seam.strata[0].name == "debian:12 or debian:12-utf8"


def test_a_runtime_copied_from_a_third_image_is_the_applications() -> None:
    base, python = studied("debian:12-slim", DEBIAN), studied("python:3.12", DEBIAN, PYTHON)
    tree = tree_of([DEBIAN, PYTHON, {"app/run": b"x"}])
    steps = (
        "ADD rootfs.tar / # buildkit",
        "COPY /usr/local /usr/local # buildkit",
        "COPY run /app/ # buildkit",
    )
    config = Config(entrypoint=("/app/run",), history=tuple(History(created_by=step) for step in steps))
    seam = seam_of(on(base, "usr/local", "app", config=config), tree, [base, python])
    assert [stratum.name for stratum in seam.strata] == ["debian:12-slim", "application"]
    assert side_at(seam, tree, b"usr/local/lib/python3.12/m0.py") == Side.APPLICATION
    copied = [reason.message for reason in seam.strata[1].evidence if reason.message.id == "copied-from"]
    assert [message.args["bases"] for message in copied] == ["python:3.12"]


def test_a_chain_of_bases_has_an_owner_each() -> None:
    names = ("debian:12", "python:3.12", "registry.example.org/org/base:1")
    chain = [base_image(name, *"abc"[: at + 1]) for at, name in enumerate(names)]
    seam = seam_of(image_of([diff_id(name) for name in "abcd"], APP), tree_of([DEBIAN, {}, {}, {}]), chain)
    assert [stratum.extent for stratum in seam.strata] == [LayerSpan(at, at) for at in range(4)]
    assert [stratum.publisher for stratum in seam.strata] == [
        "docker.io/library/debian",
        "docker.io/library/python",
        "registry.example.org/org/base",
        "",
    ]


def test_a_squashed_chain_is_told_stratum_by_stratum() -> None:
    python = studied("python:3.12", DEBIAN, PYTHON)
    lower = inventory_of(tree_of([DEBIAN]), PACKAGES)
    debian = Base(names=("docker.io/library/debian:12",), diff_ids=python.diff_ids[:1], inventory=lower)
    tree = tree_of([{**DEBIAN, **PYTHON, "app/run": b"x"}])
    seam = seam_of(image_of([diff_id("squashed")], APP), tree, [python, debian])
    assert [stratum.name for stratum in seam.strata] == ["debian:12", "python:3.12", "application"]
    found = tree.at(b"bin/sh")
    assert found is not None
    assert seam.stratum_of(found).name == "debian:12"


def test_a_wasm_module_from_scratch_has_no_system_side() -> None:
    image = image_of([diff_id("wasm")], platform=Platform(os="wasip1", architecture="wasm"))
    seam = seam_of(image, tree_of([{"app.wasm": b"\0asm"}]), [], ())
    assert [stratum.side for stratum in seam.strata] == [Side.APPLICATION]
    assert (seam.kind.value, seam.form.value) == (ImageKind.APPLICATION, Form.WASM)


def test_an_artifact_without_layers_has_no_sides_at_all() -> None:
    seam = seam_of(image_of([]), tree_of([]), [], ())
    assert (seam.strata, seam.kind.value) == ((), ImageKind.ARTIFACT)


def test_an_image_equal_to_its_base_plus_labels_has_an_empty_application_side() -> None:
    base = studied("debian:12", DEBIAN)
    tree = tree_of([DEBIAN])
    seam = seam_of(on(base, config=Config(command=("bash",), labels={"team": "x"})), tree, [base])
    sides = weigh_sides(seam, weigh(seam, tree, PACKAGES))
    assert (sides[Side.APPLICATION].files, sides[Side.UNKNOWN].files) == (0, 0)
    assert sides[Side.SYSTEM].packages == 2
    assert seam.kind.value == ImageKind.SYSTEM


def test_a_recompressed_mirror_of_a_base_is_still_that_base() -> None:
    base = base_image("debian:12", "root")
    zstd = "application/vnd.oci.image.layer.v1.tar+zstd"
    image = image_of([diff_id("root"), diff_id("app")], APP, media_type=zstd)
    seam = seam_of(image, tree_of([DEBIAN, {}]), [base])
    assert seam.strata[0].base == base


def test_a_first_layer_without_os_release_does_not_hide_the_system_above_it() -> None:
    lines = history("COPY ca.crt /etc/", "ADD rootfs.tar /", 'CMD ["bash"]', "COPY app /", 'CMD ["/app/run"]')
    image = image_of([diff_id(name) for name in "abc"], Config(history=lines, command=("/app/run",)))
    seam = seam_of(image, tree_of([{"etc/ca.crt": b"x"}, DEBIAN, {"app/run": b"x"}]), [])
    assert [(stratum.extent, stratum.side) for stratum in seam.strata] == [
        (LayerSpan(0, 1), Side.SYSTEM),
        (LayerSpan(2, 2), Side.APPLICATION),
    ]


def test_one_layer_under_two_parents_is_of_each_images_own_side() -> None:
    debian, tools = base_image("debian:12", "a"), base_image("org/tools:1", "b", "shared")
    application = image_of([diff_id("a"), diff_id("shared")], APP)
    base = image_of([diff_id("b"), diff_id("shared")], APP)
    known, tree = [debian, tools], tree_of([DEBIAN, {}])
    assert side_of_layer(seam_of(application, tree, known), 1) == Side.APPLICATION
    assert side_of_layer(seam_of(base, tree, known), 1) == Side.SYSTEM


def test_chown_and_chmod_over_a_base_keep_its_side() -> None:
    base = studied("debian:12", DEBIAN)
    owned = {
        path: File(data, mode=0o700, uid=999) for path, data in DEBIAN.items() if isinstance(data, bytes)
    }
    tree = tree_of([DEBIAN, owned, {"app/run": b"x"}])
    seam = seam_of(on(base, "chown", "app"), tree, [base])
    sides = weigh_sides(seam, weigh(seam, tree, ()))
    assert sides[Side.APPLICATION].files == 1
    squashed = tree_of([{**owned, "app/run": b"x"}])
    by_content = seam_of(image_of([diff_id("squashed")], APP), squashed, [base])
    assert weigh_sides(by_content, weigh(by_content, squashed, ()))[Side.APPLICATION].files == 1
