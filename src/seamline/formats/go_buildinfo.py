"""Go build information: the modules that a Go program was linked from, found also when stripped or `-trimpath`.

Source: Go's debug/buildinfo and runtime/debug (ParseBuildInfo); the header is 32 bytes, aligned to 16, in the
section `.go.buildinfo`, else in the first writable segment. Before Go 1.18 it points to two Go strings; since then
they follow it.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from seamline.expression import expression
from seamline.formats.elf import PF_W, PF_X, PT_LOAD, PT_NOTE, Elf, broken

_MAGIC = b"\xff Go buildinf:"
_SECTION = b".go.buildinfo"
_ALIGN = 16
_HEADER_BYTES = 32
_FRAME_BYTES = 16
_MOST_TEXT_BYTES = 16 << 20
_BIG_ENDIAN, _INLINE = 1, 2
_LABELS = ("path", "mod", "dep", "=>", "build")
_ESCAPE = expression(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_SHORT = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_LAST_CODE_POINT = 0x10FFFF


class GoModule(msgspec.Struct, frozen=True, array_like=True):
    """One module as its line says it; `replacement` is what stood in for it."""

    path: str
    version: str
    checksum: str = ""
    replacement: GoModule | None = None


class GoBuildInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `go version -m` shows. `go_version` is as the toolchain spells it (`go1.22.1`), `package` the path of
    the main package; a program built without modules has no `main` and no `dependencies`."""

    go_version: str
    package: str = ""
    main: GoModule | None = None
    dependencies: tuple[GoModule, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


def is_go(elf: Elf) -> bool:
    """Whether a Go toolchain linked the file, by what remains when the build information is gone."""
    if b".gopclntab\0" in elf.section_names or b".note.go.buildid\0" in elf.section_names:
        return True
    notes = (segment for segment in elf.segments if segment.kind == PT_NOTE)
    return any(elf.data[note.offset + 12 : note.offset + 16] == b"Go\0\0" for note in notes)


def go_buildinfo(elf: Elf) -> GoBuildInfo | None:
    """The build information of a Go program, None where there is none.

    Raises:
        Malformed: it is there and broken.
    """
    start, end = _place(elf)
    at = elf.data.find(_MAGIC, start, end)
    while at >= 0 and at % _ALIGN:
        at = elf.data.find(_MAGIC, at + 1, end)
    if at < 0:
        return None
    header = elf.read(at, _HEADER_BYTES)
    if header[15] & _INLINE:
        version, after = _inline(elf, at + _HEADER_BYTES)
        modules, _ = _inline(elf, after)
    else:
        version, modules = _pointed(elf, header)
    return parse_modules(version.decode("utf-8", "backslashreplace"), modules) if version else None


def _place(elf: Elf) -> tuple[int, int]:
    section = elf.section(_SECTION)
    if section is not None:
        return section.offset, section.offset + section.size_bytes
    for segment in elf.segments:
        if segment.kind == PT_LOAD and segment.flags & (PF_W | PF_X) == PF_W:
            return segment.offset, segment.offset + segment.size_bytes
    return 0, 0


def _inline(elf: Elf, at: int) -> tuple[bytes, int]:
    """A string after its length as a varint, and where it ends."""
    length = shift = 0
    for byte in elf.data[at : at + 10]:
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return elf.read(at, _checked(length)), at + length
    raise broken("the length of a string in Go build information", "no end")


def _pointed(elf: Elf, header: bytes) -> tuple[bytes, bytes]:
    """The two Go strings whose headers (address, length) a header before Go 1.18 points to."""
    size = header[14]
    order: Literal["big", "little"] = "big" if header[15] & _BIG_ENDIAN else "little"
    if size not in (4, 8):
        raise broken("pointers of 4 or 8 bytes in Go build information", str(size))

    def number(data: bytes, position: int) -> int:
        return int.from_bytes(data[position : position + size], order)

    strings = []
    for position in (16, 16 + size):
        address = number(header, position)
        string = elf.read(elf.offset_of(address), 2 * size) if address else bytes(2 * size)
        length = _checked(number(string, size))
        strings.append(elf.read(elf.offset_of(number(string, 0)), length) if length else b"")
    return strings[0], strings[1]


def _checked(length: int) -> int:
    if length > _MOST_TEXT_BYTES:
        raise broken(f"Go build information of at most {_MOST_TEXT_BYTES} bytes", str(length))
    return length


def parse_modules(go_version: str, framed: bytes) -> GoBuildInfo:
    """The build information whose text, between two sentinels of 16 bytes, is `framed`."""
    whole = len(framed) > 2 * _FRAME_BYTES and framed[-_FRAME_BYTES - 1 : -_FRAME_BYTES] == b"\n"
    text = framed[_FRAME_BYTES:-_FRAME_BYTES].decode("utf-8", "backslashreplace") if whole else ""
    lines: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        label, tab, rest = line.partition("\t")
        if tab and label in _LABELS:
            lines.append((label, rest.split("\t")))
    modules = [
        (label, _module(fields, lines[at + 1] if at + 1 < len(lines) else None))
        for at, (label, fields) in enumerate(lines)
        if label in ("mod", "dep")
    ]
    return GoBuildInfo(
        go_version=go_version,
        package=next((fields[0] for label, fields in lines if label == "path"), ""),
        main=next((module for label, module in modules if label == "mod"), None),
        dependencies=tuple(module for label, module in modules if label == "dep"),
        settings=tuple(_setting("\t".join(fields)) for label, fields in lines if label == "build"),
    )


def _module(fields: list[str], following: tuple[str, list[str]] | None) -> GoModule:
    path, version, checksum = [*fields, "", ""][:3]
    replacement = None
    if following is not None and following[0] == "=>":
        replacement = _module(following[1], None)
    return GoModule(path, version, checksum, replacement)


def _setting(text: str) -> tuple[str, str]:
    """`key=value`, either quoted as a Go string where it holds blanks or quotes."""
    quoted = re.match(r'"((?:[^"\\]|\\.)*)"=', text)
    key, value = (_unquoted(quoted[1]), text[quoted.end() :]) if quoted else text.partition("=")[::2]
    if len(value) >= 2 and value[0] == value[-1] and value[0] in '"`':
        value = _unquoted(value[1:-1]) if value[0] == '"' else value[1:-1]
    return key, value


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(_plain, text)


def _plain(escape: re.Match[str]) -> str:
    code = escape[1]
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number <= _LAST_CODE_POINT else "\ufffd"
    if code.isdigit() and len(code) == 3:
        return chr(int(code, 8))
    return _SHORT.get(code, code)
