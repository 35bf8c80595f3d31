"""Compose files -> one document, as Compose puts it together: variables, includes, what is extended, one file over another,
files of variables. Sources: Compose specification, merge, extends, include, interpolation, env_file; compose-go's loader.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from seamline.errors import Malformed, NotFound
from seamline.formats.compose.canonical import canonical
from seamline.formats.compose.environment import Variables, environments
from seamline.formats.compose.hooks import with_inherited
from seamline.formats.compose.merge import CONTAINERS, Path, merged, taken_away, unified
from seamline.formats.compose.shape import check_shape, kind_of
from seamline.formats.compose.variables import Known, filled, parse_variables
from seamline.formats.untyped import items, mapping, text
from seamline.formats.yaml_document import Marked, parse_marked

Read = Callable[[str], bytes | None]
"""The bytes of a file by its path, as written or below the folder of the file that names it; None where there is none."""
_RESOURCES = (*CONTAINERS, "volumes", "networks", "secrets", "configs", "models")
_HINT = "mend the file"
_BELOW = "give the file that says it too: --deploy FILE --deploy FILE"
_MISSING = "is the path right, is the copy whole?"
_MOST_FILES = 500
_MOST_DEPTH = 100
_MOST_FILLED = 64 << 20
_OVERRIDES = {
    name: tuple(f"{stem}.override.{end}" for stem in ("compose", "docker-compose") for end in ("yml", "yaml"))
    for name in ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
}


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What Compose would start: `document` is the whole, `files` every file that was read for it, `unset` the variables that
    were put in and nobody sets, `missing` the files of variables that are not there."""

    document: dict[str, Any]
    files: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def overrides_of(path: str) -> tuple[str, ...]:
    """The files, the first that is there, which Compose takes over a file of this name by itself."""
    folder, name = posixpath.split(path)
    return tuple(posixpath.join(folder, each) for each in _OVERRIDES.get(name, ()))


def load_project(
    files: Sequence[tuple[str, Sequence[Marked]]], read: Read, environment: Mapping[str, str], name: str
) -> Project:
    """The files one over another. `environment` goes before `.env` beside the first; `name` is its folder's.

    Raises:
        Malformed: no compose file, a variable that must be set, a service that extends itself, a file that includes itself.
        NotFound: a file that another names.
    """
    loader = _Loader(read)
    folder = posixpath.dirname(files[0][0])
    project = text(next((each.value["name"] for _, found in files for each in found if _named(each)), ""))
    variables = {**environment}
    variables.setdefault("COMPOSE_PROJECT_NAME", project or name)
    scope = _Scope(folder=folder, variables=loader.variables_of(folder, (), variables))
    document = loader.put_together(files, scope, ())
    _check_images(document, files[0][0])
    document = with_inherited(document, files[0][0])
    document, missing = environments(document, Variables(scope.variables, read))
    profiles = scope.variables.get("COMPOSE_PROFILES", "").split(",")
    document = {**document, "name": scope.variables["COMPOSE_PROJECT_NAME"]}
    return Project(
        document=document,
        files=tuple(loader.files),
        profiles=tuple(each.strip() for each in profiles if each.strip()),
        unset=tuple(loader.unset),
        missing=missing,
    )


def _check_images(document: Mapping[str, Any], path: str) -> None:
    """Whether everything that is run has an image; what a provider keeps is no container."""
    for kind in CONTAINERS:
        for name, each in mapping(document.get(kind)).items():
            if not any(mapping(each).get(key) for key in ("image", "build", "provider")):
                where = f"{path} {kind}.{name}"
                raise Malformed(where, expected="an image or a build", got="neither", hint=_BELOW)


def _named(each: Marked) -> bool:
    return isinstance(each.value, dict) and bool(text(each.value.get("name")))


class _Scope(msgspec.Struct, frozen=True):
    """Where relative paths start, and the variables that count there."""

    folder: str
    variables: dict[str, str]


class _Loader:
    """One loading, with what it has read."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.files: dict[str, None] = {}
        self.unset: dict[str, None] = {}
        self._filled = 0
        self._documents: dict[str, list[Marked]] = {}
        self._opened = 0

    def put_together(
        self, files: Sequence[tuple[str, Sequence[Marked]]], scope: _Scope, chain: tuple[str, ...]
    ) -> dict[str, Any]:
        """Every document of every file over those before it. `chain` are the files that include this one."""
        whole: dict[str, Any] = {}
        for path, documents in files:
            self.files[path] = None
            for each in documents:
                own = self._own(each, path, scope, scope.folder)
                own = self._with_included(own, each.away, scope, (*chain, path))
                own = self._with_extended(own, each.away, path, scope)
                whole = unified(merged(taken_away(whole, each.away), own, (), path))
        return whole

    def _own(self, each: Marked, path: str, scope: _Scope, folder: str) -> dict[str, Any]:
        """One document by itself: filled, checked, in its long forms, its paths from where Seamline stands."""
        if not isinstance(each.value, dict):
            raise Malformed(path, expected="a mapping", got=kind_of(each.value), hint=_HINT)
        known = Known(scope.variables)
        own = self._fill(each.value, known, path, ())
        self.unset |= known.unset
        check_shape(own, path)
        return canonical(own, path, folder)

    def _fill(self, value: Any, known: Known, path: str, at: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return {str(key): self._fill(each, known, path, (*at, str(key))) for key, each in value.items()}
        if isinstance(value, list):
            return [self._fill(each, known, path, at) for each in value]
        if not isinstance(value, str) or "$" not in value:
            return value
        found = filled(value, known, f"{path} {'.'.join(at)}")
        self._filled += len(found)
        if self._filled > _MOST_FILLED:
            raise Malformed(path, expected="variables that fill 64 MB at most", got="more", hint=_HINT)
        return found

    def variables_of(self, folder: str, files: Sequence[str], outer: Mapping[str, str]) -> dict[str, str]:
        """The variables that files set below those of `outer`; without any, those of `.env` where it is there."""
        found: dict[str, str] = {}
        for path in files or (posixpath.join(folder, ".env"),):
            data = self._read(path)
            if data is None and files:
                raise NotFound(path, expected="a file of variables", got="none", hint=_MISSING)
            if data is not None:
                self.files[path] = None
                found = parse_variables(data.decode("utf-8", "replace"), outer, path, found)
        return {**found, **outer}

    def _open(self, path: str) -> list[Marked]:
        self._opened += 1
        if self._opened > _MOST_FILES:
            raise Malformed(path, expected=f"at most {_MOST_FILES} files", got="more", hint=_HINT)
        if path not in self._documents:
            data = self._read(path)
            if data is None:
                raise NotFound(path, expected="the file that a compose file names", got="none", hint=_MISSING)
            self._documents[path] = parse_marked(data, path)
        return self._documents[path]

    def _with_included(
        self, own: dict[str, Any], away: Sequence[Path], scope: _Scope, chain: tuple[str, ...]
    ) -> dict[str, Any]:
        asked = own.get("include")
        if asked is not None and not isinstance(asked, list):
            raise Malformed(f"{chain[-1]} include", expected="a list", got=kind_of(asked), hint=_HINT)
        for each in items(asked):
            imported = self._included(each, scope, chain)
            for kind in _RESOURCES:
                own = _imported(own, mapping(imported.get(kind)), kind, away, chain[-1])
        return {key: value for key, value in own.items() if key != "include"}

    def _included(self, asked: Any, scope: _Scope, chain: tuple[str, ...]) -> dict[str, Any]:
        found = mapping(asked)
        named = _texts(found.get("path") if found else asked)
        if not named:
            raise Malformed(f"{chain[-1]} include", expected="a path", got=kind_of(asked), hint=_HINT)
        paths = [posixpath.normpath(posixpath.join(scope.folder, each)) for each in named]
        if paths[0] in map(posixpath.normpath, chain):
            raise Malformed(chain[-1], expected="other files in include", got=f"{paths[0]} again", hint=_HINT)
        folder = text(found.get("project_directory"))
        folder = posixpath.join(scope.folder, folder) if folder else posixpath.dirname(paths[0])
        files = [posixpath.join(scope.folder, each) for each in _texts(found.get("env_file")) if each != "/dev/null"]  # fmt: skip
        below = _Scope(folder, self.variables_of(folder, files, scope.variables))
        whole = self.put_together([(path, self._open(path)) for path in paths], below, chain)
        return environments(whole, Variables(below.variables, None))[0]

    def _with_extended(
        self, own: dict[str, Any], away: Sequence[Path], path: str, scope: _Scope
    ) -> dict[str, Any]:
        for kind in CONTAINERS:
            services = mapping(own.get(kind))
            if any("extends" in mapping(each) for each in services.values()):
                ground = _Ground(services, kind, path, tuple(away))
                own = {**own, kind: {name: self._extended(name, ground, scope, ()) for name in services}}
        return own

    def _extended(self, name: str, ground: _Ground, scope: _Scope, chain: tuple[tuple[str, str], ...]) -> Any:
        service = mapping(ground.services[name])
        asked = service.get("extends")
        if asked is None:
            return ground.services[name]
        where = f"{ground.path} {ground.kind}.{name}"
        other = asked if isinstance(asked, str) else text(mapping(asked).get("service"))
        file = "" if isinstance(asked, str) else text(mapping(asked).get("file"))
        below = self._ground(file, ground, scope) if file else ground
        key = (below.path, other)
        if other not in below.services:
            got = f"a service that is not in {below.path}"
            raise Malformed(where, expected="a service to extend", got=got, hint=_HINT)
        if key in (*chain, (ground.path, name)) or len(chain) > _MOST_DEPTH:
            got = "one that extends itself" if len(chain) <= _MOST_DEPTH else "a chain without end"
            raise Malformed(where, expected="a service to extend", got=got, hint=_HINT)
        base = self._extended(other, below, scope, (*chain, (ground.path, name)))
        base = mapping(taken_away({ground.kind: {name: base}}, ground.away)[ground.kind].get(name))
        own = {key: value for key, value in service.items() if key != "extends"}
        whole = merged(base, own, (ground.kind, name), ground.path)
        ground.services[name] = whole
        return whole

    def _ground(self, file: str, asking: _Ground, scope: _Scope) -> _Ground:
        """The services of another file, by its path."""
        documents = self._open(file)
        self.files[file] = None
        whole: dict[str, Any] = {}
        for each in documents:
            own = self._own(each, file, scope, posixpath.dirname(file))
            whole = unified(merged(taken_away(whole, each.away), own, (), file))
        return _Ground(
            services=mapping(whole.get(asking.kind)),
            kind=asking.kind,
            path=file,
            away=documents[-1].away if documents else (),
        )


class _Ground(msgspec.Struct):
    """The services among which one is looked for: of which kind and file, and what that file takes away."""

    services: dict[str, Any]
    kind: str
    path: str
    away: tuple[Path, ...]


def _imported(
    own: dict[str, Any], found: Mapping[str, Any], kind: str, away: Sequence[Path], path: str
) -> dict[str, Any]:
    """What was included laid under what the file says itself."""
    there = mapping(own.get(kind))
    for name, below in found.items():
        if name not in there:
            there[name] = below
        elif there[name] != below:
            kept = taken_away({kind: {name: below}}, away)[kind].get(name)
            there[name] = merged(kept, there[name], (kind, name), path) if kept is not None else there[name]
    return {**own, kind: there} if there else own


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [each for each in items(value) if isinstance(each, str)]
