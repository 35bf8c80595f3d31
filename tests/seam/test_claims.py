"""What images say about their own base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamline.formats.oci.documents import parse_config
from seamline.model.evidence import Rung
from seamline.model.image import Config, History
from seamline.model.seam import full_name, repository_of
from seamline.seam.claims import claims_of, claims_of_provenance, patch_layer
from seamline.seam.history import steps_in
from tests.seam.images import diff_id, history, image_of

FIXTURES = Path(__file__).parent / "fixtures"
NAME, DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"


def test_an_annotation_names_a_base_by_its_full_name_and_digest() -> None:
    image = image_of([diff_id("a")], annotations={NAME: "debian:12", DIGEST: diff_id("manifest")})
    (claim,) = claims_of(image, ())
    assert (claim.names, claim.digest) == (("docker.io/library/debian:12",), diff_id("manifest"))
    assert claim.references == (f"docker.io/library/debian@{diff_id('manifest')}",)


@pytest.mark.parametrize(
    ("spelt", "full"),
    [
        ("debian", "docker.io/library/debian:latest"),
        ("org/app:1", "docker.io/org/app:1"),
        ("index.docker.io/library/debian:12", "docker.io/library/debian:12"),
        ("localhost/x", "localhost/x:latest"),
        ("registry:5000/x", "registry:5000/x:latest"),
        (f"debian:12@{diff_id('m')}", "docker.io/library/debian:12"),
        (f"debian@{diff_id('m')}", f"docker.io/library/debian@{diff_id('m')}"),
    ],
)
def test_names_are_completed_as_docker_does(spelt: str, full: str) -> None:
    assert full_name(spelt) == full
    assert full_name(full) == full
    assert full.startswith((f"{repository_of(full)}:", f"{repository_of(full)}@sha256:"))


def test_a_digest_without_its_algorithm_is_still_read() -> None:
    image = image_of([diff_id("a")], annotations={DIGEST: diff_id("m").removeprefix("sha256:")})
    assert claims_of(image, ())[0].digest == diff_id("m")


def test_a_label_counts_like_an_annotation() -> None:
    image = image_of([diff_id("a")], Config(labels={NAME: "quay.io/org/base:1"}))
    assert claims_of(image, ())[0].names == ("quay.io/org/base:1",)


def test_a_buildpacks_label_tells_where_the_run_image_ends() -> None:
    label = {"runImage": {"topLayer": diff_id("b"), "reference": "x", "image": "docker.io/paketo/run:1"}}
    labels = {"io.buildpacks.lifecycle.metadata": json.dumps(label)}
    (claim,) = claims_of(image_of([diff_id("a"), diff_id("b"), diff_id("c")], Config(labels=labels)), ())
    assert (claim.rung, claim.depth, claim.names) == (Rung.TOOL_LABEL, 2, ("docker.io/paketo/run:1",))


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("0.9", "127.0.0.1:5077/team/run:stack"),
        (
            "0.13",
            "127.0.0.1:5077/team/run@sha256:4d057331734fd0faa173a6b40a3c40732c0cf4ca05690f2856d7e378b41bd851",
        ),
        ("0.14", "127.0.0.1:5077/team/run:1"),
    ],
)
def test_the_lifecycle_names_the_run_image_in_its_stack_by_digest_or_beside_it(
    platform: str, name: str
) -> None:
    """Its platforms before 0.12 knew stacks; a run image given by hand is told by its digest alone."""
    raw = (FIXTURES / f"buildpacks-{platform}-config.json").read_bytes()
    config = parse_config(raw, platform)
    (claim,) = claims_of(image_of(config.diff_ids, config.config), ())
    assert (claim.source, claim.depth, claim.top_layer) == ("buildpacks", 1, config.diff_ids[0])
    assert (claim.names, claim.digest is not None) == ((name,), True)


def test_an_engines_image_id_names_no_run_image() -> None:
    label = {"runImage": {"topLayer": diff_id("a"), "reference": "0123456789ab" * 5}}
    labels = {"io.buildpacks.lifecycle.metadata": json.dumps(label)}
    (claim,) = claims_of(image_of([diff_id("a"), diff_id("b")], Config(labels=labels)), ())
    assert (claim.names, claim.shown) == ((), diff_id("a"))


def test_a_broken_buildpacks_label_claims_nothing() -> None:
    for text in ("{", "[]", "[" * 100_000, '{"runImage": 7}'):
        labels = {"io.buildpacks.lifecycle.metadata": text}
        assert claims_of(image_of([diff_id("a")], Config(labels=labels)), ()) == ()


def test_copas_layer_is_the_one_that_no_step_made() -> None:
    lines = (*history("ADD file:1 in /"), History(comment="buildkit.exporter.image.v0"))
    image = image_of([diff_id("a"), diff_id("b")], Config(history=lines, labels={"BaseImage": "nginx:1.27"}))
    assert patch_layer(image, steps_in(image)) == (1, "docker.io/library/nginx:1.27")


def test_an_inherited_copa_label_alone_marks_no_layer() -> None:
    image = image_of([diff_id("a")], Config(history=history("COPY a /"), labels={"BaseImage": "nginx:1.27"}))
    assert patch_layer(image, steps_in(image)) is None


def test_provenance_names_the_images_among_its_materials() -> None:
    digest = diff_id("index").removeprefix("sha256:")
    materials = [
        {"uri": "pkg:docker/debian@12?platform=linux%2Famd64", "digest": {"sha256": digest}},
        {"uri": "pkg:docker/gcr.io/distroless/static@nonroot"},
        {"uri": "https://github.com/org/app", "digest": {"sha1": "0"}},
    ]
    old = {"predicateType": "https://slsa.dev/provenance/v0.2", "predicate": {"materials": materials}}
    definition = {"buildDefinition": {"resolvedDependencies": materials}}
    new = {"predicateType": "https://slsa.dev/provenance/v1", "predicate": definition}
    for statement in (old, new):
        claims = claims_of_provenance(json.dumps(statement).encode(), signer="cosign.pub")
        assert [claim.names[0] for claim in claims] == [
            "docker.io/library/debian:12",
            "gcr.io/distroless/static:nonroot",
        ]
        assert (claims[0].digest, claims[0].rung) == (f"sha256:{digest}", Rung.PROVENANCE)


def test_unsigned_provenance_is_worth_no_more_than_an_annotation() -> None:
    statement = {
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"buildDefinition": {"resolvedDependencies": [{"uri": "pkg:docker/debian@12"}]}},
    }
    (claim,) = claims_of_provenance(json.dumps(statement).encode())
    assert claim.rung == Rung.ANNOTATION


def test_something_else_than_provenance_claims_nothing() -> None:
    for statement in (b"", b"[]", b'{"predicateType": "https://spdx.dev/Document"}', b"[" * 100_000):
        assert claims_of_provenance(statement, signer="cosign.pub") == ()


@pytest.mark.parametrize("name", [" ::@@", "UPPER", "a b", "http://x/y", "@sha256:zz", "a" * 9000 + "/"])
def test_what_is_no_reference_claims_nothing(name: str) -> None:
    assert claims_of(image_of([diff_id("a")], annotations={NAME: name}), ()) == ()
    (claim,) = claims_of(image_of([diff_id("a")], annotations={NAME: name, DIGEST: diff_id("m")}), ())
    assert (claim.names, claim.digest) == ((), diff_id("m"))
