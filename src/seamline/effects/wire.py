"""How the user wants the world to be reached: a value that costs nothing to import."""

from __future__ import annotations

import msgspec


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the world. `insecure` allows plain http and unverified TLS; `ca_file` is trusted besides the
    system's certificates."""

    insecure: bool = False
    ca_file: str = ""
    offline: bool = False
    connect_seconds: float = 10.0
    stall_seconds: float = 30.0
    attempts: int = 4
    backoff_seconds: float = 0.5
