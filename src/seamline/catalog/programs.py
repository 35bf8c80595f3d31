"""Programs that no package manager installed, known by what they say of themselves; and every program there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from seamline.catalog.lineage import span_of_path
from seamline.catalog.program_table import OPENSSL, OPENSSL_CODE, ROWS, Row
from seamline.catalog.reader import EXECUTABLE, Buffer, Content, Reader, Supply, View
from seamline.errors import Malformed, Where
from seamline.expression import expression
from seamline.model.entry import Entry, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.program import Program, ProgramKind

_BEFORE_BYTES, _AFTER_BYTES = 160, 200
_MOST_ANCHORS = 4096
_MOST_TEXT_BYTES = 64 << 10
_HOMES = (b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libexec")
_KIN = {row.name: row.kin for row in ROWS if row.kin}
_CPES = {row.name: row.cpe for row in (*ROWS, OPENSSL)} | {"java": "oracle:openjdk", "go": "golang:go"}
_TREES = ("java", "go")
_JAVA = expression(rb'^JAVA_VERSION="([\w.+-]+)"', re.MULTILINE)
_GO = expression(rb"go(\d+(?:\.\d+)+(?:rc\d+|beta\d+)?)\s")


class ProgramRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file: the (name, version) of what was recognised in it, and then its own checksum; `kind` is empty for what
    is no program, and `packer` is what packed one."""

    found: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    sha256: str = ""
    packer: str = ""


def _extract(entry: Entry, content: Content, limits: Limits) -> ProgramRecord | None:  # noqa: ARG001 - shape of extract
    name = entry.path.rpartition(b"/")[2].decode("utf-8", "replace")
    if name in ("release", "VERSION"):
        return _release(name, content)
    try:
        elf = content.elf()
    except Malformed:  # what only begins like a program is none
        return None
    kind, data = "", elf.data
    if elf.is_program:
        kind = (ProgramKind.PACKED if elf.packer else ProgramKind.NATIVE).value
    found = tuple(_recognised(name, data))
    if not found and not kind:
        return None
    return ProgramRecord(found=found, kind=kind, sha256=content.sha256 if found else "", packer=elf.packer)


def _release(name: str, content: Content) -> ProgramRecord | None:
    """The toolchains that come as a whole folder with a file that names their version."""
    if content.size_bytes > _MOST_TEXT_BYTES:
        return None
    text = content.stream().read()
    match, program = (_JAVA.search(text), "java") if name == "release" else (_GO.match(text + b"\n"), "go")
    return ProgramRecord(found=((program, match[1].decode()),)) if match else None


def _recognised(name: str, data: Buffer) -> Iterator[tuple[str, str]]:
    for files, row in _files():
        if named := files.fullmatch(name):
            version = _version(row, data, next(filter(None, named.groups()), ""))
            if version:
                yield row.name, version
                break
    if _holds_openssl(name, data) and (version := _version(OPENSSL, data, "")):
        yield OPENSSL.name, version


@cache
def _files() -> tuple[tuple[re.Pattern[str], Row], ...]:
    """The names of files that each row knows; made where a layer is read: a warm run does without."""
    return tuple((re.compile(row.files), row) for row in ROWS)


def _holds_openssl(name: str, data: Buffer) -> bool:
    return bool(re.fullmatch(OPENSSL.files, name)) or data.find(OPENSSL_CODE) >= 0


def _is_linked_in(name: str, path: bytes) -> bool:
    """Whether a program was recognised inside a file that is another's."""
    file = path.rpartition(b"/")[2].decode("utf-8", "replace")
    return name == OPENSSL.name and not re.fullmatch(OPENSSL.files, file)


def _version(row: Row, data: Buffer, told: str) -> str:
    """The version that stands by the row's anchor, empty where there is none."""
    anchor = row.anchor.replace(b"{}", told.encode())
    at = -1
    for _ in range(_MOST_ANCHORS):
        at = data.find(anchor, at + 1)
        if at < 0:
            break
        window = data[max(at - _BEFORE_BYTES, 0) : at + _AFTER_BYTES]
        if match := re.search(row.signature, window):
            return match[1].decode()
    return ""


def _assemble(view: View) -> Iterator[Program | Supply | Gap]:
    programs: list[Program] = []
    sums: dict[bytes, str] = {}
    proofs: dict[tuple[str, str, bytes], list[bytes]] = {}
    for sighting in view.sightings:
        entry = view.tree.at(sighting.path)
        if entry is None or entry.layer != sighting.layer:
            continue
        record: ProgramRecord = sighting.record
        sums[sighting.path] = record.sha256
        for name, version in record.found:
            proofs.setdefault((name, version, _home(name, sighting.path)), []).append(sighting.path)
        if record.kind:
            programs.append(Program(entry=entry, kind=ProgramKind(record.kind)))
        if record.kind == ProgramKind.PACKED.value:
            where = Where(path=path_text(sighting.path), layer=sighting.layer)
            yield Gap(where=where, message=Message("packed-program", {"packer": record.packer}))
    yield from programs
    for (name, version, home), paths in proofs.items():
        kin = _kin(name, home, paths, programs)
        install = _install(view, name, version, sorted(paths))
        if not _is_linked_in(name, install.proofs[0]):  # else the sum is another program's
            install = msgspec.structs.replace(install, sha256=sums[install.proofs[0]])
        yield Supply(install=install, paths=(*kin, *paths), owns=False)


def _home(name: str, path: bytes) -> bytes:
    """The folder that a build was installed into: a program and its library stand below one."""
    folder = path.rpartition(b"/")[0]
    if name in _TREES:
        return folder
    parts = folder.split(b"/")
    last = max((at for at, part in enumerate(parts) if part in _HOMES), default=len(parts))
    return b"/".join(parts[:last])


def _kin(name: str, home: bytes, paths: Iterable[bytes], programs: Iterable[Program]) -> Iterator[bytes]:
    """The programs that came along: those of the known names in the same folder, or all below a toolchain's."""
    if name in _TREES:
        yield from (program.entry.path for program in programs if program.entry.path.startswith(home + b"/"))
    elif pattern := _KIN.get(name):
        folders = {path.rpartition(b"/")[0] for path in paths}
        for program in programs:
            folder, _, file = program.entry.path.rpartition(b"/")
            if folder in folders and re.fullmatch(pattern, file.decode("utf-8", "replace")):
                yield program.entry.path


def _install(view: View, name: str, version: str, paths: list[bytes]) -> Install:
    spans = [span_of_path(view.tree, path) for path in paths]
    vendor, _, product = _CPES[name].partition(":")
    return Install(
        package=Package(
            ecosystem="generic",
            name=name,
            version=version,
            cpe=f"cpe:2.3:a:{vendor}:{product}:{version.replace('+', chr(92) + '+')}:*:*:*:*:*:*:*",
        ),
        proofs=tuple(paths),
        origin_layer=min(span.origin_layer for span in spans),
        current_layer=max(span.current_layer for span in spans),
        found_by="programs",
    )


READER = Reader(
    name="programs",
    version=4,
    wants=(EXECUTABLE, "**/release", "**/VERSION"),
    record=ProgramRecord,
    extract=_extract,
    assemble=_assemble,
)
