"""How the user wants the world to be reached: a value that costs nothing to import."""

from __future__ import annotations

import msgspec


class Certificates(msgspec.Struct, frozen=True, kw_only=True):
    """Files for TLS with one host: certificates to trust besides the system's, and pairs of certificate and key (""
    where one file holds both) that show it who asks. Those are shown to `host` alone."""

    host: str = ""
    trusted: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the world. `insecure` allows plain http and unverified TLS; `ca_file` is trusted besides the
    system's certificates, and `certificates` are those of the one registry that is asked."""

    insecure: bool = False
    ca_file: str = ""
    certificates: Certificates = Certificates()
    offline: bool = False
    connect_seconds: float = 10.0
    stall_seconds: float = 30.0
    attempts: int = 4
    backoff_seconds: float = 0.5
