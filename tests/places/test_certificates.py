"""Certificates where container tools keep them, used against a real registry that wants to see one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from seamline.cli.main import run
from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.errors import Malformed, NotFound, SeamlineError, Unreachable
from seamline.formats.oci.contents import contents_of_image
from seamline.model.image import Image, Platform
from seamline.places.opening import Opening
from seamline.places.opening import open_image as open_anywhere
from seamline.places.registry import list_tags, open_image, open_source
from seamline.places.registry_writer import write_contents
from seamline.verbs.demo import write_demo
from tests.local_registry import GuardedRegistry

pytestmark = pytest.mark.real
FILES = ("ca.crt", "client.cert", "client.key")
WIRE = Wire(connect_seconds=2.0, stall_seconds=5.0, attempts=2, backoff_seconds=0.01)


@pytest.fixture(scope="module")
def filled(guarded: GuardedRegistry, tmp_path_factory: pytest.TempPathFactory) -> GuardedRegistry:
    """The registry with one image, pushed by us with the certificates of a docker folder."""
    home = tmp_path_factory.mktemp("home")
    install(guarded, home / ".config" / "docker" / "certs.d" / guarded.host)
    image = open_anywhere(write_demo(home / "demo").base, Opening())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        write_contents(contents_of_image(image), f"{guarded.host}/team/base:1", Http(WIRE))
    return guarded


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return tmp_path / ".config"


def install(guarded: GuardedRegistry, folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names or FILES:
        shutil.copy(guarded.folder / name, folder)
    return folder


def opened(guarded: GuardedRegistry, registry: str = "") -> Image:
    name = f"{registry or guarded.host}/team/base:1"
    return open_image(name, Http(WIRE), platform=None, machine=Platform("linux", "amd64"))


@pytest.mark.parametrize("tool", ["docker", "containers", "containerd"])
def test_a_folder_of_certificates_opens_the_registry(filled: GuardedRegistry, home: Path, tool: str) -> None:
    install(filled, home / tool / "certs.d" / filled.host)
    assert opened(filled).digest
    assert list_tags(f"{filled.host}/team/base", Http(WIRE)) == ("1",)


def test_without_a_certificate_to_show_the_error_says_where_to_put_it(
    filled: GuardedRegistry, home: Path
) -> None:
    install(filled, home / "docker" / "certs.d" / filled.host, "ca.crt")
    with pytest.raises(Unreachable, match=rf"certs\.d/{filled.host}"):
        opened(filled)


def test_without_trust_the_certificate_to_show_helps_nothing(filled: GuardedRegistry, home: Path) -> None:
    install(filled, home / "docker" / "certs.d" / filled.host, "client.cert", "client.key")
    with pytest.raises(Unreachable, match="--ca-file"):
        opened(filled)


def test_containerds_hosts_lead_to_the_registry_under_another_name(
    filled: GuardedRegistry, home: Path
) -> None:
    folder = install(filled, home / "containerd" / "certs.d" / "far.example")
    pair = 'ca = "ca.crt"\nclient = [["client.cert", "client.key"]]\n'
    dead = '[host."https://localhost:1"]\n'
    (folder / "hosts.toml").write_text(f'{dead}[host."https://{filled.host}"]\n{pair}')
    assert opened(filled, "far.example").digest == opened_by_docker(filled, home)
    both = (filled.folder / "client.cert").read_text() + (filled.folder / "client.key").read_text()
    (folder / "both.pem").write_text(both)
    (folder / "hosts.toml").write_text(
        f'server = "https://{filled.host}/v2"\noverride_path = true\nclient = "both.pem"\nskip_verify = true'
    )
    assert opened(filled, "far.example").digest


def opened_by_docker(guarded: GuardedRegistry, home: Path) -> str | None:
    install(guarded, home / "docker" / "certs.d" / guarded.host)
    return opened(guarded).digest


def test_a_certificate_without_its_key_is_named(filled: GuardedRegistry, home: Path) -> None:
    folder = install(filled, home / "docker" / "certs.d" / filled.host, "ca.crt", "client.cert")
    with pytest.raises(NotFound, match=r"client\.key: .*beside it"):
        opened(filled)
    (folder / "client.key").write_text("no key")
    with pytest.raises(Malformed, match=r"client\.key"):
        opened(filled)


def test_a_locked_key_asks_nobody(filled: GuardedRegistry, home: Path) -> None:
    folder = install(filled, home / "docker" / "certs.d" / filled.host)
    locked = [
        "openssl",
        "rsa",
        "-aes256",
        "-passout",
        "pass:secret",
        "-in",
        str(filled.folder / "client.key"),
    ]
    subprocess.run([*locked, "-out", str(folder / "client.key")], check=True, capture_output=True)
    with pytest.raises(Malformed, match=r"client\.key"):
        opened(filled)


def test_a_file_that_holds_no_certificate_is_named_once(filled: GuardedRegistry, home: Path) -> None:
    folder = install(filled, home / "docker" / "certs.d" / filled.host)
    (folder / "ca.crt").write_text("no certificate")
    with pytest.raises(Malformed, match=r"ca\.crt"):
        opened(filled)


def test_a_mirror_whose_certificate_cannot_be_used_is_told_and_passed_over(
    filled: GuardedRegistry, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The registry itself then has the image; nothing is skipped in silence."""
    folder = install(filled, home / "containerd" / "certs.d" / filled.host)
    mirrors = (
        '[host."https://near.example"]\nca = "absent.pem"\n[host."https://far.example"]\nclient = "bad.pem"\n'
    )
    own = 'ca = "ca.crt"\nclient = [["client.cert", "client.key"]]\n'
    (folder / "bad.pem").write_text("no key")
    (folder / "hosts.toml").write_text(f"{own}{mirrors}")
    problems: list[SeamlineError] = []
    source = open_source(f"{filled.host}/team/base:1", Http(WIRE), problems.append)
    assert source.place == "registry"
    assert [type(problem) for problem in problems] == [NotFound, Malformed]
    assert [str(problem.where).rpartition("/")[2] for problem in problems] == ["absent.pem", "bad.pem"]
    assert run(["inspect", "--quiet", "--no-cache", f"{filled.host}/team/base:1"]) == 0
    warned = capsys.readouterr().err.splitlines()
    assert [line.startswith("seamline: warning: ") for line in warned] == [True, True]
    assert "are the permissions right?" in warned[0]
