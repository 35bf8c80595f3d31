"""Images that the real apko wrote, of packages that the real melange made; where from, the fixture's ORIGIN says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seamline.cli.main import run

ARCHIVE = f"oci-archive:{Path(__file__).parent / 'fixtures' / 'apko' / 'layout.tar.gz'}"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def told(capsys: pytest.CaptureFixture[str], verb: str, tag: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run([verb, "-q", "--no-cache", "-f", "json", f"{ARCHIVE}:{tag}", "--platform", "linux/amd64"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_a_package_is_listed_once_though_melange_put_a_document_about_it_inside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    packages = told(capsys, "sbom", "golden")["packages"]
    assert [(each["name"], each["version"], each["found_by"]) for each in packages] == [
        ("pretend-baselayout", "1.0.0-r0", "apk"),
        ("replayout", "1.0.0-r0", "apk"),
    ]


def test_one_layer_of_apko_on_another_is_two_builds(capsys: pytest.CaptureFixture[str]) -> None:
    strata = told(capsys, "inspect", "top")["strata"]
    assert [(each["side"], each["extent"]["layers"]) for each in strata] == [
        ("system", [0, 0]),
        ("application", [1, 1]),
    ]


def test_its_known_base_is_proven_by_its_layer(capsys: pytest.CaptureFixture[str]) -> None:
    base = f"{ARCHIVE}:base"
    assert run(["base", "add", base, "--as", "registry.test/base:1", "--platform", "linux/amd64"]) == 0
    report = told(capsys, "inspect", "top")
    assert [(each["side"], each["confidence"]) for each in report["strata"]] == [
        ("system", "known base"),
        ("application", "none"),
    ]
    sides = {each["name"]: each["side"] for each in told(capsys, "sbom", "top")["packages"]}
    assert (sides["package-x"], sides["replayout"]) == ("system", "application")


def test_what_apko_builds_is_read_as_what_docker_loads(capsys: pytest.CaptureFixture[str]) -> None:
    """Its index.json leads to blobs that are not there; layers that one apko made are one part."""
    archive = str(Path(__file__).parent / "fixtures" / "apko" / "build.tar")
    assert run(["inspect", "-q", "--no-cache", "-f", "json", archive, "--platform", "linux/amd64"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["image"]["place"] == "docker-archive"
    assert [each["extent"]["layers"] for each in report["strata"]] == [[0, 1]]
    assert [each["verification"] for each in report["image"]["layers"]] == ["full", "full"]


def test_a_database_that_an_upper_layer_moved_is_one_database(capsys: pytest.CaptureFixture[str]) -> None:
    """The base has it in lib/apk/db, the layer above in usr/lib/apk/db with a link where it was. apko forgot package-y
    there; melange's document still tells of it."""
    packages = told(capsys, "sbom", "top")["packages"]
    assert [(each["name"], each["origin_layer"], each["found_by"]) for each in packages] == [
        ("package-x", 0, "apk"),
        ("package-y", 0, "embedded-sbom"),
        ("pretend-baselayout", 0, "apk"),
        ("replayout", 1, "apk"),
    ]
