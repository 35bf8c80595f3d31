"""Compose documents laid one over another. Source: Compose specification, merge; compose-go's rules where that is silent."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from seamline.errors import Malformed
from seamline.formats.run_options import short_mount
from seamline.formats.untyped import items, mapping, text

Path = tuple[str, ...]
CONTAINERS = ("services", "jobs")
"""What of a document is run."""
_REPLACED: frozenset[Path] = frozenset((("command",), ("entrypoint",), ("healthcheck", "test")))
_PAIRS: frozenset[Path] = frozenset(
    (
        ("annotations",), ("build", "additional_contexts"), ("build", "args"), ("build", "labels"),
        ("deploy", "labels"), ("environment",), ("labels",), ("sysctls",),
    )
)  # fmt: skip
_LISTS: frozenset[Path] = frozenset(
    (
        ("build", "extra_hosts"), ("dns",), ("dns_opt",), ("dns_search",), ("env_file",), ("extra_hosts",),
        ("label_file",), ("tmpfs",),
    )
)  # fmt: skip
_NAMED: frozenset[Path] = frozenset((("depends_on",), ("models",), ("networks",)))
_HINT = "mend the file"


def merged(below: Any, above: Any, path: Path, source: str) -> Any:
    """`above` laid over `below`: mappings key by key, lists one behind the other, of anything else the upper; what is one
    value (a command, the test of a health check) is replaced.

    Raises:
        Malformed: a mapping over a list, or the reverse.
    """
    own = path[2:] if path[:1] in (("services",), ("jobs",)) else ()
    if own in _REPLACED:
        return above
    if own in _PAIRS:
        return _unique([*_pairs(below), *_pairs(above)], _before_equals)
    if own in _LISTS:
        return _appended(_listed(below), _listed(above))
    if own in _NAMED:
        below, above = _keyed(below), _keyed(above)
    elif own == ("build",):
        below, above = _context(below), _context(above)
    elif (own == ("logging",) and _has_other_driver(below, above)) or (
        own[:1] == ("ulimits",) and len(own) > 1 and not (isinstance(below, dict) and isinstance(above, dict))
    ):
        return above
    if above is None:
        return below
    if isinstance(below, dict):
        return _by_key(below, _must(above, dict, path, source), path, source)
    if isinstance(below, list):
        return _appended(below, _must(above, list, path, source))
    return above


def _by_key(below: Mapping[str, Any], above: Mapping[str, Any], path: Path, source: str) -> dict[str, Any]:
    found = dict(below)
    for key, value in above.items():
        found[key] = merged(found[key], value, (*path, key), source) if key in found else value
    return found


def _must(value: Any, kind: type, path: Path, source: str) -> Any:
    if not isinstance(value, kind):
        names: dict[type, str] = {dict: "a mapping", list: "a list"}
        where, got = f"{source} {'.'.join(path)}", names.get(type(value), "a value")
        raise Malformed(where, expected=f"{names[kind]} as below it", got=got, hint=_HINT)
    return value


def _pairs(value: Any) -> list[Any]:
    """`{A: 1, B: null}` as `A=1`, `B`."""
    if isinstance(value, dict):
        return sorted(
            pair for key, each in value.items() for pair in ([str(key)] if each is None else _pair(key, each))
        )
    return _listed(value)


def _pair(key: Any, value: Any) -> list[str]:
    return [f"{key}={text(each)}" for each in (value if isinstance(value, list) else [value])]


def _listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else items(value)


def _keyed(value: Any) -> dict[str, Any]:
    return mapping(value) if isinstance(value, dict) else {text(each): None for each in _listed(value)}


def _context(value: Any) -> dict[str, Any]:
    return {"context": value} if isinstance(value, str) else mapping(value)


def _has_other_driver(below: Any, above: Any) -> bool:
    one, other = mapping(below).get("driver"), mapping(above).get("driver")
    return one is not None and other is not None and one != other


def _appended(below: Iterable[Any], above: Iterable[Any]) -> list[Any]:
    """Both, what is there already once."""
    found: dict[Any, Any] = {}
    for at, each in enumerate((*below, *above)):
        found.setdefault(_hashable(each, at), each)
    return list(found.values())


def _hashable(value: Any, at: int) -> Any:
    if not isinstance(value, (dict, list)):
        return (type(value), value)
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError):
        return at


def taken_away(document: dict[str, Any], away: Iterable[Path]) -> dict[str, Any]:
    """The document without what lies at these paths."""
    for path in away:
        document = _without(document, path)
    return document


def _without(value: Any, path: Path) -> Any:
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return {key: each for key, each in value.items() if key != path[0]}
    return {**value, path[0]: _without(value[path[0]], path[1:])}


def unified(document: dict[str, Any]) -> dict[str, Any]:
    """The document, of what may be there once by its key only the last, at the place of the first."""
    for kind in CONTAINERS:
        found = document.get(kind)
        if isinstance(found, dict):
            document = {**document, kind: {name: _unified(each) for name, each in found.items()}}
    return document


def _unified(service: Any) -> Any:
    if not isinstance(service, dict):
        return service
    return {
        key: _unique(value, _KEYS[key]) if key in _KEYS and isinstance(value, list) else value
        for key, value in service.items()
    }


def _unique(values: Iterable[Any], key: Callable[[Any], str]) -> list[Any]:
    return list({key(each): each for each in values}.values())


def _before_equals(value: Any) -> str:
    return text(value).partition("=")[0]


def _target(default: str) -> Callable[[Any], str]:
    def key(value: Any) -> str:
        if isinstance(value, dict):
            return text(value.get("target")) or f"{default}/{text(value.get('source'))}"
        return f"{default}/{text(value)}"

    return key


def _volume(value: Any) -> str:
    target = text(value.get("target")) if isinstance(value, dict) else short_mount(text(value)).target
    return posixpath.normpath(target) if target else ""


def _device(value: Any) -> str:
    if isinstance(value, dict):
        return text(value.get("target"))
    source, _, rest = text(value).partition(":")
    return rest.partition(":")[0] or source


def _port(value: Any) -> str:
    """Of a short form its text; long ones, which short ones were made into before, by all that tells them apart."""
    if not isinstance(value, dict):
        return text(value)
    address, protocol = text(value.get("host_ip")) or "0.0.0.0", text(value.get("protocol")) or "tcp"  # noqa: S104
    return f"{address}:{text(value.get('published'))}:{text(value.get('target'))}/{protocol}"


def _path(value: Any) -> str:
    return text(value.get("path")) if isinstance(value, dict) else text(value)


_KEYS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(
        ("annotations", "cap_add", "cap_drop", "dns", "dns_opt", "dns_search", "environment", "labels", "links", "profiles", "sysctls", "tmpfs"),
        _before_equals,
    ),
    "configs": _target(""),
    "devices": _device,
    "env_file": _path,
    "expose": text,
    "ports": _port,
    "secrets": _target("/run/secrets"),
    "volumes": _volume,
}  # fmt: skip
