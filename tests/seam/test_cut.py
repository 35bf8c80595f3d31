"""Strata by layers: what is proved, what lies between and above, what is only claimed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from seamline.model.evidence import Rung
from seamline.model.image import Config, History, Image
from seamline.model.package import Side
from seamline.model.seam import Base, LayerSpan, Seam, Stratum
from seamline.seam.find import find_seam
from seamline.stores.shelf import Shelf
from seamline.tree.fold import fold
from tests.scenes import Scene, tree_of
from tests.seam.images import base_image, diff_id, history, image_of, side_of_layer

NAME, DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"
ROOT: Scene = [{"etc/os-release": b"ID=debian\n", "bin/sh": b"sh", "var/lib/dpkg/status": b""}]
START = Config(command=("app",))


def seam_of(image: Image, known: Iterable[Base] = (), scene: Scene | None = None) -> Seam:
    tree = tree_of(scene) if scene is not None else fold([])
    return find_seam(image, tree, (), known=Shelf(known))


def cut_of(
    image: Image, known: Iterable[Base] = (), scene: Scene | None = None
) -> list[tuple[int, int, Side]]:
    """First and last layer and side of each stratum."""
    return [(*span(stratum), stratum.side) for stratum in seam_of(image, known, scene).strata]


def span(stratum: Stratum) -> tuple[int, int]:
    assert isinstance(stratum.extent, LayerSpan)
    return stratum.extent.first, stratum.extent.last


def stack(names: str, config: Config = START, **more: dict[str, str]) -> Image:
    return image_of([diff_id(name) for name in names], config, **more)  # type: ignore[arg-type]


def test_layers_above_a_known_base_are_the_applications() -> None:
    assert cut_of(stack("abc"), [base_image("debian:12", "a")]) == [
        (0, 0, Side.SYSTEM),
        (1, 2, Side.APPLICATION),
    ]


def test_bases_of_different_depth_are_strata_of_their_own() -> None:
    known = [base_image("org/base:1", *"abc"), base_image("debian:12", "a"), base_image("python:3", *"ab")]
    seam = seam_of(stack("abcd"), known)
    assert [stratum.name for stratum in seam.strata] == [
        "debian:12", "python:3", "org/base:1", "application",
    ]  # fmt: skip


def test_layers_up_to_another_builds_end_are_nobodys_known() -> None:
    lines = history("ADD a /", 'CMD ["bash"]', "RUN b", 'CMD ["python3"]', "COPY c /", 'CMD ["app"]')
    image = stack("abc", Config(history=lines, command=("app",)))
    assert cut_of(image, [base_image("debian:12", "a")]) == [
        (0, 0, Side.SYSTEM),
        (1, 1, Side.UNKNOWN),
        (2, 2, Side.APPLICATION),
    ]


def test_an_annotation_is_exact_once_its_layers_are_a_prefix() -> None:
    known = [base_image("debian:12", "a", digest="x"), base_image("debian:latest", "a", digest="y")]
    (system, _) = seam_of(stack("ab", annotations={DIGEST: diff_id("y")}), known).strata
    assert system.base is not None
    assert (system.base.names, system.confidence) == (("docker.io/library/debian:latest",), Rung.ANNOTATION)
    assert len(system.candidates) == 2


def test_an_annotation_about_an_unknown_base_leaves_the_rest_undecided() -> None:
    seam = seam_of(stack("abc", annotations={NAME: "org/base:1"}), [base_image("debian:12", "a")])
    assert [stratum.side for stratum in seam.strata] == [Side.SYSTEM, Side.UNKNOWN]
    assert [reason.message.id for reason in seam.strata[1].evidence] == ["claim-not-checked"]


def test_an_annotation_whose_base_is_not_in_here_is_contradicted() -> None:
    known = [base_image("debian:12", "a"), base_image("alpine:3", "z")]
    seam = seam_of(stack("ab", annotations={NAME: "alpine:3"}), known)
    assert "claim-contradicted" in {reason.message.id for reason in seam.strata[0].evidence}
    assert [stratum.side for stratum in seam.strata] == [Side.SYSTEM, Side.APPLICATION]


def test_a_run_image_of_buildpacks_ends_where_its_label_says() -> None:
    label = '{"runImage": {"topLayer": "%s", "image": "paketobuildpacks/run:1"}}' % diff_id("b")  # noqa: UP031
    seam = seam_of(stack("abc", Config(labels={"io.buildpacks.lifecycle.metadata": label})))
    assert [(*span(stratum), stratum.side) for stratum in seam.strata] == [
        (0, 1, Side.SYSTEM),
        (2, 2, Side.APPLICATION),
    ]
    assert seam.strata[0].confidence == Rung.TOOL_LABEL


def test_a_patch_layer_of_copa_is_the_systems() -> None:
    lines = (*history("ADD a /", "COPY b /"), History(comment="buildkit.exporter.image.v0"))
    image = stack("abc", Config(history=lines, labels={"BaseImage": "org/app:1"}, command=("app",)))
    seam = seam_of(image, [base_image("debian:12", "a")])
    assert [(stratum.side, stratum.tool) for stratum in seam.strata] == [
        (Side.SYSTEM, ""),
        (Side.APPLICATION, ""),
        (Side.SYSTEM, "copa"),
    ]


def test_an_application_on_a_patched_image_does_not_become_its_patch() -> None:
    lines = (*history("ADD a /"), History(comment="buildkit.exporter.image.v0"), *history("COPY c /"))
    image = stack("abc", Config(history=lines, labels={"BaseImage": "debian:12"}, command=("app",)))
    assert cut_of(image, [base_image("debian:12", "a")]) == [
        (0, 0, Side.SYSTEM),
        (1, 1, Side.SYSTEM),
        (2, 2, Side.APPLICATION),
    ]


def test_an_unknown_debian_is_taken_from_its_history_line_as_a_claim() -> None:
    lines = history("# debian.sh --arch 'amd64' out/ 'bookworm' '@1733097600'", 'CMD ["bash"]', "COPY b /")
    seam = seam_of(stack("ab", Config(history=lines, command=("app",))), scene=[*ROOT, {"b": b"b"}])
    assert [stratum.side for stratum in seam.strata] == [Side.SYSTEM, Side.APPLICATION]
    assert (seam.strata[0].name, seam.strata[0].confidence) == ("debian:bookworm-20241202", Rung.CLAIM)
    assert seam.strata[0].base is None


def test_a_history_line_is_not_believed_where_the_named_bases_have_other_layers() -> None:
    lines = history("# debian.sh --arch 'amd64' out/ 'bookworm' '@1733097600'", "COPY b /")
    known = [base_image(f"debian:bookworm-20241202{slim}", f"other{slim}") for slim in ("", "-slim")]
    seam = seam_of(stack("ab", Config(history=lines, command=("app",))), known, [*ROOT, {"b": b"b"}])
    assert [stratum.side for stratum in seam.strata] == [Side.UNKNOWN]


def test_the_world_is_asked_only_about_bases_that_are_not_known() -> None:
    asked: list[str] = []

    def look_up(reference: str) -> Sequence[Base]:
        asked.append(reference)
        return [base_image("debian:bookworm-20241202", "a")] if reference.endswith("20241202") else []

    lines = history("# debian.sh --arch 'amd64' out/ 'bookworm' '@1733097600'", "COPY b /")
    image = stack("ab", Config(history=lines, command=("app",)))
    seam = find_seam(image, fold([]), (), known=Shelf([]), look_up=look_up)
    assert (seam.strata[0].confidence, seam.strata[0].base) == (Rung.LEDGER, look_up("20241202")[0])
    asked.clear()
    find_seam(image, fold([]), (), known=Shelf([base_image("debian:12", "a")]), look_up=look_up)
    assert asked == []


def test_layers_that_hold_a_distribution_and_end_a_build_are_likely_the_system() -> None:
    lines = history("ADD file:1 in /", 'CMD ["bash"]', "COPY b /")
    seam = seam_of(stack("ab", Config(history=lines, command=("app",))), scene=[*ROOT, {"b": b"b"}])
    assert [(stratum.side, stratum.confidence) for stratum in seam.strata] == [
        (Side.SYSTEM, Rung.HISTORY),
        (Side.APPLICATION, Rung.NONE),
    ]


def test_without_any_evidence_the_side_is_unknown_never_the_applications() -> None:
    seam = seam_of(stack("ab"), scene=[*ROOT, {"b": b"b"}])
    assert [(stratum.side, stratum.confidence) for stratum in seam.strata] == [(Side.UNKNOWN, Rung.NONE)]


def test_an_image_that_stands_on_nothing_has_no_system_side() -> None:
    assert cut_of(stack("a"), scene=[{"app": b"\x7fELF"}]) == [(0, 0, Side.APPLICATION)]


NAMES = "abcd"
BASES = st.lists(
    st.integers(1, len(NAMES)).map(lambda depth: base_image(f"base:{depth}", *NAMES[:depth])), max_size=4
)
OTHERS = st.lists(
    st.lists(st.sampled_from("abcdxyz"), min_size=1, max_size=4).map(
        lambda layers: base_image(f"other:{'-'.join(layers)}", *layers)
    ),
    max_size=6,
)


@given(BASES, OTHERS)
def test_knowing_more_bases_never_makes_a_proved_layer_anything_else(
    known: list[Base], more: list[Base]
) -> None:
    before, after = seam_of(stack(NAMES), known), seam_of(stack(NAMES), [*known, *more])
    for position in range(len(NAMES)):
        if side_of_layer(before, position) == Side.SYSTEM:
            assert side_of_layer(after, position) == Side.SYSTEM
    proved = {span(stratum)[1] for stratum in before.strata if stratum.confidence == Rung.LEDGER}
    assert proved <= {span(stratum)[1] for stratum in after.strata}


@given(BASES, OTHERS)
def test_strata_cover_every_layer_once_and_in_order(known: list[Base], more: list[Base]) -> None:
    spans = [span(stratum) for stratum in seam_of(stack(NAMES), [*known, *more]).strata]
    covered = [position for first, last in spans for position in range(first, last + 1)]
    assert covered == list(range(len(NAMES)))


def test_an_annotation_of_another_tag_of_the_base_that_was_found_leaves_the_application_alone() -> None:
    image = stack("ab", annotations={NAME: "debian:12"})
    assert cut_of(image, [base_image("debian:bookworm-20241202", "a")]) == [
        (0, 0, Side.SYSTEM),
        (1, 1, Side.APPLICATION),
    ]


def test_what_buildah_says_of_a_base_that_ends_below_says_nothing_of_the_layers_above() -> None:
    lines = (
        History(created_by="/bin/sh"),
        History(created_by="/bin/sh -c x", comment="FROM org.example/root:1"),
    )
    seam = seam_of(stack("ab", Config(history=lines, command=("app",))), scene=[*ROOT, {"b": b"b"}])
    assert [(stratum.name, stratum.side) for stratum in seam.strata] == [
        ("org.example/root:1", Side.SYSTEM),
        ("application", Side.APPLICATION),
    ]
    assert seam.strata[0].confidence == Rung.CLAIM


def test_layers_that_podman_keeps_are_one_build_upon_a_mirrored_base_known_by_another_name() -> None:
    lines = (
        History(created_by="ADD rootfs"),
        History(created_by="COPY dir:1 in /usr/local", comment="FROM mirror.test/debian:12"),
        History(created_by="COPY file:2 in /srv", comment="FROM dad05758d5d4"),
        History(created_by='CMD ["app"]', comment="FROM 6ac05d16722a", empty_layer=True),
    )
    image = stack("abc", Config(history=lines, command=("app",)), annotations={NAME: "mirror.test/debian:12"})
    assert cut_of(image, [base_image("debian:12", "a")]) == [
        (0, 0, Side.SYSTEM),
        (1, 2, Side.APPLICATION),
    ]
