"""Index, manifest and configuration: what writers really emit, and what nobody should."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Bomb, Malformed, Unsupported
from seamline.formats.oci.documents import (
    DOCUMENT_BYTES,
    Descriptor,
    media_type_of,
    parse_config,
    parse_index,
    parse_manifest,
)
from seamline.formats.oci.media import OCI_INDEX, OCI_MANIFEST
from seamline.formats.oci.writing import write_config, write_index, write_manifest
from seamline.model.image import Config, Digest, History, Platform

DIGEST = "sha256:" + "0" * 64
BLOB = {"digest": DIGEST, "size": 1}

words = st.text(max_size=20)
filled = st.text(min_size=1, max_size=20)
tuples = st.lists(words, max_size=3).map(tuple)
digests = st.binary(min_size=32, max_size=32).map(lambda raw: Digest(f"sha256:{raw.hex()}"))
platforms = st.builds(Platform, os=filled, architecture=filled, variant=words)
descriptors = st.builds(
    Descriptor,
    media_type=words,
    digest=digests,
    size_bytes=st.integers(0, 1 << 60),
    annotations=st.dictionaries(words, words, max_size=3),
    platform=st.none() | platforms,
    urls=tuples,
    artifact_type=words,
)
configs = st.builds(
    Config,
    user=words,
    env=tuples,
    entrypoint=st.none() | st.lists(words, min_size=1, max_size=3).map(tuple),
    command=st.none() | st.lists(words, min_size=1, max_size=3).map(tuple),
    working_dir=words,
    labels=st.dictionaries(words, words, max_size=3),
    exposed_ports=st.lists(filled, max_size=3, unique=True).map(tuple),
    stop_signal=words,
    healthcheck=st.none() | st.lists(words, min_size=1, max_size=3).map(tuple),
    created=words,
    history=st.lists(st.builds(History, created_by=words, empty_layer=st.booleans()), max_size=3).map(tuple),
)


@given(config=configs, platform=platforms, diff_ids=st.lists(digests, max_size=3))
def test_a_written_configuration_is_read_back(
    config: Config, platform: Platform, diff_ids: list[Digest]
) -> None:
    found = parse_config(write_config(config, platform, diff_ids), "x")
    assert (found.config, found.platform, found.diff_ids) == (config, platform, tuple(diff_ids))


@given(manifests=st.lists(descriptors, max_size=3))
def test_a_written_index_is_read_back(manifests: list[Descriptor]) -> None:
    assert parse_index(write_index(manifests), "x").manifests == tuple(manifests)


@given(config=descriptors, layers=st.lists(descriptors, max_size=3), notes=st.dictionaries(words, words))
def test_a_written_manifest_is_read_back(
    config: Descriptor, layers: list[Descriptor], notes: dict[str, str]
) -> None:
    found = parse_manifest(write_manifest(config, layers, notes), "x")
    assert (found.config, found.layers, found.annotations) == (config, tuple(layers), notes)


def test_what_go_writes_for_nothing_is_nothing() -> None:
    nothing = {"Env": None, "Labels": None, "ExposedPorts": None, "Entrypoint": None, "Healthcheck": None}
    found = parse_config(json.dumps({"config": nothing, "history": None, "rootfs": None}).encode(), "x")
    assert found.config == Config()


def test_an_old_command_of_one_word_is_a_list_of_one() -> None:
    assert parse_config(b'{"config":{"Cmd":"sh"}}', "x").config.command == ("sh",)


@pytest.mark.parametrize("parse", [parse_index, parse_manifest])
def test_an_index_that_is_also_a_manifest_is_neither(parse: object) -> None:
    both = json.dumps({"manifests": [BLOB], "config": BLOB, "layers": [BLOB]}).encode()
    with pytest.raises(Malformed):
        parse(both, "x")  # type: ignore[operator]


@pytest.mark.parametrize(
    "blob",
    [
        {"digest": "sha256:../../etc/passwd", "size": 1},
        {"digest": "sha256:" + "A" * 64, "size": 1},
        {"digest": "md5:" + "0" * 32, "size": 1},
        {"digest": DIGEST, "size": -1},
        {"digest": DIGEST, "size": 1 << 63},
        {"digest": DIGEST, "size": 1.5},
        {"digest": DIGEST, "size": "1"},
        {"digest": DIGEST},
        {"size": 1},
    ],
)
def test_an_absurd_descriptor_is_malformed(blob: dict[str, object]) -> None:
    for document in (
        {"manifests": [blob]},
        {"config": blob, "layers": []},
        {"config": BLOB, "layers": [blob]},
    ):
        with pytest.raises(Malformed):
            (parse_index if "manifests" in document else parse_manifest)(json.dumps(document).encode(), "x")


@pytest.mark.parametrize("parse", [parse_index, parse_manifest, parse_config])
def test_what_is_nested_without_end_is_malformed(parse: object) -> None:
    for deep in (
        b'{"x":' * 500_000,
        b'{"history":' + b"[" * 500_000,
        b'{"annotations":' + b'{"a":' * 500_000,
    ):
        with pytest.raises(Malformed):
            parse(deep, "x")  # type: ignore[operator]


def test_a_document_larger_than_documents_are_is_a_bomb() -> None:
    with pytest.raises(Bomb):
        parse_config(b" " * (DOCUMENT_BYTES + 1), "x")


def test_the_media_type_is_the_declared_the_written_or_the_shape() -> None:
    bare = json.dumps({"schemaVersion": 2, "manifests": []}).encode()
    assert media_type_of(bare, "application/json", "x") == OCI_INDEX
    assert media_type_of(b'{"config":null}', "", "x") == OCI_MANIFEST
    written = json.dumps({"mediaType": OCI_MANIFEST}).encode()
    assert media_type_of(written, "", "x") == OCI_MANIFEST
    for raw, declared in ((b'{"schemaVersion":1}', ""), (bare, "text/html"), (b'{"mediaType":"a/b"}', "")):
        with pytest.raises(Unsupported):
            media_type_of(raw, declared, "x")
