"""Mirrors as container tools have them configured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamline.errors import Refused
from seamline.formats.reference import parse_registry_name
from seamline.places.mirrors import candidates

CONFIGURATION = """
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "mirror.example/hub"
insecure = true
[[registry.mirror]]
location = "digests.example"
pull-from-mirror = "digest-only"

[[registry]]
prefix = "docker.io/library"
location = "official.example/copies"

[[registry]]
location = "bad.example"
blocked = true
"""


@pytest.fixture(autouse=True)
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "registries.conf").write_text(CONFIGURATION)
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(tmp_path / "registries.conf"))
    monkeypatch.setenv("HOME", str(tmp_path))


def places(text: str) -> list[tuple[str, bool]]:
    return [
        (f"{c.name.registry}/{c.name.repository}", c.insecure) for c in candidates(parse_registry_name(text))
    ]


def test_mirrors_come_first_and_the_registry_last() -> None:
    assert places("team/app:1") == [("mirror.example/hub/team/app", True), ("docker.io/team/app", False)]


def test_a_mirror_for_digests_is_asked_for_digests_only() -> None:
    named = f"team/app@sha256:{'0' * 64}"
    assert [place for place, _ in places(named)] == [
        "mirror.example/hub/team/app",
        "digests.example/team/app",
        "docker.io/team/app",
    ]


def test_the_longest_prefix_counts_and_moves_the_registry_itself() -> None:
    assert places("nginx:1") == [("official.example/copies/nginx", False)]


def test_a_blocked_registry_is_refused() -> None:
    with pytest.raises(Refused, match="blocks"):
        candidates(parse_registry_name("bad.example/x:1"))


def test_dockers_mirrors_serve_docker_hub_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(tmp_path / "none"))
    (tmp_path / ".config" / "docker").mkdir(parents=True)
    daemon = {
        "registry-mirrors": ["https://hub.example/", "http://plain.example"],
        "insecure-registries": ["old.example"],
    }
    (tmp_path / ".config" / "docker" / "daemon.json").write_text(json.dumps(daemon))
    assert places("nginx") == [
        ("hub.example/library/nginx", False),
        ("plain.example/library/nginx", True),
        ("docker.io/library/nginx", False),
    ]
    assert places("old.example/x") == [("old.example/x", True)]


def test_configuration_that_cannot_be_read_configures_nothing(tmp_path: Path) -> None:
    (tmp_path / "registries.conf").write_text("[[registry")
    assert places("quay.io/x/y") == [("quay.io/x/y", False)]
