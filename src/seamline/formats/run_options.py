"""Short forms that run lines and compose files share: ports, mounts, words. Source: docker run(1), Compose specification."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from seamline.errors import Malformed
from seamline.model.workload import Mount, PublishedPort

_PORT = re.compile(
    r"^(?:(?P<address>\[[0-9a-fA-F:]+\]|[^:\[\]]+):)?(?:(?P<host>[0-9]{0,9})(?:-[0-9]+)?:)?(?P<inside>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?(?:/(?P<protocol>\w+))?$"
)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_NUMBERS = re.compile(r"[0-9]{1,9}(?:-[0-9]+)?")
_PROPAGATIONS = frozenset(("shared", "rshared", "slave", "rslave", "private", "rprivate"))
_MOST_PORTS = 1000


def published(text: str) -> Iterator[PublishedPort]:
    """`127.0.0.1:8080:80/tcp`, `8080:80`, `80`, ranges too; nothing where it is no port."""
    found = _PORT.match(text)
    if found is None:
        return
    address, host = found["address"] or "", found["host"] or ""
    if _NUMBERS.fullmatch(address) and not host:  # HOST:CONTAINER
        address, host = "", address.partition("-")[0]
    first = int(found["inside"])
    last = min(int(found["last"] or first), first + _MOST_PORTS)
    for at, inside in enumerate(range(first, last + 1)):
        yield PublishedPort(
            container=inside,
            host=int(host) + at if host else 0,
            address=address.strip("[]"),
            protocol=found["protocol"] or "tcp",
        )


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
