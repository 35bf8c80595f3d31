"""Everything in the visible tree that an intruder could use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from seamline.model.audit import Account, RunsAs, SurfaceLine
from seamline.surface.accounts import account_lines
from seamline.surface.persistence import persistence
from seamline.surface.placed import Placed
from seamline.surface.privileges import privileged, readable, writable
from seamline.surface.programs import programs


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a search stands on: small configuration files by path, the applets of each busybox, the accounts, whom the
    image runs as, its PATH, and the paths that its start command names."""

    texts: Mapping[bytes, bytes]
    applets: Mapping[bytes, Sequence[str]]
    accounts: tuple[Account, ...]
    runs_as: RunsAs
    path: str
    start: tuple[bytes, ...]


def find_surface(placed: Placed, ground: Ground) -> tuple[SurfaceLine, ...]:
    """The surface, by kind, path and name."""
    found = [
        *programs(placed, ground.path, ground.applets),
        *privileged(placed),
        *writable(placed, ground.path, ground.runs_as),
        *readable(placed),
        *account_lines(placed, ground.accounts, ground.texts),
        *persistence(placed, ground.texts, ground.runs_as, ground.start),
    ]
    return tuple(sorted(found, key=lambda line: (line.kind, line.path, line.name)))
