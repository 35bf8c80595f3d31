"""Go programs: the modules that each was linked from, and the toolchain's own library."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.reader import EXECUTABLE, Content, Reader, View
from seamline.errors import Malformed, Where
from seamline.formats.go_buildinfo import GoBuildInfo, GoModule, go_buildinfo, is_go
from seamline.model.entry import Entry, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key


class GoRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one program says of itself; None where a Go program says nothing."""

    info: GoBuildInfo | None = None


def _extract(entry: Entry, content: Content, limits: Limits) -> GoRecord | None:  # noqa: ARG001 - shape of extract
    try:
        elf = content.elf()
    except Malformed:  # what only begins like a program is no Go program
        return None
    if not is_go(elf):
        return None
    return GoRecord(info=go_buildinfo(elf))


def _assemble(view: View) -> Iterator[Install | Gap]:
    for sighting in view.sightings:
        entry = view.tree.at(sighting.path)
        if entry is None or entry.layer != sighting.layer:
            continue
        info: GoBuildInfo | None = sighting.record.info
        if info is None:
            where = Where(path=path_text(sighting.path), layer=sighting.layer)
            yield Gap(where=where, message=Message("unidentified-go-program"))
            continue
        yield from _installs(info, sighting.path, entry.origin_layer)


def _installs(info: GoBuildInfo, path: bytes, layer: int) -> Iterator[Install]:
    """The program's own module, which depends on all others, those, and the standard library."""
    used = [_install(_replaced(module), path, layer) for module in info.dependencies]
    version = info.go_version.partition(" ")[0].removeprefix("go")
    used.append(_install(GoModule("stdlib", version), path, layer))
    if info.main is not None:
        main = _install(info.main, path, layer)
        yield msgspec.structs.replace(main, depends=tuple(install_key(each) for each in used))
    yield from used


def _replaced(module: GoModule) -> GoModule:
    """What was really linked: a replacement by a folder has no version and keeps the module's own name."""
    other = module.replacement
    return module if other is None or not other.version else other


def _install(module: GoModule, path: bytes, layer: int) -> Install:
    return Install(
        package=Package(ecosystem="golang", name=module.path, version=module.version),
        proofs=(path,),
        origin_layer=layer,
        current_layer=layer,
        found_by="go",
    )


READER = Reader(
    name="go", version=1, wants=(EXECUTABLE,), record=GoRecord, extract=_extract, assemble=_assemble
)
