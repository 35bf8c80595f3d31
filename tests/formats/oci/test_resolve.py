"""From the document under a name to the image meant, in a place made of one dictionary."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest

from seamline.errors import Bomb, Lying, Malformed, NotFound
from seamline.formats.digesting import digest_of
from seamline.formats.oci.contents import contents_of_image, contents_of_source
from seamline.formats.oci.documents import Descriptor
from seamline.formats.oci.layout import select_top, with_tag
from seamline.formats.oci.media import OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST
from seamline.formats.oci.resolve import Source, resolve, resolve_every
from seamline.model.image import Platform
from seamline.seam.claims import claims_of
from seamline.verbs.attested import with_statements

AMD64 = Platform("linux", "amd64")
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


class Shop:
    """Blobs by digest, and the means to describe them."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def put(self, media_type: str, data: bytes | dict[str, Any], **more: Any) -> dict[str, Any]:
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        digest = digest_of(raw)
        self.blobs[digest] = raw
        return {"mediaType": media_type, "digest": digest, "size": len(raw), **more}

    def manifest(self, *layers: dict[str, Any], config: str = OCI_CONFIG, **described: Any) -> dict[str, Any]:
        rootfs = {"diff_ids": ["sha256:" + "0" * 64] * len(layers)}
        about = {"os": "linux", "architecture": "amd64", "rootfs": rootfs, **described}
        return {"schemaVersion": 2, "config": self.put(config, about), "layers": list(layers)}

    def layer(self, media_type: str = OCI_LAYER, **more: Any) -> dict[str, Any]:
        return self.put(media_type, b"layer", **more)

    def source(self, top: dict[str, Any], media_type: str = "") -> Source:
        return Source(
            reference="x",
            place="test",
            top=json.dumps(top).encode(),
            media_type=media_type,
            fetch=self.fetch,
            open_blob=lambda blob: io.BytesIO(self.fetch(blob)),
        )

    def fetch(self, descriptor: Descriptor) -> bytes:
        return self.blobs[descriptor.digest]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def index(*manifests: dict[str, Any]) -> dict[str, Any]:
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(manifests)}


def test_a_nested_index_is_looked_into_and_statements_are_only_attached(shop: Shop) -> None:
    one = shop.put(
        OCI_MANIFEST, shop.manifest(shop.layer()), platform={"os": "linux", "architecture": "amd64"}
    )
    other = shop.put(OCI_MANIFEST, shop.manifest(architecture="arm64"))
    notes = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": one["digest"],
    }
    statement = shop.put(
        OCI_MANIFEST,
        shop.manifest(),
        platform={"os": "unknown", "architecture": "unknown"},
        annotations=notes,
    )
    source = shop.source(index(statement, shop.put(OCI_INDEX, index(one, other))))
    image = resolve(source, platform=None, machine=AMD64)
    assert image.digest == one["digest"]
    assert image.index_digest == digest_of(source.top)
    assert [str(platform) for platform in image.platforms] == ["linux/amd64", "linux/arm64"]
    assert [(each.kind, each.digest) for each in image.attachments] == [("attestation", statement["digest"])]


def provenance(shop: Shop) -> tuple[dict[str, Any], dict[str, Any]]:
    """An image and the attestation that BuildKit puts beside it, which names its base."""
    image = shop.put(OCI_MANIFEST, shop.manifest(), platform={"os": "linux", "architecture": "amd64"})
    told = {
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"buildDefinition": {"resolvedDependencies": [{"uri": "pkg:docker/debian@12"}]}},
    }
    kept = {"in-toto.io/predicate-type": told["predicateType"]}
    sbom = {"in-toto.io/predicate-type": "https://spdx.dev/Document"}
    layers = [
        shop.put("application/vnd.in-toto+json", told, annotations=kept),
        shop.put(
            "application/vnd.in-toto+json", {"predicateType": "https://spdx.dev/Document"}, annotations=sbom
        ),
    ]
    attestation = shop.put(
        OCI_MANIFEST,
        shop.manifest(*layers),
        platform={"os": "unknown", "architecture": "unknown"},
        annotations={
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image["digest"],
        },
    )
    return image, attestation


def test_the_builds_own_account_of_the_base_is_read(shop: Shop) -> None:
    found = resolve(shop.source(index(*provenance(shop))), platform=None, machine=AMD64)
    image = with_statements(found, ())
    assert [statement.signer for statement in image.statements] == [""]
    (claim,) = claims_of(image, ())
    assert (claim.source, claim.names) == ("provenance", ("docker.io/library/debian:12",))


def test_an_attestation_that_lies_costs_only_what_it_would_tell(shop: Shop) -> None:
    described, attestation = provenance(shop)
    shop.blobs[attestation["digest"]] = b"{}" + b" " * (attestation["size"] - 2)
    image = with_statements(
        resolve(shop.source(index(described, attestation)), platform=None, machine=AMD64), ()
    )
    assert (image.digest, image.statements) == (described["digest"], ())
    assert [gap.message.id for gap in image.gaps] == ["attestation-not-read"]


def test_every_image_of_an_index_is_opened_once_and_statements_never(shop: Shop) -> None:
    one = shop.put(OCI_MANIFEST, shop.manifest(), platform={"os": "linux", "architecture": "amd64"})
    other = shop.put(OCI_MANIFEST, shop.manifest(architecture="arm64"))
    unmarked = shop.put(OCI_MANIFEST, shop.manifest(os="unknown", architecture="unknown"))
    source = shop.source(index(one, unmarked, shop.put(OCI_INDEX, index(one, other))))
    images = list(resolve_every(source))
    assert [str(image.platform) for image in images] == ["linux/amd64", "linux/arm64"]
    assert {image.index_digest for image in images} == {digest_of(source.top)}
    lone = shop.source(shop.manifest(architecture="s390x"))
    assert [image.platform.architecture for image in resolve_every(lone)] == ["s390x"]
    with pytest.raises(NotFound, match="index of images"):
        list(resolve_every(shop.source(index(unmarked))))


def test_a_lone_image_of_another_platform_is_given_unless_one_was_asked_for(shop: Shop) -> None:
    source = shop.source(shop.manifest(architecture="s390x"))
    assert resolve(source, platform=None, machine=AMD64).platform.architecture == "s390x"
    with pytest.raises(NotFound, match="linux/s390x"):
        resolve(source, platform=AMD64, machine=AMD64)


def test_a_document_that_is_not_what_was_promised_is_a_lie(shop: Shop) -> None:
    source = shop.source(shop.manifest())
    digest = next(iter(shop.blobs))
    for lie in (b"{}", shop.blobs[digest].replace(b"amd64", b"arm64")):
        shop.blobs[digest] = lie
        with pytest.raises(Lying):
            resolve(source, platform=None, machine=AMD64)


def test_layers_that_cannot_be_read_say_why(shop: Shop) -> None:
    layers = (
        shop.layer(),
        shop.layer(FOREIGN, urls=["https://example.com/layer"]),
        shop.layer(FOREIGN),
        shop.layer(OCI_LAYER + "+gzip+encrypted"),
        shop.layer("application/vnd.example"),
    )
    image = resolve(shop.source(shop.manifest(*layers)), platform=None, machine=AMD64)
    assert [layer.problem for layer in image.layers] == ["", "foreign", "", "encrypted", "unknown media type"]
    windows = resolve(shop.source(shop.manifest(shop.layer(), os="windows")), platform=None, machine=AMD64)
    assert windows.layers[0].problem == "windows"


def test_layers_and_diff_ids_that_differ_in_number_are_malformed(shop: Shop) -> None:
    source = shop.source(shop.manifest(shop.layer(), rootfs={"diff_ids": []}))
    with pytest.raises(Malformed, match="1 diff_ids"):
        resolve(source, platform=None, machine=AMD64)


def test_history_tells_of_layers_only_where_it_counts_as_many(shop: Shop) -> None:
    steps = [{"created_by": "ADD"}, {"created_by": "ENV", "empty_layer": True}, {"created_by": "RUN"}]
    for layers, makers in (((shop.layer(),) * 2, ["ADD", "RUN"]), ((shop.layer(),), [""])):
        image = resolve(shop.source(shop.manifest(*layers, history=steps)), platform=None, machine=AMD64)
        assert [layer.created_by for layer in image.layers] == makers


@pytest.mark.parametrize(
    "config",
    [
        "application/vnd.wasm.config.v0+json",
        "application/vnd.wasm.config.v1+json",
        "application/vnd.fermyon.spin.application.v1+config",
        "application/vnd.oci.empty.v1+json",
    ],
)
def test_an_artifact_says_what_it_is_and_promises_no_diff_ids(shop: Shop, config: str) -> None:
    manifest = shop.manifest(shop.layer("application/wasm"), config=config, os="wasip1", architecture="wasm")
    image = resolve(shop.source(manifest), platform=None, machine=AMD64)
    assert (image.artifact_type, str(image.platform)) == (config, "wasip1/wasm")
    assert [(layer.diff_id, layer.problem) for layer in image.layers] == [(None, "")]


def test_an_artifact_whose_configuration_is_anything_is_still_opened(shop: Shop) -> None:
    empty = shop.put("application/vnd.oci.empty.v1+json", b'"anything"')
    source = shop.source({"schemaVersion": 2, "config": empty, "artifactType": "a/b", "layers": []})
    assert resolve(source, platform=None, machine=AMD64).artifact_type == "a/b"


def test_contents_hold_what_they_name_before_themselves(shop: Shop) -> None:
    layer = shop.layer()
    shared = shop.put(OCI_MANIFEST, shop.manifest(layer))
    inner = shop.put(OCI_INDEX, index(shared))
    source = shop.source(index(shared, inner))
    contents = contents_of_source(source)
    order = [each.descriptor.digest for each in contents.documents]
    assert order == [shared["digest"], inner["digest"], digest_of(source.top)]
    assert contents.top.raw == source.top
    assert len(contents.blobs) == 2


def test_contents_leave_a_foreign_layer_where_it_lives(shop: Shop) -> None:
    source = shop.source(shop.manifest(shop.layer(FOREIGN, urls=["https://example.com/layer"])))
    image = resolve(source, platform=None, machine=AMD64)
    for contents in (contents_of_image(image), contents_of_source(source)):
        assert [each.descriptor.media_type for each in contents.blobs] == [OCI_CONFIG]


def test_an_index_that_names_indexes_over_and_over_is_a_bomb(shop: Shop) -> None:
    inner = shop.put(OCI_INDEX, index())
    for _ in range(40):
        inner = shop.put(OCI_INDEX, index(inner, inner))
    source = shop.source(index(inner))
    with pytest.raises(Bomb):
        contents_of_source(source)
    with pytest.raises(Bomb):
        resolve(source, platform=None, machine=AMD64)


def test_what_an_index_names_many_times_is_fetched_once(shop: Shop) -> None:
    image = shop.put(OCI_MANIFEST, shop.manifest(shop.layer()))
    inner = shop.put(OCI_INDEX, index(image, image))
    source = shop.source(index(inner, inner, image, image))
    fetched: list[str] = []

    def fetch(descriptor: Descriptor) -> bytes:
        fetched.append(descriptor.digest)
        return shop.fetch(descriptor)

    (found,) = resolve_every(msgspec.structs.replace(source, fetch=fetch))
    assert found.platforms == (AMD64,)
    assert fetched.count(inner["digest"]) == 1
    assert fetched.count(image["digest"]) == 1


def test_manifests_under_one_tag_are_platforms_of_one_image(shop: Shop) -> None:
    tag = {"org.opencontainers.image.ref.name": "1"}
    two = [
        shop.put(OCI_MANIFEST, shop.manifest(architecture=name), annotations=tag)
        for name in ("amd64", "arm64")
    ]
    other = shop.put(OCI_MANIFEST, shop.manifest(), annotations={"org.opencontainers.image.ref.name": "2"})
    raw = json.dumps(index(*two, other)).encode()
    top = select_top(raw, "1", shop.fetch, "x")
    assert (top.media_type, top.names) == (OCI_INDEX, ("1",))
    assert [each["digest"] for each in json.loads(top.raw)["manifests"]] == [each["digest"] for each in two]
    with pytest.raises(NotFound, match="1, 2"):
        select_top(raw, "", shop.fetch, "x")
    with pytest.raises(NotFound, match="the tag '3'"):
        select_top(raw, "3", shop.fetch, "x")


def test_a_manifest_that_was_changed_under_its_tag_is_a_lie(shop: Shop) -> None:
    named = shop.put(OCI_MANIFEST, shop.manifest())
    shop.blobs[named["digest"]] = shop.blobs[named["digest"]].replace(b"2", b"3", 1)
    with pytest.raises(Lying):
        select_top(json.dumps(index(named)).encode(), "", shop.fetch, "x")


def test_a_tag_moves_and_other_tags_stay() -> None:
    def descriptor(digit: str) -> Descriptor:
        return Descriptor(media_type="m", digest=digest_of(digit.encode()), size_bytes=1)

    raw = None
    for digit, tag in (("1", "a"), ("2", "b"), ("3", "a"), ("4", ""), ("4", "")):
        raw = with_tag(raw, descriptor(digit), tag, "x")
    assert raw is not None
    named = [
        (each["digest"], each.get("annotations", {}).get("org.opencontainers.image.ref.name", ""))
        for each in json.loads(raw)["manifests"]
    ]
    assert named == [(digest_of(b"2"), "b"), (digest_of(b"3"), "a"), (digest_of(b"4"), "")]
