"""ELF files: header, segments and sections.

Segments come first, for they are what runs; sections are only read where they are there and fit.
Source: System V gABI 4.1, chapters 4 and 5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import mmap

import msgspec

from seamline.errors import Malformed
from seamline.expression import expression

MAGIC = b"\x7fELF"
EXEC, DYN = 2, 3
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
_DT_NEEDED, _DT_STRTAB = 1, 5
_MOST_NAME_BYTES = 4096
_PACKED, _PACKED_WITHIN_BYTES = b"UPX!", 4096
_PACKER = b"$Id: UPX "
_VERSION = expression(rb"[\d.]+")
_DT_FLAGS_1, _DF_1_PIE = 0x6FFFFFFB, 0x08000000
PF_X, PF_W = 1, 2
_SHT_NOBITS = 8
_EXTENDED = 0xFFFF
_MOST_SEGMENTS = 4096
_MOST_SECTIONS = 65536
_MOST_DYNAMIC = 4096

MACHINES = {
    3: "386",
    8: "mips",
    20: "ppc",
    21: "ppc64",
    22: "s390x",
    40: "arm",
    62: "amd64",
    183: "arm64",
    243: "riscv64",
    258: "loong64",
}
"""`e_machine` as image platforms spell it; others stay numbers."""

Buffer = bytes | mmap


class Segment(msgspec.Struct, frozen=True):
    """One program header; `size_bytes` is in the file."""

    kind: int
    flags: int
    offset: int
    address: int
    size_bytes: int
    align: int


class Section(msgspec.Struct, frozen=True):
    """One section header. A section without bytes in the file has size 0."""

    name: bytes
    kind: int
    offset: int
    address: int
    size_bytes: int


class _Form(msgspec.Struct, frozen=True):
    """The structures of one class and byte order."""

    order: str
    header: struct.Struct
    segment: struct.Struct
    section: struct.Struct
    dynamic: struct.Struct
    symbol: struct.Struct


def _form(*, is_64: bool, order: str) -> _Form:
    if is_64:
        layouts = ("HHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ", "QQ", "IBBHQQ")
    else:
        layouts = ("HHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII", "II", "IIIBBH")
    return _Form(order, *(struct.Struct(order + layout) for layout in layouts))


_FORMS = {
    (kind, data): _form(is_64=kind == 2, order=order)
    for kind in (1, 2)
    for data, order in ((1, "<"), (2, ">"))
}


class Elf(msgspec.Struct, frozen=True, kw_only=True):
    """An ELF file over its bytes. `kind` is `e_type`, `machine` `e_machine`; `section_names` is the raw table."""

    data: Buffer
    form: _Form
    is_64: bool
    kind: int
    machine: int
    segments: tuple[Segment, ...]
    section_names: bytes
    section_table: tuple[int, int]

    @property
    def has_interpreter(self) -> bool:
        """Whether a dynamic loader starts it: a program, or a library that can be run."""
        return any(segment.kind == PT_INTERP for segment in self.segments)

    @property
    def is_program(self) -> bool:
        """Whether the file is a program rather than a library: a fixed one, one with a loader, or a static one that
        says itself that it is position-independent."""
        if self.kind != DYN or self.has_interpreter:
            return self.kind == EXEC or self.has_interpreter
        if any(tag == _DT_FLAGS_1 and value & _DF_1_PIE for tag, value in self.dynamic()):
            return True
        return bool(self.packer) and not any(segment.kind == PT_DYNAMIC for segment in self.segments)

    @property
    def packer(self) -> str:
        """What packed the program, as it says itself (`UPX 4.22`); empty where nothing did. A packed one has no sections, and
        no loader, libraries or symbols that were its own. Source: UPX, src/stub/src/include/header.S and linux.hh, `l_info`."""
        if self.section_names or self.data.find(_PACKED, 0, _PACKED_WITHIN_BYTES) < 0:
            return ""
        at = self.data.find(_PACKER)
        version = _VERSION.match(self.data[at + len(_PACKER) : at + len(_PACKER) + 16]) if at >= 0 else None
        return "UPX" if version is None else f"UPX {version[0].decode()}"

    def interpreter(self) -> str:
        """The loader that starts it (`/lib64/ld-linux-x86-64.so.2`); empty where there is none, or it does not fit."""
        for segment in self.segments:
            if segment.kind == PT_INTERP:
                data = self.data[segment.offset : segment.offset + min(segment.size_bytes, _MOST_NAME_BYTES)]
                return bytes(data).partition(b"\0")[0].decode("utf-8", "backslashreplace")
        return ""

    def needed(self) -> tuple[str, ...]:
        """The libraries that the loader must find (DT_NEEDED), as far as their names are in the file."""
        tags = list(self.dynamic())
        table = next((value for tag, value in tags if tag == _DT_STRTAB), None)
        if table is None:
            return ()
        try:
            start = self.offset_of(table)
        except Malformed:
            return ()
        names = []
        for tag, value in tags:
            if tag == _DT_NEEDED and value < len(self.data):
                data = self.data[start + value : start + value + _MOST_NAME_BYTES]
                names.append(bytes(data).partition(b"\0")[0].decode("utf-8", "backslashreplace"))
        return tuple(dict.fromkeys(name for name in names if name))

    def read(self, offset: int, size_bytes: int) -> bytes:
        """The bytes at `offset`, all of them.

        Raises:
            Malformed: they are not all in the file.
        """
        if offset < 0 or size_bytes < 0 or offset + size_bytes > len(self.data):
            raise broken(f"{size_bytes} bytes at {offset}", f"a file of {len(self.data)} bytes")
        return self.data[offset : offset + size_bytes]

    def offset_of(self, address: int) -> int:
        """Where in the file the byte loaded at `address` stands.

        Raises:
            Malformed: no loaded segment has it.
        """
        for segment in self.segments:
            if segment.kind == PT_LOAD and 0 <= address - segment.address < segment.size_bytes:
                return address - segment.address + segment.offset
        raise broken("an address inside a loaded segment", hex(address))

    def sections(self) -> tuple[Section, ...]:
        """Every section, none where the table does not fit."""
        offset, number = self.section_table
        layout = self.form.section
        table = self.data[offset : offset + number * layout.size]
        return tuple(
            self._section(row) for row in layout.iter_unpack(table[: len(table) // layout.size * layout.size])
        )

    def section(self, name: bytes) -> Section | None:
        """The section called `name`."""
        if name not in self.section_names:
            return None
        return next((section for section in self.sections() if section.name == name), None)

    def dynamic(self) -> Iterator[tuple[int, int]]:
        """(tag, value) of the dynamic segment, as far as it is in the file."""
        layout = self.form.dynamic
        for segment in self.segments:
            if segment.kind == PT_DYNAMIC:
                size = min(segment.size_bytes, _MOST_DYNAMIC * layout.size)
                table = self.data[segment.offset : segment.offset + size]
                yield from layout.iter_unpack(table[: len(table) // layout.size * layout.size])

    def _section(self, row: tuple[int, ...]) -> Section:
        name_at, kind, _, address, offset, size_bytes, *_ = row
        end = self.section_names.find(b"\0", name_at, name_at + 256)
        name = self.section_names[name_at:end] if end >= 0 else b""
        return Section(name, kind, offset, address, 0 if kind == _SHT_NOBITS else size_bytes)


def parse_elf(data: Buffer) -> Elf:
    """The header, segments and section names of an ELF file.

    Raises:
        Malformed: it is no ELF file, or its header or segments do not fit.
    """
    form = _FORMS.get((data[4], data[5])) if len(data) >= 16 and data[:4] == MAGIC else None
    if form is None:
        raise broken("an ELF file of class 1 or 2 and a known byte order", bytes(data[:6]).hex() or "nothing")
    if len(data) < 16 + form.header.size:
        raise broken("a whole ELF header", f"{len(data)} bytes")
    header = form.header.unpack_from(data, 16)
    kind, machine, _, _, segments_at, sections_at, _, _, _, segments, _, sections, names = header
    first = _first_section(data, form, sections_at)
    if segments == _EXTENDED and first:
        segments = first[7]
    if sections == 0 and first:
        sections = first[5]
    if names == _EXTENDED and first:
        names = first[6]
    sections = sections if sections <= _MOST_SECTIONS and first else 0
    return Elf(
        data=data,
        form=form,
        is_64=data[4] == 2,
        kind=kind,
        machine=machine,
        segments=_segments(data, form, segments_at, segments),
        section_names=_section_names(data, form, sections_at, names) if names < sections else b"",
        section_table=(sections_at, sections),
    )


def _segments(data: Buffer, form: _Form, offset: int, number: int) -> tuple[Segment, ...]:
    end = offset + number * form.segment.size
    if number > _MOST_SEGMENTS or end > len(data):
        raise broken("program headers inside the file", f"{number} at {offset}")
    rows = form.segment.iter_unpack(data[offset:end])
    if data[4] == 2:
        return tuple(
            Segment(kind, flags, at, address, size, align)
            for kind, flags, at, address, _, size, _, align in rows
        )
    return tuple(
        Segment(kind, flags, at, address, size, align) for kind, at, address, _, size, _, flags, align in rows
    )


def _first_section(data: Buffer, form: _Form, offset: int) -> tuple[int, ...]:
    """The first section header, which holds the numbers that did not fit in the file header."""
    if not 0 < offset <= len(data) - form.section.size:
        return ()
    return form.section.unpack_from(data, offset)


def _section_names(data: Buffer, form: _Form, offset: int, position: int) -> bytes:
    at = offset + position * form.section.size
    if at + form.section.size > len(data):
        return b""
    row = form.section.unpack_from(data, at)
    return data[row[4] : row[4] + row[5]]


def broken(expected: str, got: str) -> Malformed:
    """What is wrong with an ELF file."""
    return Malformed("ELF file", expected=expected, got=got, hint="the file is cut off or damaged")
