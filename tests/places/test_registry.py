"""Debian's own registry, with TLS and a password, filled by skopeo."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.errors import NotFound, Unreachable
from seamline.model.image import Platform
from seamline.model.limits import Limits
from seamline.places.registry import list_repositories, list_tags, open_image
from seamline.verbs.demo import write_demo
from seamline.verbs.look import look
from tests.local_registry import PASSWORD, USER, LocalRegistry
from tests.neighbours import need

pytestmark = pytest.mark.real
AMD64 = Platform("linux", "amd64")
QUICK = {"connect_seconds": 2.0, "stall_seconds": 5.0, "attempts": 2, "backoff_seconds": 0.01}


@pytest.fixture(scope="module")
def filled(registry: LocalRegistry, tmp_path_factory: pytest.TempPathFactory) -> LocalRegistry:
    need("skopeo")
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    for tag in ("base", "shop"):
        command = [
            "skopeo",
            "copy",
            "-q",
            "--dest-creds",
            f"{USER}:{PASSWORD}",
            "--dest-cert-dir",
            str(folder / "certs"),
        ]
        (folder / "certs").mkdir(exist_ok=True)
        (folder / "certs" / "ca.crt").write_bytes(registry.ca_file.read_bytes())
        subprocess.run(
            [*command, f"oci:{folder}:{tag}", f"docker://{registry.host}/team/{tag}:1"], check=True
        )
    return registry


def wire(registry: LocalRegistry) -> Http:
    return Http(Wire(ca_file=str(registry.ca_file), **QUICK))


def test_an_image_is_read_as_it_streams_and_every_blob_is_verified(
    filled: LocalRegistry, logged_in: LocalRegistry
) -> None:
    image = open_image(f"{filled.host}/team/shop:1", wire(filled), platform=None, machine=AMD64)
    looked = look(image, cache=None, limits=Limits())
    assert {reading.verification.value for reading in looked.layers} == {"full"}
    assert "sampleweb" in {install.package.name for install in looked.catalog.installs}
    asked = ["skopeo", "inspect", "--raw", "--creds", f"{USER}:{PASSWORD}", "--tls-verify=false"]
    raw = subprocess.run(
        [*asked, f"docker://{filled.host}/team/shop:1"], capture_output=True, check=True
    ).stdout
    assert image.raw is not None
    assert image.raw.manifest == raw


def test_a_digest_in_the_name_is_what_is_opened(filled: LocalRegistry, logged_in: LocalRegistry) -> None:
    by_tag = open_image(f"{filled.host}/team/base:1", wire(filled), platform=None, machine=AMD64)
    name = f"{filled.host}/team/base@{by_tag.digest}"
    assert open_image(name, wire(filled), platform=None, machine=AMD64).digest == by_tag.digest


def test_tags_and_repositories_are_listed(filled: LocalRegistry, logged_in: LocalRegistry) -> None:
    assert list_tags(f"{filled.host}/team/shop", wire(filled)) == ("1",)
    assert {"team/base", "team/shop"} <= set(list_repositories(filled.host, wire(filled)))


def test_without_a_login_the_error_says_how_to_log_in(
    filled: LocalRegistry, logged_in: LocalRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with pytest.raises(Unreachable, match="log in: docker login"):
        open_image(f"{filled.host}/team/shop:1", wire(filled), platform=None, machine=AMD64)


def test_an_unknown_certificate_names_the_setting_that_helps(
    filled: LocalRegistry, logged_in: LocalRegistry
) -> None:
    with pytest.raises(Unreachable, match="--ca-file"):
        open_image(f"{filled.host}/team/shop:1", Http(Wire(**QUICK)), platform=None, machine=AMD64)
    insecure = Http(Wire(insecure=True, **QUICK))
    assert open_image(f"{filled.host}/team/shop:1", insecure, platform=None, machine=AMD64).digest


def test_what_is_not_there_is_not_found(filled: LocalRegistry, logged_in: LocalRegistry) -> None:
    with pytest.raises(NotFound, match="check the name and the tag"):
        open_image(f"{filled.host}/team/shop:none", wire(filled), platform=None, machine=AMD64)


def test_a_credential_helper_is_asked_for_its_registry_only(
    filled: LocalRegistry, logged_in: LocalRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    helper = tmp_path / "docker-credential-vault"
    answer = json.dumps({"ServerURL": "x", "Username": USER, "Secret": PASSWORD})
    helper.write_text(f"#!/bin/sh\ncat > {tmp_path}/asked\nprintf '%s' '{answer}'\n")
    helper.chmod(0o755)
    (tmp_path / "config.json").write_text(
        json.dumps({"credHelpers": {filled.host: "vault", "other.example": "absent"}})
    )
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert open_image(f"{filled.host}/team/shop:1", wire(filled), platform=None, machine=AMD64).digest
    assert (tmp_path / "asked").read_text() == filled.host


def test_attached_signatures_are_present_and_not_verified(
    filled: LocalRegistry, logged_in: LocalRegistry, tmp_path: Path
) -> None:
    image = open_image(f"{filled.host}/team/shop:1", wire(filled), platform=None, machine=AMD64)
    assert image.attachments == ()
    assert image.digest is not None
    tag = image.digest.replace(":", "-") + ".sig"
    command = [
        "skopeo",
        "copy",
        "-q",
        "--src-creds",
        f"{USER}:{PASSWORD}",
        "--dest-creds",
        f"{USER}:{PASSWORD}",
    ]
    command += ["--src-tls-verify=false", "--dest-tls-verify=false"]
    places = [f"docker://{filled.host}/team/shop:1", f"docker://{filled.host}/team/shop:{tag}"]
    subprocess.run([*command, *places], check=True)
    again = open_image(f"{filled.host}/team/shop:1", wire(filled), platform=None, machine=AMD64)
    assert [(each.kind, each.source) for each in again.attachments] == [("signature", f"tag {tag}")]


def test_offline_opens_no_socket(filled: LocalRegistry) -> None:
    with pytest.raises(Unreachable, match="--offline"):
        open_image(f"{filled.host}/team/shop:1", Http(Wire(offline=True)), platform=None, machine=AMD64)
