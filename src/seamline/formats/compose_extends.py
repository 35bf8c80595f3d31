"""What a compose service takes over from another by `extends`. Source: Compose specification, services, extends; merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from seamline.errors import Malformed
from seamline.formats.untyped import mapping, text

Read = Callable[[str], Any]
"""The document of a compose file, by its path."""
_REPLACED = frozenset(("command", "entrypoint", "test"))
"""Lists that are one value: the last word replaces all of them."""
_MOST = 32


def extended(document: Any, source: str, read: Read) -> Any:
    """The same document, each service with what it extends laid under it; other files are asked of `read`.

    Raises:
        Malformed: a service extends one that is not there, or itself.
    """
    services = mapping(mapping(document).get("services"))
    if not any("extends" in mapping(service) for service in services.values()):
        return document
    whole = {name: _whole(name, document, source, read, 0) for name in services}
    return {**mapping(document), "services": whole}


def _whole(name: str, document: Any, source: str, read: Read, depth: int) -> Any:
    services = mapping(mapping(document).get("services"))
    if name not in services or depth > _MOST:
        got = "none" if name not in services else "one that extends itself"
        raise Malformed(source, expected=f"a service {name}", got=got, hint="name a service that is there")
    service = mapping(services[name])
    asked = service.get("extends")
    if asked is None:
        return service
    other = asked if isinstance(asked, str) else text(mapping(asked).get("service"))
    file = "" if isinstance(asked, str) else text(mapping(asked).get("file"))
    path = str(PurePath(source).parent / file) if file else source
    below = _whole(other, read(path) if file else document, path, read, depth + 1)
    own = {key: value for key, value in service.items() if key != "extends"}
    return _merged(mapping(below), own)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings one by one, lists one behind the other, and of anything else the upper."""
    found = dict(below)
    for key, value in above.items():
        under = found.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            found[key] = _merged(under, value)
        elif isinstance(under, list) and isinstance(value, list) and key not in _REPLACED:
            found[key] = [*under, *(each for each in value if each not in under)]
        else:
            found[key] = value
    return found
