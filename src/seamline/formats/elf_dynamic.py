"""What an ELF file asks of the loader, and which protections it was built with.

Sources: System V gABI 4.1, chapter 5 "Dynamic Section"; Linux Standard Base Core 5.0, 10.7 "Symbol Versioning"; the
GNU extensions PT_GNU_STACK and PT_GNU_RELRO as glibc's elf.h names them.
"""

from __future__ import annotations

import struct

import msgspec

from seamline.errors import Malformed
from seamline.formats.elf import DYN, PF_X, Elf
from seamline.formats.elf_symbols import dynamic_symbols, notes_of

_NEEDED, _STRTAB, _STRSZ, _SONAME, _RPATH, _BIND_NOW, _RUNPATH, _FLAGS, _FLAGS_1 = (
    1,
    5,
    10,
    14,
    15,
    24,
    29,
    30,
    0x6FFFFFFB,
)
_VERDEF, _VERDEFNUM, _VERNEED, _VERNEEDNUM = 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
_NOW, _NOW_1 = 0x8, 0x1
_GNU_STACK, _GNU_RELRO = 0x6474E551, 0x6474E552
_MOST_VERSIONS = 1024
_MOST_STRINGS_BYTES = 16 << 20
_GUARDS = (
    b"\0__stack_chk_fail\0",
    b"\0__stack_chk_guard\0",
    b"\0__stack_chk_fail_local\0",
    b"\0__intel_security_cookie\0",
)


class Dynamic(msgspec.Struct, frozen=True, omit_defaults=True):
    """An ELF file's dynamic facts. `wants` are (library, version) pairs of the symbol versions that it needs, `has` those
    that it defines. `relro` is full, partial or empty; `is_guarded` whether it calls the stack protector;
    `is_fortified` whether it calls a checked function of the C library; `has_noexec_stack` is False where its header asks
    for an executable one or says nothing. `imports` and `exports` are names of symbols with NUL between them, wanted of
    others and given to them, and `has_symbols` is False where they could not all be read. Of what a `packer` packed, the rest is the packer's."""

    machine: int
    is_64: bool
    is_program: bool
    is_pie: bool
    is_dynamic: bool
    interpreter: str = ""
    soname: str = ""
    needed: tuple[str, ...] = ()
    rpath: str = ""
    runpath: str = ""
    wants: tuple[tuple[str, str], ...] = ()
    has: tuple[str, ...] = ()
    relro: str = ""
    is_guarded: bool = False
    is_fortified: bool = False
    has_noexec_stack: bool = False
    language: str = ""
    imports: bytes = b""
    exports: bytes = b""
    has_symbols: bool = True
    build_id: str = ""
    least_kernel: str = ""
    packer: str = ""


def dynamic_facts(elf: Elf) -> Dynamic:
    """The facts of one file, as far as they are in it."""
    tags = list(elf.dynamic())
    values = dict(reversed(tags))
    strings = _strings(elf, values)

    def text(at: int) -> str:
        end = strings.find(b"\0", at)
        return strings[at : end if end >= 0 else None].decode("utf-8", "backslashreplace")

    kinds = {segment.kind: segment for segment in elf.segments}
    binds_now = _BIND_NOW in values or values.get(_FLAGS, 0) & _NOW or values.get(_FLAGS_1, 0) & _NOW_1
    relro = ("full" if binds_now else "partial") if _GNU_RELRO in kinds else ""
    symbols, notes = dynamic_symbols(elf, values, strings), notes_of(elf)
    return Dynamic(
        machine=elf.machine,
        is_64=elf.is_64,
        is_program=elf.is_program,
        is_pie=elf.kind == DYN and elf.is_program,
        is_dynamic=bool(tags),
        interpreter=elf.interpreter(),
        soname=text(values[_SONAME]) if _SONAME in values else "",
        needed=tuple(dict.fromkeys(text(value) for tag, value in tags if tag == _NEEDED)),
        rpath=text(values[_RPATH]) if _RPATH in values else "",
        runpath=text(values[_RUNPATH]) if _RUNPATH in values else "",
        wants=tuple((text(file), text(name)) for file, name in _wanted(elf, values)),
        has=tuple(text(name) for name in _defined(elf, values)),
        relro=relro,
        is_guarded=any(guard in strings for guard in _GUARDS) or _in_symbols(elf),
        is_fortified=b"_chk\0" in strings.replace(b"__stack_chk", b""),
        has_noexec_stack=_GNU_STACK in kinds and not kinds[_GNU_STACK].flags & PF_X,
        language=_language(elf, strings),
        imports=symbols.wanted,
        exports=symbols.given,
        has_symbols=symbols.is_whole,
        build_id=notes.build_id,
        least_kernel=notes.least_kernel,
        packer=elf.packer,
    )


def _strings(elf: Elf, values: dict[int, int]) -> bytes:
    try:
        start = elf.offset_of(values[_STRTAB])
    except (KeyError, Malformed):
        return b"\0"
    return b"\0" + bytes(elf.data[start + 1 : start + min(values.get(_STRSZ, 0), _MOST_STRINGS_BYTES)])


def _in_symbols(elf: Elf) -> bool:
    """A static program's own symbols, where it was not stripped."""
    section = elf.section(b".strtab")
    if section is None:
        return False
    end = section.offset + min(section.size_bytes, _MOST_STRINGS_BYTES)
    return any(elf.data.find(guard, section.offset, end) >= 0 for guard in _GUARDS)


def _language(elf: Elf, strings: bytes) -> str:
    """Languages that check memory themselves and have no use for a stack protector."""
    if b".go.buildinfo" in elf.section_names or b".gopclntab" in elf.section_names:
        return "go"
    if b"rust_eh_personality" in strings or b".rustc" in elf.section_names or elf.data.find(b"/rustc/") >= 0:
        return "rust"
    return ""


def _wanted(elf: Elf, values: dict[int, int]) -> list[tuple[int, int]]:
    """(offset of the library's name, offset of the version's name) of what is needed."""
    found: list[tuple[int, int]] = []
    left = _MOST_VERSIONS
    try:
        at = elf.offset_of(values[_VERNEED])
        order = elf.form.order
        for _ in range(min(values.get(_VERNEEDNUM, 0), _MOST_VERSIONS)):
            _, number, file, first, following = struct.unpack(order + "HHIII", elf.read(at, 16))
            place = at + first
            for _ in range(min(number, left)):
                left -= 1
                _, flags, _, name, step = struct.unpack(order + "IHHII", elf.read(place, 16))
                if not flags & 2:  # a weak need is no need
                    found.append((file, name))
                place += step
            at += following
            if not following:
                break
    except (KeyError, Malformed):
        pass
    return found


def _defined(elf: Elf, values: dict[int, int]) -> list[int]:
    """The offsets of the names of the versions that it defines."""
    found: list[int] = []
    try:
        at = elf.offset_of(values[_VERDEF])
        order = elf.form.order
        for _ in range(min(values.get(_VERDEFNUM, 0), _MOST_VERSIONS)):
            _, _, _, number, _, first, following = struct.unpack(order + "HHHHIII", elf.read(at, 20))
            if number:
                found.append(struct.unpack(order + "II", elf.read(at + first, 8))[0])
            at += following
            if not following:
                break
    except (KeyError, Malformed):
        pass
    return found
