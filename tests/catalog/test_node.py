"""Node's packages as scenes of layers."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog.node import READER
from seamline.model.evidence import Gap
from seamline.model.package import Install
from seamline.model.purl import purl_of
from tests.scenes import Whiteout, installs_in, read_scene


def package(name: str, version: str, **more: object) -> bytes:
    return json.dumps({"name": name, "version": version, **more}).encode()


def named(installs: tuple[Install, ...]) -> dict[str, Install]:
    return {install.package.name: install for install in installs}


def test_npms_own_tree_belongs_to_npm_and_the_applications_does_not() -> None:
    base = "usr/local/lib/node_modules"
    scene = [
        {
            f"{base}/npm/package.json": package("npm", "10.2.4"),
            f"{base}/npm/node_modules/tar/package.json": package("tar", "6.2.0"),
        },
        {
            "app/package.json": package("shop", "1.0.0"),
            "app/node_modules/tar/package.json": package("tar", "7.4.3"),
        },
    ]
    installs = installs_in(read_scene(READER, scene))
    tars = {i.package.version: i for i in installs if i.package.name == "tar"}
    assert tars["6.2.0"].owned_by.startswith("pkg:npm/npm@10.2.4#")
    assert (tars["7.4.3"].owned_by, tars["7.4.3"].origin_layer) == ("", 1)
    assert "shop" in named(installs)


def test_scopes_are_namespaces_and_licences_are_read_in_every_form() -> None:
    scene = [
        {
            "app/node_modules/@babel/core/package.json": package("@babel/core", "7.1.0", license="MIT"),
            "app/node_modules/old/package.json": package("old", "0.1.0", licenses=[{"type": "BSD-2-Clause"}]),
        }
    ]
    found = named(installs_in(read_scene(READER, scene)))
    assert purl_of(found["@babel/core"].package) == "pkg:npm/%40babel/core@7.1.0"
    assert found["old"].package.licenses == ("BSD-2-Clause",)


def test_test_data_and_templates_are_no_packages() -> None:
    scene = [
        {
            "app/package.json": package("app", "1.0.0"),
            "app/templates/demo/package.json": package("template", "0.0.0"),
            "app/node_modules/resolve/package.json": package("resolve", "1.22.8"),
            "app/node_modules/resolve/test/fixture/package.json": package("fixture", "9.9.9"),
            "app/node_modules/nameless/package.json": b"{}",
        }
    ]
    assert set(named(installs_in(read_scene(READER, scene)))) == {"app", "resolve"}


def test_needs_are_found_as_node_finds_them() -> None:
    scene = [
        {
            "app/node_modules/a/package.json": package("a", "1.0.0", dependencies={"b": "^1", "c": "*"}),
            "app/node_modules/a/node_modules/b/package.json": package("b", "1.0.0"),
            "app/node_modules/b/package.json": package("b", "2.0.0"),
            "app/node_modules/c/package.json": package("c", "3.0.0"),
        }
    ]
    a = named(installs_in(read_scene(READER, scene)))["a"]
    assert [key.partition("#")[0] for key in a.depends] == ["pkg:npm/b@1.0.0", "pkg:npm/c@3.0.0"]


def test_a_removed_package_is_gone_and_a_rewritten_one_is_current_in_its_layer() -> None:
    path = "app/node_modules/{}/package.json".format
    scene = [
        {path("a"): package("a", "1.0.0"), path("b"): package("b", "1.0.0")},
        {path("a"): package("a", "1.1.0"), "app/node_modules/b": Whiteout()},
    ]
    (a,) = installs_in(read_scene(READER, scene))  # type: ignore[arg-type]
    assert (a.package.version, a.origin_layer, a.current_layer) == ("1.1.0", 0, 1)


def test_a_document_nested_too_deep_is_a_gap() -> None:
    scene = [{"app/node_modules/deep/package.json": b'{"name":' + b"[" * 1_000_000}]
    assert [gap.message.id for gap in read_scene(READER, scene) if isinstance(gap, Gap)] == [
        "unreadable-file"
    ]


_VALUES = st.none() | st.text(max_size=5) | st.integers() | st.lists(st.text(max_size=3), max_size=2)
_DOCUMENTS = st.dictionaries(st.sampled_from(["name", "version", "license", "dependencies"]), _VALUES)


@given(_DOCUMENTS)
def test_a_document_is_a_package_where_it_names_one_and_nothing_else(document: dict[str, object]) -> None:
    said = read_scene(READER, [{"node_modules/x/package.json": json.dumps(document).encode()}])
    name, version = document.get("name"), document.get("version")
    named = isinstance(name, str) and isinstance(version, str) and name and version
    assert [(i.package.name, i.package.version) for i in installs_in(said)] == (
        [(name, version)] if named else []
    )


@given(st.binary(max_size=200))
def test_bytes_that_are_no_document_are_a_gap(data: bytes) -> None:
    said = read_scene(READER, [{"node_modules/x/package.json": b"[" + data}])
    assert [type(item) for item in said] == [Gap]
