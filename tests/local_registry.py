"""A real registry, with TLS and a password, on this machine."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import urllib3

from tests.neighbours import free_port, need

USER, PASSWORD = "reader", "a secret: with a colon"


class LocalRegistry(NamedTuple):
    """Where it listens, the certificate to trust, and a docker config that holds the login."""

    host: str
    ca_file: Path
    docker_config: Path


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRegistry]:
    need("docker-registry", "htpasswd", "openssl")
    folder = tmp_path_factory.mktemp("registry")
    host = f"localhost:{free_port()}"
    _certificate(folder)
    hashed = subprocess.run(["htpasswd", "-nbB", USER, PASSWORD], capture_output=True, check=True).stdout
    (folder / "htpasswd").write_bytes(hashed.strip() + b"\n")
    config = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "store")}},
        "http": {
            "addr": host.replace("localhost", "127.0.0.1"),
            "tls": {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")},
        },
        "auth": {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}},
    }
    (folder / "config.yml").write_text(json.dumps(config))
    docker = folder / "docker"
    docker.mkdir()
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    (docker / "config.json").write_text(json.dumps({"auths": {host: {"auth": login}}}))
    with subprocess.Popen(
        ["docker-registry", "serve", str(folder / "config.yml")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _wait(f"https://{host}/v2/", folder / "cert.pem")
        yield LocalRegistry(host, folder / "cert.pem", docker)
        process.terminate()


def _certificate(folder: Path) -> None:
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += [
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        folder / "key.pem",
        "-out",
        folder / "cert.pem",
    ]  # type: ignore[list-item]
    subprocess.run(command, check=True, capture_output=True)


def _wait(url: str, ca_file: Path) -> None:
    with urllib3.PoolManager(ca_certs=str(ca_file), retries=False) as pool:
        for _ in range(100):
            try:
                pool.request("GET", url)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
            else:
                return
    raise TimeoutError(url)


@pytest.fixture
def logged_in(registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalRegistry:
    """The registry, with its password where docker keeps it and nobody else's around."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONFIG", str(registry.docker_config))
    for name in ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return registry
