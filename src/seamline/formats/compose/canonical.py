"""The long form of what a compose file may write short, and its paths from where Seamline stands. Source: Compose specification,
services, ports, volumes, env_file, extends.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from seamline.errors import Malformed
from seamline.formats.compose.hooks import BEFORE
from seamline.formats.compose.merge import CONTAINERS
from seamline.formats.run_options import published, short_mount
from seamline.formats.untyped import mapping, text

_HINT = "mend the file"


def canonical(document: dict[str, Any], source: str, folder: str) -> dict[str, Any]:
    """The document with ports and volumes in their long form; relative paths start in `folder`.

    Raises:
        Malformed: a port or a volume that is none.
    """
    for kind in CONTAINERS:
        found = document.get(kind)
        if isinstance(found, dict):
            long = {name: _service(each, f"{source} {kind}.{name}", folder) for name, each in found.items()}
            document = {**document, kind: long}
    return document


def _service(service: Any, where: str, folder: str) -> Any:
    if not isinstance(service, dict):
        return service
    own = dict(service)
    if own.get("ports"):
        own["ports"] = [port for each in own["ports"] for port in _ports(each, f"{where}.ports")]
    if own.get("volumes"):
        own["volumes"] = [_volume(each, f"{where}.volumes", folder) for each in own["volumes"]]
    if own.get(BEFORE):
        own[BEFORE] = [_service(each, f"{where}.{BEFORE}", folder) for each in own[BEFORE]]
    if own.get("env_file"):
        files = own["env_file"]
        own["env_file"] = [_file(each, folder) for each in ([files] if isinstance(files, str) else files)]
    extends = mapping(own.get("extends"))
    if isinstance(extends.get("file"), str):
        own["extends"] = {**extends, "file": _below(folder, extends["file"])}
    return own


def _ports(port: Any, where: str) -> Iterator[dict[str, Any]]:
    if isinstance(port, dict):
        yield {**port, "protocol": port.get("protocol") or "tcp"}
        return
    for each in published(text(port), where):
        long = {"target": each.container, "protocol": each.protocol, "host_ip": each.address}
        yield {**long, "published": str(each.host) if each.host else ""}


def _volume(volume: Any, where: str, folder: str) -> Any:
    if isinstance(volume, dict):
        if volume.get("type") != "bind":
            return volume
        return {**volume, "source": _below(folder, text(volume.get("source")))}
    mount = short_mount(volume)
    if not mount.target or volume.startswith(":") or "::" in volume or volume.endswith(":"):
        raise Malformed(where, expected="SOURCE:TARGET", got=repr(volume[:60]), hint=_HINT)
    found: dict[str, Any] = {"type": mount.kind, "target": posixpath.normpath(mount.target)}
    if mount.source:
        found["source"] = _below(folder, mount.source) if mount.kind == "bind" else mount.source
    if mount.read_only:
        found["read_only"] = True
    if mount.propagation:
        found["bind"] = {"propagation": mount.propagation}
    return found


def _file(value: Any, folder: str) -> dict[str, Any]:
    found: Mapping[str, Any] = {"path": value} if isinstance(value, str) else mapping(value)
    return {**found, "path": _below(folder, text(found.get("path")))}


def _below(folder: str, path: str) -> str:
    return path if not folder or path.startswith(("~", "\\\\")) else posixpath.join(folder, path)
