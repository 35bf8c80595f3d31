"""Where containerd asks for the images of a registry: `certs.d/HOST/hosts.toml`.

Source: containerd, docs/hosts.md, "Registry Host Namespace" and "hosts.toml Content Description".
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from seamline.effects.wire import Certificates
from seamline.errors import Malformed, SeamlineError
from seamline.expression import expression
from seamline.places.certificates import certificates_in

API = "/v2"
_FOLDERS = ("~/.config/containerd/certs.d", "/etc/containerd/certs.d")
_FIELD = expression(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PARTS = expression(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")
_DURATION = expression(rf"(?:{_PARTS.pattern}){{1,8}}", re.ASCII)
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_MOST_SECONDS = 3600.0
_CAPABILITIES = ("pull", "resolve", "push")


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One host to ask, in the order of the file. `registry` is "" for the registry itself, `api` the path that its
    repositories are below, `headers` go with every request, `dial_seconds` is how long a connection may take (None:
    as for any other)."""

    registry: str = ""
    api: str = API
    insecure: bool = False
    capabilities: tuple[str, ...] = _CAPABILITIES
    certificates: Certificates = Certificates()
    headers: tuple[tuple[str, str], ...] = ()
    dial_seconds: float | None = None

    def serves(self, *, by_digest: bool) -> bool:
        """Whether it may be asked for images, by digest or by tag."""
        return "pull" in self.capabilities and (by_digest or "resolve" in self.capabilities)


Warn = Callable[[SeamlineError], None]
"""Told what is wrong with a file or mirror that is passed over for it."""


def unheard(_: SeamlineError) -> None:
    """Tells nobody."""


def hosts_of(registry: str, warn: Warn = unheard) -> tuple[Host, ...]:
    """The hosts for a registry's images, the one that stands for the registry itself last; () where containerd has
    nothing configured for it. A file that is not what it should be configures no host, and `warn` is told."""
    for folder in _folders_of(registry):
        if not folder.is_dir():
            continue
        try:
            document = tomllib.loads((folder / "hosts.toml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return (Host(certificates=certificates_in(folder)),)
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
            warn(_unusable(folder / "hosts.toml", fault))
            return (Host(certificates=certificates_in(folder)),)
        return tuple(_hosts_in(document, folder))
    return ()


def _unusable(file: Path, fault: Exception) -> Malformed:
    why = fault.strerror if isinstance(fault, OSError) else str(fault)
    return Malformed(
        str(file),
        expected="TOML that may be read",
        got=(why or type(fault).__name__)[:200],
        hint="mend or remove the file",
    )


def _folders_of(registry: str) -> Iterator[Path]:
    """Where the registry may be configured: under its own name, `:5000` also as `_5000_`, or with all others."""
    host, colon, port = registry.rpartition(":")
    names = (f"{host}_{port}_", registry) if colon else (registry,)
    for folder in _FOLDERS:
        yield from (Path(folder).expanduser() / name for name in (*names, "_default"))


def _hosts_in(document: Mapping[str, Any], folder: Path) -> Iterator[Host]:
    hosts = document.get("host")
    for address, table in hosts.items() if isinstance(hosts, dict) else ():
        if isinstance(table, dict):
            yield _host(address, table, folder)
    server = document.get("server")
    yield _host(server if isinstance(server, str) else "", document, folder)


def _host(address: str, table: Mapping[str, Any], folder: Path) -> Host:
    certificates = Certificates(
        trusted=tuple(str(folder / path) for path in _words(table.get("ca"))),
        shown=tuple(_pairs(table.get("client"), folder)),
    )
    common = Host(
        insecure=table.get("skip_verify") is True,
        certificates=certificates,
        headers=tuple(_headers(table.get("header"))),
        dial_seconds=_seconds(table.get("dial_timeout")),
    )
    if not address:
        return common
    parts = urlsplit(address if address.startswith("http") else f"https://{address}")
    return msgspec.structs.replace(
        common,
        registry=parts.netloc,
        api=_api(parts.path, override=table.get("override_path") is True),
        insecure=common.insecure or parts.scheme == "http",
        capabilities=_words(table.get("capabilities")) or _CAPABILITIES,
    )


def _api(path: str, *, override: bool) -> str:
    """The path of the registry's API below an address: its own where it overrides, else one that ends in /v2."""
    clean = posixpath.normpath(path).rstrip("/") if path else ""
    return clean if override or clean.endswith(API) else clean + API


def _words(value: object) -> tuple[str, ...]:
    """The strings of a key that takes one or several."""
    several = value if isinstance(value, list) else [value]
    return tuple(each for each in several if isinstance(each, str))


def _headers(table: object) -> Iterator[tuple[str, str]]:
    """The header fields of a table; several values of one are one field. Source: RFC 9110 5.3."""
    for name, value in table.items() if isinstance(table, dict) else ():
        text = ", ".join(_words(value))
        if _FIELD.fullmatch(name) and text.isprintable() and text:
            yield name, text


def _seconds(value: object) -> float | None:
    """The seconds of one of Go's durations, such as `1m30s`; None where it is none. Source: Go, time.ParseDuration."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        return None
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PARTS.findall(value))
    return min(seconds, _MOST_SECONDS) or None


def _pairs(value: object, folder: Path) -> Iterator[tuple[str, str]]:
    """Certificates with their keys; one file may hold both."""
    for each in value if isinstance(value, list) else [value]:
        match each:
            case str():
                yield str(folder / each), ""
            case [str(certificate), str(key)]:
                yield str(folder / certificate), str(folder / key)
