"""hosts.toml as containerd reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.errors import Refused, SeamlineError
from seamline.formats.reference import parse_registry_name
from seamline.places.containerd_hosts import hosts_of
from seamline.places.mirrors import candidates, itself

HUB = """
server = "https://registry-1.docker.io"

[host."https://near.example/cache"]
  capabilities = ["pull", "resolve"]
  ca = "near.pem"
  client = [["near.cert", "/keys/near.key"], "both.pem"]
[host."http://plain.example:5000"]
[host."bare.example/v2/hub"]
  override_path = true
  skip_verify = true
[host."https://digests.example"]
  capabilities = ["pull"]
[host."https://push.example"]
  capabilities = ["push"]
"""


@pytest.fixture(autouse=True)
def certs_d(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(tmp_path / "none"))
    return tmp_path / ".config" / "containerd" / "certs.d"


def configure(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "hosts.toml").write_text(text)
    return folder


def asked(text: str) -> list[str]:
    found = candidates(parse_registry_name(text))
    return [f"{'insecure ' if each.insecure else ''}{each.name.host}{each.api}" for each in found]


def test_hosts_are_asked_in_the_order_of_the_file_and_the_server_last(certs_d: Path) -> None:
    configure(certs_d / "docker.io", HUB)
    assert asked("nginx") == [
        "near.example/cache/v2",
        "insecure plain.example:5000/v2",
        "insecure bare.example/v2/hub",
        "registry-1.docker.io/v2",
    ]
    assert "digests.example/v2" in asked("nginx@sha256:" + "0" * 64)


def test_certificates_are_found_beside_the_file_or_where_it_says(certs_d: Path) -> None:
    folder = configure(certs_d / "docker.io", HUB)
    near, *others = candidates(parse_registry_name("nginx"))
    assert near.certificates.host == "near.example"
    assert near.certificates.trusted == (str(folder / "near.pem"),)
    assert near.certificates.shown == (
        (str(folder / "near.cert"), "/keys/near.key"),
        (str(folder / "both.pem"), ""),
    )
    assert not any(other.certificates.trusted or other.certificates.shown for other in others)


def test_a_port_is_spelt_with_underscores_or_a_colon(certs_d: Path) -> None:
    configure(certs_d / "r.example:5000", 'server = "https://colon.example"')
    assert asked("r.example:5000/x") == ["colon.example/v2"]
    configure(certs_d / "r.example_5000_", 'server = "https://underscore.example"')
    assert asked("r.example:5000/x") == ["underscore.example/v2"]


def test_what_is_configured_for_all_serves_who_has_nothing_of_its_own(certs_d: Path) -> None:
    configure(certs_d / "_default", '[host."https://cache.example"]')
    configure(certs_d / "own.example", "")
    assert asked("quay.io/x/y") == ["cache.example/v2", "quay.io/v2"]
    assert asked("own.example/x") == ["own.example/v2"]


def test_without_a_server_the_top_of_the_file_is_about_the_registry_itself(certs_d: Path) -> None:
    folder = configure(certs_d / "r.example", 'ca = "own.pem"\nskip_verify = true')
    for own in (itself(parse_registry_name("r.example/x")), *candidates(parse_registry_name("r.example/x"))):
        assert (own.name.registry, own.insecure) == ("r.example", True)
        assert own.certificates.trusted == (str(folder / "own.pem"),)


def test_a_server_that_stands_for_the_registry_is_not_written_to(certs_d: Path) -> None:
    configure(certs_d / "r.example", 'server = "https://copy.example"\nca = "copy.pem"')
    own = itself(parse_registry_name("r.example/x"))
    assert (own.name.registry, own.certificates.trusted) == ("r.example", ())


def test_a_registry_that_no_host_may_pull_from_is_refused(certs_d: Path) -> None:
    configure(certs_d / "r.example", 'server = "https://r.example"\ncapabilities = ["push"]')
    with pytest.raises(Refused, match=r"r\.example/hosts\.toml"):
        candidates(parse_registry_name("r.example/x"))


@pytest.mark.parametrize(
    "text", ["[[host", "host = 1", "server = 5", 'client = [["one"], 7]\nca = [1]\ncapabilities = {}']
)
def test_a_file_that_is_wrong_configures_no_host(certs_d: Path, text: str) -> None:
    configure(certs_d / "r.example", text)
    assert [(host.registry, host.certificates.shown) for host in hosts_of("r.example")] == [("", ())]
    assert asked("r.example/x") == ["r.example/v2"]


@pytest.mark.parametrize("data", [b"[[host", b"\xff"])
def test_a_file_that_cannot_be_used_is_told(certs_d: Path, data: bytes) -> None:
    file = configure(certs_d / "r.example", "") / "hosts.toml"
    file.write_bytes(data)
    problems: list[SeamlineError] = []
    (own,) = candidates(parse_registry_name("r.example/x"), problems.append)
    assert own.name.registry == "r.example"
    assert [str(problem.where) for problem in problems] == [str(file)]


def test_headers_and_the_time_for_a_connection_are_those_of_the_host(certs_d: Path) -> None:
    near = '[host."https://near.example"]\ndial_timeout = "1m1.5s"\n'
    header = '[host."https://near.example".header]\nx-one = "a"\nx-two = ["b", "c"]\nx-bad = "\\u0007"\n"x y" = "d"\nx-number = 5\n'
    configure(certs_d / "r.example", f'dial_timeout = "150ms"\n[header]\nx-own = "e"\n{near}{header}')
    mirror, own = candidates(parse_registry_name("r.example/x"))
    assert (mirror.headers, mirror.dial_seconds) == ((("x-one", "a"), ("x-two", "b, c")), 61.5)
    assert (own.headers, own.dial_seconds) == ((("x-own", "e"),), 0.15)


@pytest.mark.parametrize("text", ["", "5", "s", "1x", "-1s", "0s", "1s2", "9" * 400 + "h", "1s" * 9])
def test_a_duration_that_is_none_sets_nothing(certs_d: Path, text: str) -> None:
    configure(certs_d / "r.example", f'dial_timeout = "{text}"')
    (own,) = candidates(parse_registry_name("r.example/x"))
    assert own.dial_seconds in (None, 3600.0)


def test_a_mirror_is_told_whose_images_are_wanted_and_the_registry_itself_is_not(certs_d: Path) -> None:
    configure(certs_d / "docker.io", HUB)
    assert [each.namespace for each in candidates(parse_registry_name("nginx"))] == [*["docker.io"] * 3, ""]
    configure(certs_d / "r.example:5000", 'server = "https://colon.example"')
    assert [each.namespace for each in candidates(parse_registry_name("r.example:5000/x"))] == [
        "r.example:5000"
    ]
