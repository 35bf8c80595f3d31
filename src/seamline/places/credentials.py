"""Who to be at a registry: read where container tools keep it, handed out for that one registry only.

Source: docker config.json and credential helpers protocol; containers-auth.json(5).
"""

from __future__ import annotations

import base64
import binascii
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from seamline.errors import Unreachable
from seamline.formats.reference import HUB

_HELPER_SECONDS = 20
_HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io")


class Login(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """A user with a password, or an identity token that buys access tokens. Never shown."""

    user: str
    password: str
    identity_token: str = ""

    def __repr__(self) -> str:
        return f"Login({self.user!r}, ...)"


class _Auth(msgspec.Struct):
    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""


class _Config(msgspec.Struct, rename="camel"):
    auths: dict[str, _Auth] = {}
    creds_store: str = ""
    cred_helpers: dict[str, str] = {}


def find_login(registry: str, repository: str) -> Login | None:
    """The login for a repository, the most particular one first; None for anonymous.

    Raises:
        Unreachable: a credential helper that is named for the registry fails or hangs.
    """
    for path in _files():
        config = _read(path)
        if config is None:
            continue
        for key in _keys(registry, repository):
            login = _from_helper(config, key) or _from_file(config.auths, key)
            if login is not None:
                return login
    return None


def _files() -> Iterator[Path]:
    if named := os.environ.get("REGISTRY_AUTH_FILE"):
        yield Path(named)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        yield Path(runtime, "containers", "auth.json")
    config = os.environ.get("XDG_CONFIG_HOME", "")
    yield (Path(config) if config.startswith("/") else Path.home() / ".config") / "containers" / "auth.json"
    docker = os.environ.get("DOCKER_CONFIG")
    yield Path(docker, "config.json") if docker else Path.home() / ".docker" / "config.json"


def _read(path: Path) -> _Config | None:
    """A file that is not there, not ours to read or not such a file holds no login."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Config)
    except (OSError, msgspec.MsgspecError, RecursionError):
        return None


def _keys(registry: str, repository: str) -> Iterator[str]:
    parts = repository.split("/")
    for count in range(len(parts), 0, -1):
        yield "/".join((registry, *parts[:count]))
    yield registry
    yield f"https://{registry}"
    yield f"https://{registry}/v1/"
    if registry == HUB:
        yield from _HUB_KEYS


def _from_file(auths: Mapping[str, _Auth], key: str) -> Login | None:
    found = auths.get(key)
    if found is None:
        return None
    user, password = found.username, found.password
    if found.auth:
        try:
            user, _, password = base64.b64decode(found.auth).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
    password = password.rstrip("\0")
    if not (user or found.identitytoken):
        return None
    return Login(user, password, found.identitytoken)


def _from_helper(config: _Config, key: str) -> Login | None:
    """Asks the helper that is named for the key, or the one for all; the particular one must answer."""
    particular = config.cred_helpers.get(key)
    name = particular or config.creds_store
    if not name:
        return None
    program = shutil.which(f"docker-credential-{name}")
    if program is None:
        if particular:
            raise _helper_failed(name, key, "not on PATH")
        return None
    try:
        done = subprocess.run(
            [program, "get"], input=key.encode(), capture_output=True, timeout=_HELPER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise _helper_failed(name, key, type(fault).__name__) from fault
    if done.returncode != 0:  # helpers answer so when they do not know the registry
        return None
    return _parse_helper(done.stdout)


def _parse_helper(data: bytes) -> Login | None:
    try:
        found = msgspec.json.decode(data, type=dict[str, str])
    except (msgspec.MsgspecError, RecursionError):
        return None
    user, secret = found.get("Username", ""), found.get("Secret", "")
    if not secret:
        return None
    return Login("", "", secret) if user == "<token>" else Login(user, secret)


def _helper_failed(name: str, key: str, got: str) -> Unreachable:
    return Unreachable(
        f"docker-credential-{name}",
        expected=f"an answer for {key}",
        got=got,
        hint="run the helper yourself, or log in again",
    )
