"""Secrets that lie in an image: what a scan of its layers keeps of each, and what a report says. Never the value."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Message
from seamline.model.package import Side


class Spot(msgspec.Struct, frozen=True, array_like=True):
    """One secret of one file or text. `kind` names its rule, `line` is counted from 1 (0 in a file that is no text).

    `inside` is the path in the archive that the file is. A Spot without a kind is none, but something that was not looked at:
    its note is `large` or `packed`. `fingerprint` is keyed with bytes that never leave their machine: equal for equal secrets there, and of no use to
    anyone who wants the value. `note` is `encrypted`, `checksum` (the token's own checksum holds), `no-checksum` (it has
    one that does not hold) or empty.
    """

    kind: str
    line: int
    fingerprint: bytes
    note: str = ""
    inside: str = ""


class SecretLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One secret in an image. `place` is file, env, label, history, build argument, start command or annotation; `path`
    is the file, or the setting's name; `inside` is where in it, if it is an archive; `why` tells whose a line of the history is, or why nobody knows. `state` is visible, deleted or replaced: what is deleted above is still in its
    layer. `until` is the layer that deleted or replaced it. Lines with the same `group` hold the same secret; the numbers
    mean nothing else."""

    kind: str
    place: str
    path: str
    state: str
    side: Side
    stratum: str
    group: int
    layer: int | None = None
    until: int | None = None
    line: int = 0
    note: str = ""
    inside: str = ""
    why: Message | None = None


def secret_place(line: SecretLine) -> str:
    """Where a secret stands, short: `/app/.env:3`, `env TOKEN`."""
    if line.place == "file":
        path = f"/{line.path}!/{line.inside}" if line.inside else f"/{line.path}"
        return f"{path}:{line.line}" if line.line else path
    return f"{line.place} {line.path}"
