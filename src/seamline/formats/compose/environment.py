"""The environment that a compose service gets: from files of variables, its own words, and what stands outside. Source: Compose
specification, services, environment, env_file; environment variables' precedence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from seamline.formats.compose.hooks import BEFORE, INSIDE
from seamline.formats.compose.merge import CONTAINERS
from seamline.formats.compose.variables import parse_variables
from seamline.formats.untyped import items, mapping, text


class Variables(msgspec.Struct, frozen=True):
    """The variables of the project, and how a file of variables is read; without that none is."""

    project: Mapping[str, str]
    read: Callable[[str], bytes | None] | None


def environments(document: dict[str, Any], known: Variables) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The document, each service with the environment that it gets as `NAME=value`, and the files that are not there.

    Raises:
        Malformed: a file of variables that sets nothing in a line.
    """
    missing: dict[str, None] = {}
    for kind in CONTAINERS:
        found = document.get(kind)
        if isinstance(found, dict):
            document = {
                **document,
                kind: {name: _whole(each, known, missing) for name, each in found.items()},
            }
    return document, tuple(missing)


def _whole(service: Any, known: Variables, missing: dict[str, None]) -> Any:
    """A service, or a container before its start, and the hooks in it; a hook has no files of its own."""
    own = mapping(service)
    hooks = {
        key: [_whole(each, known, missing) for each in items(own[key])]
        for key in (BEFORE, *INSIDE)
        if own.get(key)
    }
    if hooks:
        own = service = {**own, **hooks}
    if not own.get("environment") and not own.get("env_file"):
        return service
    said = _said(own.get("environment"), known.project)
    files: dict[str, str] = {}
    if known.read is not None:
        given = {name: value for name, value in said.items() if value is not None}
        outer = {**given, **known.project}
        for each in map(mapping, items(own.get("env_file"))):
            path = text(each.get("path"))
            data = known.read(path)
            if data is not None:
                files = _set_by(data.decode("utf-8", "replace"), text(each.get("format")), outer, files, path)
            elif each.get("required") is not False:
                missing[path] = None
    whole: dict[str, str | None] = {**files, **said}
    environment = [name if value is None else f"{name}={value}" for name, value in whole.items()]
    return {**own, "environment": environment}


def _said(value: Any, project: Mapping[str, str]) -> dict[str, str | None]:
    """The service's own words; a name alone has the value that it has outside, None where it has none."""
    if isinstance(value, dict):
        pairs = [(str(name), None if each is None else text(each)) for name, each in value.items()]
    else:
        cut = [text(each).partition("=") for each in items(value)]
        pairs = [(name, given if sign else None) for name, sign, given in cut]
    return {name: project.get(name) if given is None else given for name, given in pairs if name}


def _set_by(
    data: str, form: str, outer: Mapping[str, str], before: Mapping[str, str], path: str
) -> dict[str, str]:
    """What is set with one more file; in the raw form every line of it stands as it is."""
    if form != "raw":
        return parse_variables(data, outer, path, before)
    lines = (line for line in data.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    cut = (line.partition("=") for line in lines)
    return {**before, **{name.strip(): value for name, sign, value in cut if sign and name.strip()}}
