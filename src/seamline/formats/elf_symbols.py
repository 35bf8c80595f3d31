"""The dynamic symbols of an ELF file, and the notes that say which build it is and which kernel it needs.

Sources: System V gABI 4.1, chapter 4 "Symbol Table", chapter 5 "Hash Table"; the GNU hash section and the notes
NT_GNU_ABI_TAG and NT_GNU_BUILD_ID as glibc's elf.h names them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

import msgspec

from seamline.errors import Malformed
from seamline.formats.elf import PT_NOTE, Elf

_HASH, _SYMTAB, _GNU_HASH = 4, 6, 0x6FFFFEF5
_ABI_TAG, _BUILD_ID = 1, 3
_LOCAL, _WEAK = 0, 2
_HIDDEN = (1, 2)
_MOST_SYMBOLS = 1 << 18
_MOST_NAMES_BYTES = 4 << 20
_MOST_NOTES_BYTES = 64 << 10


class Symbols(msgspec.Struct, frozen=True):
    """Names with NUL between them: `wanted` are those that somebody else must define (weak ones need nobody), `given`
    those that it defines for others. `is_whole` is False where there are too many, or the table does not fit."""

    wanted: bytes = b""
    given: bytes = b""
    is_whole: bool = True


class Notes(msgspec.Struct, frozen=True):
    """`build_id` in hexadecimal digits, `least_kernel` as `3.2.0`; empty where the file does not say."""

    build_id: str = ""
    least_kernel: str = ""


def dynamic_symbols(elf: Elf, values: Mapping[int, int], strings: bytes) -> Symbols:
    """The symbols of the dynamic section whose tags are `values` and whose names are in `strings`."""
    if _SYMTAB not in values:
        return Symbols()
    try:
        number = _number(elf, values)
        layout = elf.form.symbol
        table = elf.read(elf.offset_of(values[_SYMTAB]), min(number, _MOST_SYMBOLS) * layout.size)
    except (Malformed, struct.error):
        return Symbols(is_whole=False)
    wanted, given = _sorted(layout.iter_unpack(table), strings, is_64=elf.is_64)
    is_whole = number <= _MOST_SYMBOLS and max(len(wanted), len(given)) <= _MOST_NAMES_BYTES
    return Symbols(wanted, given, is_whole) if is_whole else Symbols(is_whole=False)


def _sorted(rows: Iterator[tuple[int, ...]], strings: bytes, *, is_64: bool) -> tuple[bytes, bytes]:
    wanted, given = [], []
    find = strings.find
    for row in rows:
        if is_64:
            at, info, other, place = row[:4]
        else:
            at, _, _, info, other, place = row
        bind = info >> 4
        if bind == _LOCAL or not at:
            continue
        if place:
            if other & 3 not in _HIDDEN:
                given.append(strings[at : find(b"\0", at)])
        elif bind != _WEAK:
            wanted.append(strings[at : find(b"\0", at)])
    return b"\0".join(wanted), b"\0".join(given)


def _number(elf: Elf, values: Mapping[int, int]) -> int:
    """How many symbols there are, which only the hash tables tell.

    Raises:
        Malformed: there is none, or it does not fit.
    """
    order = elf.form.order
    if _HASH in values:
        _, chains = struct.unpack(order + "II", elf.read(elf.offset_of(values[_HASH]), 8))
        return int(chains)
    if _GNU_HASH not in values:
        raise Malformed("ELF file", expected="a hash table", got="none", hint="the file is damaged")
    at = elf.offset_of(values[_GNU_HASH])
    buckets, first, words, _ = struct.unpack(order + "IIII", elf.read(at, 16))
    at += 16 + words * (8 if elf.is_64 else 4)
    last = max(struct.unpack(f"{order}{buckets}I", elf.read(at, buckets * 4)), default=0)
    if last < first:
        return int(first)
    at += buckets * 4
    while (
        last <= _MOST_SYMBOLS and not struct.unpack(order + "I", elf.read(at + (last - first) * 4, 4))[0] & 1
    ):
        last += 1
    return int(last) + 1


def notes_of(elf: Elf) -> Notes:
    """What the notes of the loaded file say."""
    build_id = least_kernel = ""
    for kind, text in _notes(elf):
        if kind == _BUILD_ID:
            build_id = build_id or text.hex()
        elif kind == _ABI_TAG and len(text) >= 16:
            system, *version = struct.unpack_from(elf.form.order + "IIII", text)
            least_kernel = least_kernel or ("" if system else ".".join(map(str, version)))
    return Notes(build_id, least_kernel)


def _notes(elf: Elf) -> Iterator[tuple[int, bytes]]:
    """(type, text) of every note of GNU's."""
    head = struct.Struct(elf.form.order + "III")
    for segment in elf.segments:
        if segment.kind != PT_NOTE:
            continue
        step = 8 if segment.align == 8 else 4
        data = bytes(elf.data[segment.offset : segment.offset + min(segment.size_bytes, _MOST_NOTES_BYTES)])
        at = 0
        while at + head.size <= len(data):
            name_bytes, text_bytes, kind = head.unpack_from(data, at)
            start = at + head.size
            text_at = (
                start + -(-name_bytes // step) * step
                if step == 4
                else at + -(-(head.size + name_bytes) // 8) * 8
            )
            if data[start : start + name_bytes] == b"GNU\0":
                yield kind, data[text_at : text_at + text_bytes]
            at = text_at + -(-text_bytes // step) * step
