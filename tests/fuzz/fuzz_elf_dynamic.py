"""What an ELF file asks of the loader: dynamic section, versions, symbols, notes; and the list that ldconfig makes."""

from __future__ import annotations

import struct

from seamline.errors import SeamlineError
from seamline.formats.elf import parse_elf
from seamline.formats.elf_dynamic import dynamic_facts
from seamline.formats.ld_cache import parse_ld_cache

_ADDRESS, _STRINGS, _SYMBOLS, _HASH, _NEEDS, _NOTE, _TAGS = 0x1000, 512, 640, 768, 832, 896, 1024
_NAMES = b"\0libc.so.6\0puts\0GLIBC_2.34\0/opt\0__stack_chk_fail\0mine\0"


def _elf(*, is_gnu: bool) -> bytes:
    def at(text: bytes) -> int:
        return _NAMES.index(b"\0" + text + b"\0") + 1

    tags = [(1, at(b"libc.so.6")), (5, _ADDRESS + _STRINGS), (10, len(_NAMES)), (29, at(b"/opt")), (30, 8)]
    tags += [
        (6, _ADDRESS + _SYMBOLS),
        (0x6FFFFEF5 if is_gnu else 4, _ADDRESS + _HASH),
        (0x6FFFFFFE, _ADDRESS + _NEEDS),
        (0x6FFFFFFF, 1),
        (0, 0),
    ]
    segments = [
        (1, 6, 0, _ADDRESS, 2048),
        (2, 6, _TAGS, _ADDRESS + _TAGS, len(tags) * 16),
        (4, 4, _NOTE, _ADDRESS + _NOTE, 36),
        (0x6474E551, 6, 0, 0, 0),
    ]
    symbols = struct.pack("<IBBHQQ", 0, 0, 0, 0, 0, 0) + struct.pack("<IBBHQQ", at(b"puts"), 0x12, 0, 0, 0, 0)
    symbols += struct.pack("<IBBHQQ", at(b"mine"), 0x12, 0, 1, 64, 8)
    hashes = struct.pack("<IIIIQIII", 1, 2, 1, 6, 0, 2, 1, 0) if is_gnu else struct.pack("<II", 1, 3)
    needs = struct.pack("<HHIII", 1, 1, at(b"libc.so.6"), 16, 0) + struct.pack(
        "<IHHII", 0, 0, 2, at(b"GLIBC_2.34"), 0
    )
    data = bytearray(2048)
    head = (
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 4, 64, 0, 0)
    )
    rows = b"".join(struct.pack("<IIQQQQQQ", k, f, o, a, a, n, n, 4) for k, f, o, a, n in segments)
    parts = {0: head + rows, _STRINGS: _NAMES, _SYMBOLS: symbols, _HASH: hashes, _NEEDS: needs}
    parts[_NOTE] = struct.pack("<III4s4I", 4, 16, 1, b"GNU", 0, 3, 2, 0)
    parts[_TAGS] = b"".join(struct.pack("<QQ", *pair) for pair in tags)
    for place, part in parts.items():
        data[place : place + len(part)] = part
    return bytes(data)


_CACHE = b"glibc-ld.so.cache1.1" + struct.pack("<IIB3x3I4x", 1, 24, 2, 0, 0, 0)[:28]
SEEDS = (
    _elf(is_gnu=False),
    _elf(is_gnu=True),
    _CACHE + struct.pack("<iIIIQ", 0x303, 72, 80, 0, 0) + b"libx.so\0/l/x\0",
    _CACHE[:32]
    + struct.pack("<I12x", 88)
    + struct.pack("<iIIIQ", 0x303, 72, 80, 0, 1 << 62)
    + b"libx.so\0/l/x\0\0\0\0"
    + struct.pack("<IIIIIII", 0xEAA42174, 1, 1, 0, 112, 4, 80),
)


def run(data: bytes) -> None:
    for name, path, _ in parse_ld_cache(data):
        assert name
        assert path
    try:
        facts = dynamic_facts(parse_elf(data))
    except SeamlineError:
        return
    assert len(facts.wants) <= 1024
    assert facts.has_symbols or not (facts.imports or facts.exports)
