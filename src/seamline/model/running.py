"""What runs, and whether it is what its name stands for today."""

from __future__ import annotations

import msgspec


class RunningLine(msgspec.Struct, frozen=True, kw_only=True):
    """One container. `verdict` is current, old or unknown; `mend` is restart, pull, rebuild or nothing: what brings the
    newer image. `newest` is the newest known digest of the name and `newest_day` its day; `behind_days` counts to it. `because` says
    how it is known: digest, tag-moved (the engine shows an id), made-before (the container is older than the newest image),
    old-base (the image itself stands on an old `base`); or why it is not: no-digest (the listing tells none), digest-unknown (no
    known image of that name has it), name-unknown (no image of that name is known)."""

    where: str
    image: str
    digest: str
    verdict: str
    mend: str
    newest: str = ""
    newest_day: str = ""
    behind_days: int | None = None
    because: str = ""
    base: str = ""


class RunningReport(msgspec.Struct, frozen=True, kw_only=True):
    """Every container, old ones first. `known_until` is the day of the newest known image of the name that is known the least far,
    of those that run its newest and no registry was asked about; empty where there are none. Schema `seamline.running/1`."""

    containers: tuple[RunningLine, ...]
    as_of: str
    known_until: str = ""
    schema: str = "seamline.running/1"
    seamline: str = ""
