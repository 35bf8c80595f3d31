"""ELF headers and Go build information."""

from __future__ import annotations

import struct

from seamline.errors import SeamlineError
from seamline.formats.elf import parse_elf
from seamline.formats.go_buildinfo import go_buildinfo, is_go, parse_modules

_HEADER = (
    b"\x7fELF\x02\x01\x01"
    + bytes(9)
    + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
)
_SEGMENT = struct.pack("<IIQQQQQQ", 1, 6, 128, 0x1000, 0x1000, 512, 512, 16)
_INFO = b"\xff Go buildinf:\x08\x02" + bytes(16) + b"\x08go1.22.1" + b"\x00"
SEEDS = (
    _HEADER + _SEGMENT + bytes(8) + _INFO.ljust(512, b"\0"),
    b"0" * 16 + b"path\tx\nmod\ta\tv1\t\n=>\tb\tv2\n" + b"1" * 16,
)


def run(data: bytes) -> None:
    try:
        elf = parse_elf(data)
        is_go(elf)
        go_buildinfo(elf)
    except SeamlineError:
        pass
    parse_modules("go1", data)
