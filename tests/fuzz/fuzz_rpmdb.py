"""rpm databases: ndb, Berkeley DB and the write-ahead log (sqlite itself is fuzzed by its own makers), and headers."""

from __future__ import annotations

import struct

from seamline.errors import SeamlineError
from seamline.formats.rpm_header import Header
from seamline.formats.rpmdb import SQLITE_MAGIC, apply_log, parse_rpmdb

_HEADER = struct.pack(">II", 1, 5) + struct.pack(">IIiI", 1000, 6, 0, 1) + b"bash\0"
_NDB = struct.pack("<4sIII", b"RpmP", 0, 1, 1) + bytes(16) + struct.pack("<4sIII", b"Slot", 1, 4, 2)
SEEDS = (
    _HEADER,
    _NDB + bytes(16) + struct.pack("<4sIII", b"BlbS", 1, 1, len(_HEADER)) + _HEADER,
    bytes(12) + struct.pack("<III", 0x061561, 9, 512) + bytes(488) + bytes(512),
    b"\x37\x7f\x06\x82" + bytes(200),
)


def run(data: bytes) -> None:
    try:
        found = Header(data)
        found.text(1000)
        found.paths()
    except SeamlineError:
        pass
    apply_log(bytes(2048), data)
    if data.startswith(SQLITE_MAGIC):
        return
    try:
        for blob in parse_rpmdb(data):
            len(blob)
    except SeamlineError:
        pass
