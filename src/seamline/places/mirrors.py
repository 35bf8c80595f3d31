"""Where an image may be had: registries and their mirrors as users have configured them for their container tools.

Source: containers-registries.conf(5) version 2; Docker's daemon.json, registry-mirrors; containerd's hosts.toml.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from seamline.effects.wire import Certificates
from seamline.errors import Refused
from seamline.formats.reference import HUB, HUB_NAMES, RegistryName
from seamline.places.certificates import find_certificates, joined
from seamline.places.containerd_hosts import API, Host, Warn, hosts_of, unheard


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One place to ask for an image; `insecure` allows plain http and unverified TLS there alone, `api` is the path
    that its repositories are below, `certificates` are those for its host, `headers` go with every request there.
    `namespace` names the registry that a mirror is asked for ("" where it stands for no other)."""

    name: RegistryName
    insecure: bool = False
    api: str = API
    certificates: Certificates = Certificates()
    headers: tuple[tuple[str, str], ...] = ()
    dial_seconds: float | None = None
    namespace: str = ""


class _Daemon(msgspec.Struct, rename="kebab"):
    registry_mirrors: tuple[str, ...] = ()
    insecure_registries: tuple[str, ...] = ()


def candidates(name: RegistryName, warn: Warn = unheard) -> tuple[Candidate, ...]:
    """Mirrors first, in the order they are configured, the registry itself (or what stands for it) last. `warn` is told
    of a hosts.toml that cannot be used.

    Raises:
        Refused: the configuration blocks the registry, or lets images be read nowhere.
    """
    table = _longest(name, _registries())
    if table.get("blocked"):
        raise _closed(name, "one that registries.conf blocks", "/etc/containers/registries.conf")
    found = list(_mirrored(name, table))
    if name.registry == HUB:
        found += [_elsewhere(name, mirror) for mirror in _daemon().registry_mirrors]
    prefix, location = _prefix(table), str(table.get("location") or "")
    own = msgspec.structs.replace(_own(name), name=_moved(name, prefix, location))
    found += _by_containerd(name, own, warn)
    if not found:
        raise _closed(name, "no host that may pull", f"containerd/certs.d/{name.registry}/hosts.toml")
    return tuple(_with_certificates(each) for each in dict.fromkeys(found))


def itself(name: RegistryName) -> Candidate:
    """The registry of the name, whatever mirrors it has: where images are written, and tags listed."""
    return _with_certificates(_own(name))


def _own(name: RegistryName) -> Candidate:
    """The registry itself, with what the container tools' own files say of it."""
    insecure = _longest(name, _registries()).get("insecure") or name.registry in _daemon().insecure_registries
    *_, host = hosts_of(name.registry) or (Host(),)
    if host.registry not in ("", name.registry, name.host):
        host = Host()
    return Candidate(
        name=name,
        insecure=bool(insecure or host.insecure),
        certificates=host.certificates,
        headers=host.headers,
        dial_seconds=host.dial_seconds,
    )


def _by_containerd(name: RegistryName, own: Candidate, warn: Warn) -> Iterator[Candidate]:
    """The hosts that containerd would ask; `own` where none stands for the registry itself."""
    for host in hosts_of(name.registry, warn) or (Host(),):
        if not host.registry:
            yield own
        elif host.serves(by_digest=name.digest is not None):
            registry = HUB if host.registry in HUB_NAMES else host.registry
            yield Candidate(
                name=msgspec.structs.replace(name, registry=registry),
                insecure=host.insecure,
                api=host.api,
                certificates=host.certificates,
                headers=host.headers,
                dial_seconds=host.dial_seconds,
                namespace="" if registry == name.registry else name.registry,
            )


def _with_certificates(candidate: Candidate) -> Candidate:
    """The candidate with what certs.d holds for its host besides."""
    found = joined(candidate.certificates, find_certificates(candidate.name))
    named = msgspec.structs.replace(found, host=candidate.name.host)
    return msgspec.structs.replace(candidate, certificates=named)


def _closed(name: RegistryName, got: str, file: str) -> Refused:
    return Refused(str(name), expected="a registry that may be used", got=got, hint=f"ask who keeps {file}")


def _mirrored(name: RegistryName, table: dict[str, Any]) -> Iterator[Candidate]:
    prefix = _prefix(table)
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
        prefix = _prefix(table)
        if prefix and _covers(prefix, full) and len(prefix) > len(_prefix(best)):
            best = table
    return best


def _prefix(table: dict[str, Any]) -> str:
    """The names that a table is about."""
    return str(table.get("prefix") or table.get("location") or "")


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
