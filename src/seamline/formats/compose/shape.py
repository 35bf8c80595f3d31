"""What kind of value a compose file may have where: what is of another kind is refused, as Compose does, and not passed over.
Source: Compose specification, schema, services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.formats.compose.hooks import BEFORE, INSIDE
from seamline.formats.compose.merge import CONTAINERS
from seamline.formats.untyped import items

_TEXT, _FLAG, _NUMBER, _LIST, _MAPPING = "text", "a truth value", "a number", "a list", "a mapping"
_Kinds = tuple[str, ...]


def _all(kinds: _Kinds, names: str) -> dict[str, _Kinds]:
    return dict.fromkeys(names.split(), kinds)


_OF_A_SERVICE: Mapping[str, _Kinds] = {
    **_all((_TEXT,), "cgroup_parent container_name hostname image ipc network_mode pid platform pull_policy restart runtime user userns_mode uts working_dir"),
    **_all((_FLAG, _TEXT), "init privileged read_only stdin_open tty"),
    **_all((_NUMBER, _TEXT), "cpu_shares cpus mem_limit mem_reservation memswap_limit pids_limit shm_size"),
    **_all((_LIST,), "cap_add cap_drop configs devices expose group_add links ports post_start pre_start pre_stop profiles secrets security_opt volumes"),
    **_all((_MAPPING,), "deploy develop healthcheck logging ulimits"),
    **_all((_LIST, _MAPPING), "annotations depends_on environment extra_hosts labels models networks sysctls"),
    **_all((_TEXT, _LIST), "command dns dns_search entrypoint env_file label_file tmpfs"),
    **_all((_TEXT, _MAPPING), "build extends"),
}  # fmt: skip
_BELOW: Mapping[tuple[str, ...], _Kinds] = {
    ("deploy", "resources"): (_MAPPING,),
    ("deploy", "resources", "limits"): (_MAPPING,),
    ("deploy", "restart_policy"): (_MAPPING,),
    ("healthcheck", "disable"): (_FLAG, _TEXT),
    ("healthcheck", "test"): (_TEXT, _LIST),
}
_OF_ITEMS: Mapping[str, _Kinds] = {
    **_all((_TEXT,), "cap_add cap_drop profiles security_opt"),
    **_all((_TEXT, _MAPPING), "configs devices env_file secrets volumes"),
    **_all((_TEXT, _MAPPING, _NUMBER), "ports"),
    **_all((_MAPPING,), "post_start pre_start pre_stop"),
    **_all((_TEXT, _NUMBER, _FLAG), "command entrypoint"),
}
_WRITTEN = {
    _FLAG: expression(r"true|false|yes|no|on|off|y|n|", re.IGNORECASE),
    _NUMBER: expression(r"-?\d+(\.\d+)?\s*[kmgtpe]?i?b?|", re.IGNORECASE),
}
"""How a truth value and a number are written as text; an empty one is what a variable left."""
_HINT = "mend the file"


def check_shape(document: dict[str, Any], source: str) -> None:
    """Whether every value that is looked at has a kind that it may have.

    Raises:
        Malformed: the first that has not, with its place.
    """
    for kind in CONTAINERS:
        containers = document.get(kind)
        _check(containers, (_MAPPING,), f"{source} {kind}")
        for name, service in (containers or {}).items():
            _check(service, (_MAPPING,), f"{source} {kind}.{name}")
            _check_container(service or {}, f"{source} {kind}.{name}")


def _check_container(container: Mapping[str, Any], where: str) -> None:
    for place, value, kinds in _values(container):
        _check(value, kinds, f"{where}.{place}", is_item=place.endswith("]"))
    for key in (BEFORE, *INSIDE):
        for at, hook in enumerate(items(container.get(key))):
            _check_container(hook, f"{where}.{key}[{at}]")


def _values(service: Mapping[str, Any]) -> Iterator[tuple[str, Any, _Kinds]]:
    for key, value in service.items():
        if key in _OF_A_SERVICE:
            yield key, value, _OF_A_SERVICE[key]
        if key in _OF_ITEMS and isinstance(value, list):
            yield from ((f"{key}[{at}]", each, _OF_ITEMS[key]) for at, each in enumerate(value))
    for path, kinds in _BELOW.items():
        value = service
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        yield ".".join(path), value, kinds


def _check(value: Any, kinds: _Kinds, where: str, *, is_item: bool = False) -> None:
    if value is None and not is_item:
        return
    is_one = kind_of(value) in kinds
    if is_one and isinstance(value, str) and kinds[0] in _WRITTEN and not _WRITTEN[kinds[0]].fullmatch(value):
        raise Malformed(where, expected=kinds[0], got=repr(value[:60]), hint=_HINT)
    if not is_one:
        raise Malformed(where, expected=" or ".join(kinds), got=kind_of(value), hint=_HINT)


def kind_of(value: Any) -> str:
    """What kind of value it is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return _FLAG
    if isinstance(value, dict):
        return _MAPPING
    if isinstance(value, (list, set)):
        return _LIST
    return _NUMBER if isinstance(value, (int, float)) else _TEXT
