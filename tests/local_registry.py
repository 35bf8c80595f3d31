"""A real registry, with TLS and a password, on this machine."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.neighbours import free_port, need

USER, PASSWORD = "reader", "a secret: with a colon"


class LocalRegistry(NamedTuple):
    """Where it listens, the certificate to trust, and a docker config that holds the login."""

    host: str
    ca_file: Path
    docker_config: Path


class GuardedRegistry(NamedTuple):
    """Where one listens that wants to see a certificate; the folder has ca.crt, client.cert and client.key."""

    host: str
    folder: Path


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRegistry]:
    need("docker-registry", "htpasswd", "openssl")
    folder = tmp_path_factory.mktemp("registry")
    hashed = subprocess.run(["htpasswd", "-nbB", USER, PASSWORD], capture_output=True, check=True).stdout
    (folder / "htpasswd").write_bytes(hashed.strip() + b"\n")
    auth = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    with _serving(folder, {}, auth) as host:
        docker = folder / "docker"
        docker.mkdir()
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        (docker / "config.json").write_text(json.dumps({"auths": {host: {"auth": login}}}))
        yield LocalRegistry(host, folder / "cert.pem", docker)


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedRegistry]:
    need("docker-registry", "openssl")
    folder = tmp_path_factory.mktemp("guarded")
    _certificate(folder, "client.cert", "client.key")
    with _serving(folder, {"clientcas": [str(folder / "client.cert")]}, {}) as host:
        (folder / "ca.crt").write_bytes((folder / "cert.pem").read_bytes())
        yield GuardedRegistry(host, folder)


@contextmanager
def _serving(folder: Path, tls: dict[str, Any], auth: dict[str, Any]) -> Iterator[str]:
    """Debian's registry, its certificate in cert.pem; the host."""
    host = f"localhost:{free_port()}"
    _certificate(folder, "cert.pem", "key.pem")
    files = {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")}
    config = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "store")}},
        "http": {"addr": host.replace("localhost", "127.0.0.1"), "tls": {**files, **tls}},
        "auth": auth,
    }
    (folder / "config.yml").write_text(json.dumps(config))
    with subprocess.Popen(
        ["docker-registry", "serve", str(folder / "config.yml")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _wait(host)
        yield host
        process.terminate()


def _certificate(folder: Path, certificate: str, key: str) -> None:
    """A certificate that signs itself, for the server or a client."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(folder / key), "-out", str(folder / certificate)]
    subprocess.run(command, check=True, capture_output=True)


def _wait(host: str) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(host)


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
