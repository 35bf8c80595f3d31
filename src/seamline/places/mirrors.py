"""Where else an image may be had: mirrors as users have configured them for their container tools.

Source: containers-registries.conf(5) version 2; Docker's daemon.json, registry-mirrors.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from seamline.errors import Refused
from seamline.formats.reference import HUB, RegistryName


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One place to ask for an image; `insecure` allows plain http and unverified TLS there alone."""

    name: RegistryName
    insecure: bool = False


class _Daemon(msgspec.Struct, rename="kebab"):
    registry_mirrors: tuple[str, ...] = ()
    insecure_registries: tuple[str, ...] = ()


def candidates(name: RegistryName) -> tuple[Candidate, ...]:
    """Mirrors first, in the order they are configured, the registry itself last.

    Raises:
        Refused: the configuration blocks the registry.
    """
    table = _longest(name, _registries())
    if table.get("blocked"):
        raise Refused(
            str(name),
            expected="a registry that may be used",
            got="one that registries.conf blocks",
            hint="ask who keeps /etc/containers/registries.conf",
        )
    found = list(_mirrored(name, table))
    daemon = _daemon()
    if name.registry == HUB:
        found += [_elsewhere(name, mirror) for mirror in daemon.registry_mirrors]
    insecure = bool(table.get("insecure")) or name.registry in daemon.insecure_registries
    own = _moved(
        name, str(table.get("prefix") or table.get("location") or ""), str(table.get("location") or "")
    )
    return (*dict.fromkeys(found), Candidate(name=own, insecure=insecure))


def _mirrored(name: RegistryName, table: dict[str, Any]) -> Iterator[Candidate]:
    prefix = str(table.get("prefix") or table.get("location") or "")
    for mirror in table.get("mirror") or ():
        if not isinstance(mirror, dict) or not mirror.get("location"):
            continue
        if mirror.get("pull-from-mirror") == "digest-only" and name.digest is None:
            continue
        if mirror.get("pull-from-mirror") == "tag-only" and name.digest is not None:
            continue
        moved = _moved(name, prefix, str(mirror["location"]))
        yield Candidate(name=moved, insecure=bool(mirror.get("insecure")))


def _moved(name: RegistryName, prefix: str, location: str) -> RegistryName:
    """The name with `prefix` replaced by `location`."""
    full = f"{name.registry}/{name.repository}"
    if not location or not full.startswith(prefix):
        return name
    registry, _, repository = (location.rstrip("/") + full[len(prefix) :]).partition("/")
    return msgspec.structs.replace(name, registry=registry, repository=repository)


def _elsewhere(name: RegistryName, mirror: str) -> Candidate:
    """The same repository at a mirror of Docker Hub, which is named by its address."""
    scheme, _, rest = mirror.rpartition("://")
    return Candidate(name=msgspec.structs.replace(name, registry=rest.strip("/")), insecure=scheme == "http")


def _longest(name: RegistryName, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """The table whose prefix is the longest that the name has."""
    full = f"{name.registry}/{name.repository}"
    best: dict[str, Any] = {}
    for table in tables:
        prefix = str(table.get("prefix") or table.get("location") or "")
        if (
            prefix
            and _covers(prefix, full)
            and len(prefix) > len(str(best.get("prefix") or best.get("location") or ""))
        ):
            best = table
    return best


def _covers(prefix: str, full: str) -> bool:
    if prefix.startswith("*."):
        return full.partition("/")[0].endswith(prefix[1:])
    return full == prefix or full.startswith(prefix + "/")


def _registries() -> list[dict[str, Any]]:
    """Every [[registry]] table; a file that cannot be read configures nothing."""
    tables: list[dict[str, Any]] = []
    for path in _configuration_files():
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
            continue
        found = document.get("registry")
        tables += [table for table in found if isinstance(table, dict)] if isinstance(found, list) else []
    return tables


def _configuration_files() -> Iterator[Path]:
    named = os.environ.get("CONTAINERS_REGISTRIES_CONF")
    own = Path.home() / ".config" / "containers"
    if named:
        yield Path(named)
    elif (own / "registries.conf").exists():
        yield own / "registries.conf"
    else:
        yield Path("/etc/containers/registries.conf")
    for folder in (Path("/etc/containers/registries.conf.d"), own / "registries.conf.d"):
        yield from sorted(folder.glob("*.conf"))


def _daemon() -> _Daemon:
    for path in (Path.home() / ".config" / "docker" / "daemon.json", Path("/etc/docker/daemon.json")):
        try:
            return msgspec.json.decode(path.read_bytes(), type=_Daemon)
        except (OSError, msgspec.MsgspecError, RecursionError):
            continue
    return _Daemon()
