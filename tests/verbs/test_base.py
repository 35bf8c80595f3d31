"""Known bases, from real OCI layouts into a real ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
from benchmarks.seam.layouts import write_layout
from benchmarks.seam.make import BASES

from seamline.errors import NotFound
from seamline.model.image import Image
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.ledger import Ledger
from seamline.stores.shelf import starter
from seamline.verbs.base import (
    AddOptions,
    Surroundings,
    add_bases,
    export_bases,
    import_bases,
    list_bases,
    names_of,
    remove_bases,
    show_base,
    sync_bases,
)
from seamline.verbs.look import Looked, look

NAMES = ("debian:12.8", "debian:12.8-slim", "alpine:3.20.3", "python:3.12")
Home = Callable[[str], Surroundings]


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("bases")
    for name in NAMES:
        write_layout(folder / name.replace(":", "-"), BASES[name])
    return {name: folder / name.replace(":", "-") for name in NAMES}


@pytest.fixture
def home(tmp_path: Path, layouts: Mapping[str, Path]) -> Home:
    """Surroundings in which every layout stands in a registry (`place` says so) under `docker.io/library`."""

    def surroundings(place: str) -> Surroundings:
        def opened(text: str) -> Image:
            name = text.removeprefix("docker.io/library/")
            image = open_image(f"oci-dir:{layouts[name]}", Opening())
            return msgspec.structs.replace(image, place=place, reference=name)

        def looked(image: Image) -> Looked:
            return look(image, cache=None, limits=Limits())

        return Surroundings(
            ledger=Ledger(tmp_path / "ledger.db"),
            open=lambda text: [opened(text)],
            look=looked,
            tags=lambda repository: _tags(repository.removeprefix("docker.io/library/")),
            repositories=lambda host: ["library/alpine", "library/debian", "other/x"] if host else [],
            today="2026-01-31",
        )

    return surroundings


def _tags(repository: str) -> Sequence[str]:
    return [name.partition(":")[2] for name in NAMES if name.startswith(f"{repository}:")]


def add(world: Surroundings, *images: str, **options: object) -> list[str]:
    return [base.reference for base in add_bases(AddOptions(images=images, **options), world)]  # type: ignore[arg-type]


def test_a_base_at_hand_is_learnt_with_its_content(home: Home) -> None:
    world = home("docker")
    assert add(world, "debian:12.8", owner="infra") == ["debian:12.8"]
    (base,) = world.ledger.every()
    assert (base.team, base.first_seen, base.names) == (
        "infra",
        "2026-01-31",
        ("docker.io/library/debian:12.8",),
    )
    assert base.inventory is not None
    assert "deb/libc6=1.5-1" in base.inventory.packages


@pytest.mark.parametrize(
    ("place", "reference", "name"),
    [
        ("containers-storage", "containers-storage:localhost/org:1", "localhost/org:1"),
        (
            "containers-storage",
            "containers-storage:[vfs@/var/lib/x+/run/x]localhost/org:1",
            "localhost/org:1",
        ),
        ("docker", "docker:org:1", "docker.io/library/org:1"),
        ("podman", "podman:quay.example/org:1", "quay.example/org:1"),
        ("registry", "docker:27", "docker.io/library/docker:27"),
        ("oci-dir", "oci-dir:/srv/org:1", "oci-dir:/srv/org:1"),
    ],
)
def test_a_base_is_known_by_the_name_that_images_built_on_it_say(
    layouts: Mapping[str, Path], place: str, reference: str, name: str
) -> None:
    image = open_image(f"oci-dir:{layouts['debian:12.8']}", Opening())
    placed = msgspec.structs.replace(image, place=place, reference=reference, names=())
    assert names_of(placed) == (name,)


@pytest.mark.parametrize("place", ["podman", "containers-storage"])
def test_a_short_name_is_what_the_store_calls_the_image(layouts: Mapping[str, Path], place: str) -> None:
    image = open_image(f"oci-dir:{layouts['debian:12.8']}", Opening())
    told = ("localhost/org:1", "registry.example/org:1")
    placed = msgspec.structs.replace(image, place=place, reference=f"{place}:org:1", names=told)
    assert names_of(placed) == told


def test_a_base_in_a_registry_is_studied_only_when_asked(home: Home) -> None:
    world = home("registry")
    add(world, "debian:12.8")
    assert world.ledger.every()[0].inventory is None
    add(world, "debian:12.8", study=True)
    assert world.ledger.every()[0].inventory is not None


def test_tags_are_chosen_by_glob_or_all_together(home: Home) -> None:
    world = home("registry")
    assert add(world, "debian", tag_glob="*-slim") == ["debian:12.8-slim"]
    assert add(world, "debian", all_tags=True) == ["debian:12.8", "debian:12.8-slim"]
    assert add(world, "debian:*.8") == ["debian:12.8"]


def test_a_whole_path_of_a_registry_is_added(home: Home) -> None:
    assert add(home("registry"), "docker.io/library/*") == [
        "alpine:3.20.3",
        "debian:12.8",
        "debian:12.8-slim",
    ]


def test_a_pattern_that_matches_nothing_says_so(home: Home) -> None:
    with pytest.raises(NotFound, match=r"debian:9\*: expected at least one match"):
        add(home("registry"), "debian:9*")


def test_a_list_kept_in_git_is_added_whole(home: Home) -> None:
    world = home("registry")
    text = (
        b"bases: [{image: 'debian:12.8', owner: infra}, {image: 'python:3.12', owner: platform, study: true}]"
    )
    sync_bases(text, "bases.yaml", world)
    sync_bases(text, "bases.yaml", world)
    told = [(base.reference, base.team, base.inventory is not None) for base in list_bases(world.ledger)]
    assert told == [("debian:12.8", "infra", False), ("python:3.12", "platform", True)]


def test_bases_travel_by_export_and_import(home: Home, tmp_path: Path) -> None:
    world = home("docker")
    add(world, "debian:12.8", "alpine:3.20.3")
    other = Ledger(tmp_path / "other.db")
    assert import_bases(other, export_bases(world.ledger), "export") == 2
    assert other.every() == world.ledger.every()


def test_bases_are_listed_and_shown_by_the_names_people_use(home: Home) -> None:
    world = home("docker")
    add(world, "debian:12.8", "alpine:3.20.3")
    for meant in ("debian:*", "debian", "docker.io/library/debian", "debian:12.8"):
        assert [base.reference for base in list_bases(world.ledger, meant)] == ["debian:12.8"]
    assert list_bases(world.ledger, "debian:12") == list_bases(world.ledger, "fedora") == ()
    (shown,) = show_base(world.ledger, "debian:12.8")
    assert show_base(world.ledger, str(shown.digest)) == (shown,)
    with pytest.raises(NotFound, match="base list"):
        show_base(world.ledger, "fedora:41")


def test_a_base_is_removed_by_name_and_the_starters_bases_are_not_touched(home: Home) -> None:
    world = home("docker")
    add(world, "debian:12.8")
    assert remove_bases(world.ledger, ["debian:12.8"]) == 1
    with pytest.raises(NotFound):
        remove_bases(world.ledger, ["debian:bookworm-20241202"])
    assert show_base(starter(), "debian:bookworm-20241202")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("debian:12", "known instead: debian:bookworm-20241202, debian:bookworm"),
        ("debian:12-slim", "known instead: debian:bookworm-20241202-slim, debian:bookworm-slim"),
        ("debian:99", "seamline base list debian"),
        ("debian", "seamline base list debian"),
        ("nobody.test/knows:1", "seamline base list"),
    ],
)
def test_a_name_that_no_base_has_is_answered_with_the_nearest_that_are_known(asked: str, told: str) -> None:
    with pytest.raises(NotFound) as fault:
        show_base(starter(), asked)
    assert str(fault.value).endswith(f"({told})")
