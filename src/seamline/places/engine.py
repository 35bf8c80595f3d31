"""Images of a local container engine, by its socket. Source: Docker Engine API v1.43, ImageGet; podman serves the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

import msgspec

from seamline.effects import unix_http
from seamline.errors import NotFound, SeamlineError, Unreachable, Usage
from seamline.formats.distribution import parse_errors
from seamline.model.image import Image
from seamline.places import docker_archive
from seamline.places.archive import Archive, held

_MOST_ERROR_BYTES = 65536
_ENGINES = {
    "docker": ("DOCKER_HOST", ("/var/run/docker.sock", "{runtime}/docker.sock")),
    "podman": ("CONTAINER_HOST", ("{runtime}/podman/podman.sock", "/run/podman/podman.sock")),
}
"""The variable that names an engine, and where it listens otherwise."""


class _Message(msgspec.Struct):
    message: str = ""


def sockets(kind: str) -> Iterator[Path]:
    """Where an engine of this kind may listen; only there, where the user named an engine.

    An engine named by another scheme (tcp, ssh) has no socket here.
    """
    variable, usual = _ENGINES[kind]
    named = os.environ.get(variable, "")
    if named:
        if named.startswith("unix://"):
            yield Path(named.removeprefix("unix://").partition("?")[0])
        return
    runtime = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    yield from (Path(each.format(runtime=runtime)) for each in usual)


def answering() -> Iterator[str]:
    """The kinds of engine that listen on this machine and let us ask."""
    for kind in _ENGINES:
        if any(path.is_socket() and os.access(path, os.R_OK | os.W_OK) for path in sockets(kind)):
            yield kind


def open_image(kind: str, name: str) -> Image:
    """The engine's image `name`, exported through one unlinked file.

    Raises:
        NotFound: the engine has no such image.
        Unreachable: no engine listens, or it refuses or fails.
    """
    for path in sockets(kind):
        if path.is_socket():
            return _exported(kind, path, name)
    listed = ", ".join(str(path) for path in sockets(kind)) or f"a unix:// address in {_ENGINES[kind][0]}"
    raise Unreachable(
        kind,
        expected=f"an engine at {listed}",
        got="none",
        hint=f"start {kind}, or name a registry: registry:{name}",
    )


def _exported(kind: str, path: Path, name: str) -> Image:
    answer = unix_http.get(path, f"/images/{quote(name, safe='')}/get")
    if answer.status != 200:
        with answer:
            said = answer.read(_MOST_ERROR_BYTES) or b""
        raise _failed(kind, name, answer.status, _words(said) or f"status {answer.status}")
    with answer:
        archive = Archive(held(cast("BinaryIO", answer), f"{kind}:{name}"), f"{kind}:{name}")
    image = docker_archive.open_image(archive, "", f"{kind}:{name}")
    return msgspec.structs.replace(image, place=kind)


def _failed(kind: str, name: str, status: int, words: str) -> SeamlineError:
    """What an answer other than the image means. Source: Docker Engine API v1.43, "Errors"."""
    where = f"{kind}:{name}"
    if status == 404:
        hint = f"{kind} images lists what is there"
        return NotFound(where, expected="an image of this name", got=words, hint=hint)
    if status == 400:
        return Usage(where, expected="a name that the engine takes", got=words, hint="check its spelling")
    if status in (401, 403):
        hint = f"ask who keeps the engine, or name a registry: registry:{name}"
        return Unreachable(where, expected="to be allowed to export it", got=words, hint=hint)
    hint = f"look into the engine's log, or name a registry: registry:{name}"
    return Unreachable(where, expected="the image", got=words, hint=hint)


def _words(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Message).message[:200]
    except (msgspec.MsgspecError, RecursionError):
        return parse_errors(body)
