"""Short forms that run lines and compose files share: ports, mounts, words. Source: docker run(1), Compose specification."""

from __future__ import annotations

import ipaddress
import shlex
from collections.abc import Iterator

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.model.workload import Mount, PublishedPort

_DRIVE = expression(r"[A-Za-z]:[\\/]")
_PORTS = expression(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_PROTOCOLS = ("", "tcp", "udp", "sctp")
_HIGHEST_PORT = 65535
_PROPAGATIONS = frozenset(("shared", "rshared", "slave", "rslave", "private", "rprivate"))
_MOST_PORTS = 1000
_PORT_HINT = "for example 127.0.0.1:8080:80, ports up to 65535"


def published(text: str, where: str) -> Iterator[PublishedPort]:
    """`127.0.0.1:8080:80/tcp`, `8080:80`, `80`, ranges too; ports go up to 65535, as Docker and Compose take them.

    Raises:
        Malformed: it is no port. Source: docker run(1), --publish; go-connections, ParsePortSpec.
    """
    rest, _, protocol = text.partition("/")
    *before, inside = rest.split(":")
    host = before[-1] if before else ""
    address = ":".join(before[:-1])
    address = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    wanted = _range(inside)
    given = _range(host) if host else wanted
    is_known = protocol.lower() in _PROTOCOLS and _is_address(address)
    if wanted is None or given is None or not is_known or not _is_as_wide(given, wanted):
        raise Malformed(where, expected="HOST:CONTAINER", got=repr(text[:60]), hint=_PORT_HINT)
    for at, port in enumerate(range(wanted[0], min(wanted[1], wanted[0] + _MOST_PORTS) + 1)):
        yield PublishedPort(
            container=port,
            host=given[0] + at if host else 0,
            address=address,
            protocol=protocol.lower() or "tcp",
        )


def _range(text: str) -> tuple[int, int] | None:
    """`80` and `80-89`, by their ends; None where it is neither."""
    found = _PORTS.fullmatch(text)
    if found is None:
        return None
    first = int(found[1])
    last = int(found[2] or first)
    return (first, last) if first <= last <= _HIGHEST_PORT else None


def _is_as_wide(host: tuple[int, int], inside: tuple[int, int]) -> bool:
    """Of a range for one port the host takes any."""
    return host[1] - host[0] == inside[1] - inside[0] or inside[0] == inside[1]


def _is_address(text: str) -> bool:
    try:
        return not text or bool(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False


def short_mount(text: str) -> Mount:
    """`SOURCE:TARGET[:OPTIONS]`, or a target alone; a source that is a path is the host's."""
    source, colon, rest = text.partition(":")
    if _DRIVE.match(text):
        source, colon, rest = text[:2] + text[2:].partition(":")[0], *text[2:].partition(":")[1:]
    if not colon:
        return Mount(kind="volume", target=source)
    target, _, options = rest.partition(":")
    words = options.split(",")
    is_path = source.startswith(("/", ".", "~", "$", "\\\\")) or bool(_DRIVE.match(source))
    return Mount(
        kind="bind" if is_path else "volume",
        source=source,
        target=target,
        read_only="ro" in words,
        propagation=next((word for word in words if word in _PROPAGATIONS), ""),
    )


def long_mount(text: str) -> Mount:
    """`type=bind,source=/a,target=/b,readonly,bind-propagation=shared`."""
    fields = dict(part.partition("=")[::2] for part in text.split(","))
    read_only = fields.get("readonly", fields.get("ro", "false"))
    return Mount(
        kind=fields.get("type", "volume"),
        source=fields.get("source", fields.get("src", "")),
        target=fields.get("target", fields.get("dst", fields.get("destination", ""))),
        read_only=read_only in ("", "true", "1"),
        propagation=fields.get("bind-propagation", ""),
    )


def security_options(options: tuple[str, ...]) -> dict[str, str]:
    """`name=value` and `name:value` alike; a bare name is true; several labels are joined."""
    found: dict[str, str] = {}
    for option in options:
        name, _, value = option.replace("=", ":", 1).partition(":")
        value = value or "true"
        found[name] = f"{found[name]},{value}" if name == "label" and name in found else value
    return found


def split_words(line: str, where: str) -> tuple[str, ...]:
    """The words as a shell splits them.

    Raises:
        Malformed: a quotation stays open, or a backslash stands at the end.
    """
    try:
        return tuple(shlex.split(line, comments=False))
    except ValueError as fault:
        got = "a quotation that stays open" if "quotation" in str(fault) else "a backslash at the end"
        raise Malformed(
            where, expected="a whole line", got=f"{got}: {line[:80]!r}", hint="close it, or mask it with a \\"
        ) from fault
