"""Python's installed distributions: dist-info and egg-info, wheels inside ensurepip, libraries vendored beside them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from posixpath import normpath

import msgspec

from seamline.catalog.lineage import Span, origin_of
from seamline.catalog.reader import Content, Reader, Supply, View
from seamline.errors import Bomb, Malformed
from seamline.expression import expression
from seamline.formats.python_metadata import (
    PythonMetadata,
    normalized_name,
    parse_metadata,
    parse_record,
)
from seamline.model.entry import FILE, HARDLINK, Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key

_FOLDERS = (b".dist-info", b".egg-info")
_MOST_METADATA = 4 << 20
_MAY_RUN = expression(
    rb"/(?!(?:METADATA|RECORD|WHEEL|INSTALLER|REQUESTED|LICENSE|COPYING|AUTHORS|NOTICE)$)[^/.]+(?:[.-][\d.]+)?$"
)
_VENDORED = expression(
    r"lib(?P<name>[A-Za-z_+-]+?)[-.]?(?P<version>\d+(?:\.\d+)+)?(?:-r\d+)?-[0-9a-f]{8}\.so"
)


class PythonRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One distribution, or those inside a wheel by the path inside, or what a RECORD lists that may be a program
    (relative to its site-packages folder)."""

    metadata: PythonMetadata | None = None
    inside: tuple[tuple[str, PythonMetadata], ...] = ()
    programs: tuple[bytes, ...] = ()


def _extract(entry: Entry, content: Content, limits: Limits) -> PythonRecord | None:
    if entry.path.endswith(b".whl"):
        inside = tuple(_wheel(content, limits))
        return PythonRecord(inside=inside) if inside else None
    if entry.path.endswith(b"/RECORD"):
        programs = tuple(path for path in parse_record(content.stream().read()) if _MAY_RUN.search(path))
        return PythonRecord(programs=programs) if programs else None
    metadata = parse_metadata(content.stream().read())
    return None if metadata is None else PythonRecord(metadata=metadata)


def _wheel(content: Content, limits: Limits) -> Iterator[tuple[str, PythonMetadata]]:
    from zipfile import BadZipFile, ZipFile  # noqa: PLC0415 - 4 ms that only a wheel needs

    try:
        with ZipFile(io.BytesIO(content.random()[:])) as wheel:
            names = wheel.namelist()
            if len(names) > limits.archive_members:
                raise Bomb(
                    "wheel",
                    expected=f"at most {limits.archive_members} members",
                    got=f"{len(names)}",
                    hint="no wheel has so many",
                )
            for name in names:
                if name.endswith(".dist-info/METADATA") and wheel.getinfo(name).file_size <= _MOST_METADATA:
                    metadata = parse_metadata(wheel.read(name))
                    if metadata is not None:
                        yield name, metadata
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as fault:
        raise Malformed(
            "wheel", expected="a zip archive", got=str(fault)[:100], hint="the file is damaged"
        ) from fault


def _assemble(view: View) -> Iterator[Install | Supply]:
    found: list[tuple[bytes, Install, tuple[str, ...]]] = []
    origins = _origins(view)
    for sighting in view.sightings:
        entry = view.tree.at(sighting.path)
        if entry is None or entry.layer != sighting.layer:
            continue
        record: PythonRecord = sighting.record
        site = _site(sighting.path)
        if record.metadata is not None:
            name = normalized_name(record.metadata.name)
            span = Span(origins[site, name], entry.origin_layer)
            found.append((site, _install(record.metadata, sighting.path, span, ""), record.metadata.requires))
        for inside, metadata in record.inside:
            span = Span(entry.origin_layer, entry.origin_layer)
            found.append((sighting.path, _install(metadata, sighting.path, span, inside), ()))
    programs = dict(_programs(view))
    for install in _with_needs(_once(found)):
        listed = programs.get(install.proofs[0].rpartition(b"/")[0], ())
        yield Supply(install=install, paths=listed, owns=False) if listed else install
    yield from _vendored(view)


def _programs(view: View) -> Iterator[tuple[bytes, tuple[bytes, ...]]]:
    """What each dist-info folder lists that may be a program, as canonical paths."""
    for sighting in view.sightings:
        if sighting.record.programs:
            folder = sighting.path.rpartition(b"/")[0]
            site = folder.rpartition(b"/")[0]
            listed = (normpath(site + b"/" + path) for path in sighting.record.programs)
            yield folder, tuple(view.tree.canonical(path) for path in listed)


def _origins(view: View) -> dict[tuple[bytes, str], int]:
    """Since which layer each name is in each site-packages folder, whatever its version.

    The folder of a distribution has its version in its name, so an upgrade is another path.
    """
    paths: dict[tuple[bytes, str], list[bytes]] = {}
    for sighting in view.sightings:
        if sighting.record.metadata is not None:
            key = (_site(sighting.path), normalized_name(sighting.record.metadata.name))
            paths.setdefault(key, []).append(sighting.path)
    return {key: origin_of(view.tree, dict.fromkeys(found)) for key, found in paths.items()}


def _site(path: bytes) -> bytes:
    """The folder that distributions stand in: what comes before `x.dist-info/METADATA` or `x.egg-info`."""
    folder, _, name = path.rpartition(b"/")
    return folder if name.endswith(_FOLDERS) else folder.rpartition(b"/")[0]


def _install(metadata: PythonMetadata, path: bytes, span: Span, inside: str) -> Install:
    return Install(
        package=Package(
            ecosystem="pypi",
            name=normalized_name(metadata.name),
            version=metadata.version,
            licenses=metadata.licenses,
        ),
        proofs=(path,),
        inside=inside,
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="python",
    )


def _once(
    found: Sequence[tuple[bytes, Install, tuple[str, ...]]],
) -> list[tuple[bytes, Install, tuple[str, ...]]]:
    """Each name and version once in a folder: dist-info before egg-info of the same."""
    kept: dict[tuple[bytes, str, str], tuple[bytes, Install, tuple[str, ...]]] = {}
    for site, install, requires in found:
        key = (site, install.package.name, install.package.version)
        if key not in kept or install.proofs[0].endswith(b"/METADATA"):
            kept[key] = (site, install, requires)
    return list(kept.values())


def _with_needs(found: Sequence[tuple[bytes, Install, tuple[str, ...]]]) -> Iterator[Install]:
    """The installs with the keys of those in the same folder that they need."""
    keys: dict[tuple[bytes, str], str] = {
        (site, install.package.name): install_key(install) for site, install, _ in found
    }
    for site, install, requires in found:
        needs = (keys[site, name] for name in requires if (site, name) in keys)
        yield msgspec.structs.replace(install, depends=tuple(dict.fromkeys(needs)))


def _vendored(view: View) -> Iterator[Install]:
    """Libraries that auditwheel put into `<name>.libs` beside a distribution, where their name tells a version."""
    sites: Mapping[bytes, None] = dict.fromkeys(
        _site(s.path) for s in view.sightings if s.record.metadata is not None
    )
    for site in sites:
        for entry in _libraries(view, site):
            match = _VENDORED.match(entry.path.rpartition(b"/")[2].decode("utf-8", "replace"))
            if match and match["version"]:
                yield Install(
                    package=Package(
                        ecosystem="generic", name=match["name"].strip("-_"), version=match["version"]
                    ),
                    proofs=(entry.path,),
                    origin_layer=entry.origin_layer,
                    current_layer=entry.origin_layer,
                    found_by="python",
                )


def _libraries(view: View, site: bytes) -> Iterator[Entry]:
    for folder in view.tree.names(site):
        if folder.endswith(b".libs"):
            path = site + b"/" + folder if site else folder
            yield from (entry for entry in view.tree.under(path) if entry.kind in (FILE, HARDLINK))


READER = Reader(
    name="python",
    version=2,
    wants=(
        "**/*.dist-info/METADATA",
        "**/*.dist-info/RECORD",
        "**/*.egg-info/PKG-INFO",
        "**/*.egg-info",
        "**/ensurepip/_bundled/*.whl",
        "**/usr/share/python-wheels/*.whl",
    ),
    record=PythonRecord,
    extract=_extract,
    assemble=_assemble,
    most_bytes=64 << 20,
)
