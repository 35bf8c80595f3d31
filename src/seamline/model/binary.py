"""What is wrong with the native programs and libraries of an application."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Message
from seamline.model.package import Side


class BinaryLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One ELF file that lacks something, or of which that cannot be told because a `packer` packed it (`UPX 4.22`). `soft` are the protections that it was built without (PIE, RELRO, stack protector,
    no executable stack); `unmet` what it will not find where it runs: its loader, libraries, versions of symbols."""

    path: str
    side: Side
    stratum: str
    layer: int
    soft: tuple[str, ...] = ()
    unmet: tuple[Message, ...] = ()
    packer: str = ""
