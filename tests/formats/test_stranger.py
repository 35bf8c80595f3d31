"""What a file is that is no image, told from its own words."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed, SeamlineError
from seamline.formats.sbom_document import parse_sbom_document
from seamline.formats.stranger import Stranger, stranger
from seamline.places.opening import Opening, open_image
from seamline.verbs.documents import read_document
from tests.layouts import write_layout

DOCUMENTS: dict[str, Any] = {
    "a VEX document": {"@context": "https://openvex.dev/ns/v0.2.0", "statements": []},
    "a CSAF document": {"document": {"category": "csaf_vex", "csaf_version": "2.0"}},
    "a SARIF report": {"version": "2.1.0", "runs": []},
    "an OSV record": {"schema_version": "1.6.0", "id": "X-1", "affected": []},
    "a lock file of npm": {"name": "a", "lockfileVersion": 3, "packages": {}},
    "a package.json": {"name": "a", "dependencies": {}},
    "a report of Trivy": {"SchemaVersion": 2, "Results": []},
    "a report of Grype": {"matches": [], "descriptor": {"name": "grype"}},
    "a report for GitLab": {"vulnerabilities": [], "scan": {}},
    "a manifest of an image": {"schemaVersion": 2, "manifests": []},
    "a configuration of an image": {"rootfs": {}, "config": {}},
    "a Kubernetes manifest": {"apiVersion": "v1", "kind": "Pod"},
    "what docker inspect prints": [{"Id": "sha256:1", "RepoTags": []}],
    "an SBOM in SPDX 3": {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"},
    "a report of seamline audit": {"schema": "seamline.audit/1"},
}
TEXTS = {
    "a Dockerfile": "# syntax=docker/dockerfile:1\nARG V=1\nFROM debian:${V}\nRUN true\n",
    "a compose file": "name: shop\nservices:\n  web:\n    image: nginx\n",
    "a Kubernetes manifest": "---\napiVersion: v1\nkind: Pod\n",
    "a script": "#!/bin/sh\nexit 0\n",
    "an SBOM in SPDX that is no JSON": "## Document Information\nSPDXVersion: SPDX-2.3\n",
    "a text": "root:x:0:0:root:/root:/bin/bash\n" * 40,
    "JSON, and no SBOM": "{}",
    "damaged JSON": "[[[[",
    "a text ": "[section]\nname = 1\n",
    "XML": "<html></html>",
    "an SBOM in XML": "<?xml version='1.0'?><bom xmlns='http://cyclonedx.org/schema/bom/1.6'/>",
}


def opened(path: Path) -> Malformed:
    with pytest.raises(Malformed) as caught:
        open_image(str(path), Opening())
    return caught.value


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_json_that_is_no_image_is_told_as_what_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    path.write_text(json.dumps(DOCUMENTS[kind], indent=1))
    fault = opened(path)
    assert (fault.expected, fault.got) == ("an image", kind)
    assert "layer" not in str(fault)
    if (
        isinstance(DOCUMENTS[kind], dict) and "schema" not in DOCUMENTS[kind]
    ):  # scan takes it for an SBOM first
        with pytest.raises(SeamlineError, match=kind.partition(" (")[0]):
            read_document(str(path))


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_that_is_no_image_is_told_as_what_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    path.write_text(TEXTS[kind])
    assert opened(path).got == kind.strip()


def test_files_of_real_makers_are_told_as_what_they_are(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("a", "b")
    with sqlite3.connect(tmp_path / "database") as database:
        database.execute("create table a (b)")
    (tmp_path / "packed").write_bytes(gzip.compress(Path(__file__).read_bytes()))
    told = {"zip": "a zip archive", "database": "an SQLite database", "packed": "a text"}
    assert {name: opened(tmp_path / name).got for name in told} == told
    assert opened(Path(sys.executable).resolve()).got == "a program"


def test_what_is_to_be_done_names_the_file() -> None:
    assert stranger(b"FROM scratch\n", "Dockerfile") == Stranger(
        "a Dockerfile", "seamline lint Dockerfile, or build it and name the image"
    )
    text = json.dumps(DOCUMENTS["a VEX document"]).encode()
    told = stranger(text, "my.json")
    assert told is not None
    assert told.hint == "name the image, and this with --vex my.json"
    with pytest.raises(Malformed, match=r"name the image, and this with --vex my.json"):
        parse_sbom_document(text, "my.json")


@pytest.mark.parametrize(
    "data", [b"\x01\x02" * 400, b"a" * 100 + b"\0" * 412, b"\xff\xfe\xfd" * 300, b"\0" * 10]
)
def test_what_nobody_knows_is_not_called_a_damaged_layer(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert opened(path).got == "neither a tar nor anything else that is known"


def test_a_tar_whose_names_look_like_something_else_is_a_tar(tmp_path: Path) -> None:
    write_layout(tmp_path / "image", [{"FROM debian": b"{", "PK": b"x"}])
    for extra in ("--format=v7", "--format=ustar"):
        (tmp_path / "root").mkdir(exist_ok=True)
        (tmp_path / "root" / "FROM debian").write_bytes(b"{}")
        subprocess.run(
            ["tar", extra, "-C", tmp_path / "root", "-cf", tmp_path / "a.tar", "FROM debian"], check=True
        )
        assert open_image(str(tmp_path / "a.tar"), Opening()).place == "rootfs-archive"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_a_file_begins_with_is_told_or_left_alone(data: bytes) -> None:
    told = stranger(data, "x")
    assert told is None or (told.kind and told.hint)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 60_000 + "R",
        " \n" * 30_000 + "x",
        "ARG a\n" + "\n" * 60_000 + "x",
        "#\n" * 30_000 + "x",
        "-" * 60_000,
    ],
    ids=["blank lines", "lines of blanks", "behind an argument", "comments", "dashes"],
)
def test_a_text_of_nearly_nothing_is_told_as_quickly_as_any(text: str) -> None:
    told = stranger(text.encode(), "x")
    assert told is not None
    assert told.kind == stranger(b"words", "x").kind  # type: ignore[union-attr]


def test_a_dockerfile_is_known_behind_comments_blanks_and_arguments() -> None:
    for text in ("\r\n# syntax\r\n \nFROM a\n", "ARG V=1 \n\n# x\n  from a:$V\n", "\tFROM a"):
        told = stranger(text.encode(), "x")
        assert told is not None
        assert told.kind == "a Dockerfile", text
