"""Bounds that keep hostile input from costing more than it may."""

from __future__ import annotations

import msgspec

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one read may cost. All sizes in bytes; `ratio` counts only past `ratio_floor_bytes`."""

    layer_bytes: int = 64 * GIB
    layer_entries: int = 20_000_000
    ratio: int = 200
    ratio_floor_bytes: int = 4 * GIB
    header_bytes: int = MIB
    document_bytes: int = 256 * MIB
    archive_depth: int = 8
    archive_members: int = 200_000
    archive_bytes: int = 2 * GIB
    memory_file_bytes: int = 32 * MIB
    spool_bytes: int = 8 * GIB
