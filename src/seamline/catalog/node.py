"""Node's packages: those installed under node_modules, and the application's own package.json at the top of a tree.

npm's own tree inside a node base (`lib/node_modules/npm/node_modules`) belongs to npm: its packages are owned by it,
so that the application's team is not asked to mend them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from seamline.catalog.lineage import span_of_path
from seamline.catalog.reader import Content, Reader, View
from seamline.errors import Malformed
from seamline.formats.json_document import parse_json
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key

_MOST_BYTES = 4 << 20
_MODULES = b"node_modules"
_NPM = b"/node_modules/npm/node_modules/"


class _PackageJson(msgspec.Struct):
    name: Any = None
    version: Any = None
    license: Any = None
    licenses: Any = None
    dependencies: Any = None


class NodeRecord(msgspec.Struct, frozen=True, array_like=True):
    """One package.json that names a package and its version."""

    name: str
    version: str
    licenses: tuple[str, ...]
    depends: tuple[str, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> NodeRecord | None:  # noqa: ARG001 - shape of extract
    if not _names_a_package(entry.path):
        return None
    try:
        found = parse_json(content.stream().read(), _PackageJson, "package.json", _MOST_BYTES)
    except Malformed:
        if _MODULES in entry.path:  # templates and test data are no packages, and often no JSON either
            raise
        return None
    if (
        not isinstance(found.name, str)
        or not isinstance(found.version, str)
        or not found.name
        or not found.version
    ):
        return None
    depends = tuple(found.dependencies) if isinstance(found.dependencies, dict) else ()
    return NodeRecord(found.name, found.version, tuple(_licenses(found)), depends)


def _names_a_package(path: bytes) -> bool:
    """Whether a package.json is that of a package: directly in node_modules (or a scope of it), or outside of any."""
    folders = path.split(b"/")[:-1]
    if _MODULES not in folders:
        return True
    after = folders[len(folders) - folders[::-1].index(_MODULES) :]
    return len(after) == 1 or (len(after) == 2 and after[0].startswith(b"@"))


def _licenses(found: _PackageJson) -> Iterator[str]:
    for value in (found.license, *(found.licenses if isinstance(found.licenses, list) else ())):
        text = value.get("type") if isinstance(value, dict) else value
        if isinstance(text, str) and text and len(text) < 120:
            yield text


def _assemble(view: View) -> Iterator[Install]:
    installs: dict[bytes, Install] = {}
    records: dict[bytes, NodeRecord] = {}
    for sighting in view.sightings:
        entry = view.tree.at(sighting.path)
        if (
            entry is not None
            and entry.layer == sighting.layer
            and not _inside_another(sighting.path, records)
        ):
            records[sighting.path] = sighting.record
            installs[sighting.path] = _install(view, sighting.path, sighting.record)
    for path, install in installs.items():
        yield msgspec.structs.replace(
            install, owned_by=_owner(path, installs), depends=tuple(_needs(path, records[path], installs))
        )


def _inside_another(path: bytes, records: Mapping[bytes, NodeRecord]) -> bool:
    """Whether an application's package.json stands below another one's: then it is a part of that, no install."""
    if _MODULES in path.split(b"/"):
        return False
    folder = path.rpartition(b"/")[0]
    while folder:
        folder = folder.rpartition(b"/")[0]
        if (folder + b"/package.json" if folder else b"package.json") in records:
            return True
    return False


def _install(view: View, path: bytes, record: NodeRecord) -> Install:
    span = span_of_path(view.tree, path)
    return Install(
        package=Package(ecosystem="npm", name=record.name, version=record.version, licenses=record.licenses),
        proofs=(path,),
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="node",
    )


def _owner(path: bytes, installs: Mapping[bytes, Install]) -> str:
    """npm, for what npm brought for itself."""
    at = path.find(_NPM)
    npm = installs.get(path[:at] + b"/node_modules/npm/package.json") if at >= 0 else None
    return install_key(npm) if npm is not None else ""


def _needs(path: bytes, record: NodeRecord, installs: Mapping[bytes, Install]) -> Iterator[str]:
    """The keys of what `require` would find from here. Source: Node.js modules, "Loading from node_modules folders"."""
    for name in record.depends:
        folder = path.rpartition(b"/")[0]
        while True:
            place = b"/".join(part for part in (folder, _MODULES, name.encode(), b"package.json") if part)
            if place in installs:
                yield install_key(installs[place])
                break
            if not folder:
                break
            folder = folder.rpartition(b"/")[0]


READER = Reader(
    name="node",
    version=1,
    wants=("**/package.json",),
    record=NodeRecord,
    extract=_extract,
    assemble=_assemble,
    most_bytes=_MOST_BYTES,
)
