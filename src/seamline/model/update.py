"""Updates: how old each part of an image is, how far behind its line, and what bringing it up to date takes."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Message
from seamline.model.package import Side


class PartAge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part's age. Days are dates (`2026-01-31`), empty where nobody knows; numbers of days are None then.

    `pin` says how the base is named: digest, date tag, release tag, moving tag, none. `newest` is the newest known
    image of its line, `behind_days` how much later that was made, `cadence_days` the usual time between two of it.
    `mends` and `adds` count the findings that a move to it would remove and bring. `forces` are the acts that an
    update of this part takes, in their order (rebuild, rebase, push, pull, restart).
    """

    stratum: str
    side: Side
    owner: str
    created: str = ""
    age_days: int | None = None
    reference: str = ""
    pin: str = ""
    newest: str = ""
    newest_created: str = ""
    behind_days: int | None = None
    cadence_days: int | None = None
    mends: int = 0
    adds: int = 0
    forces: tuple[str, ...] = ()


class Support(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long a distribution or runtime is kept. `days_left` until security support ends; negative when it has."""

    product: str
    cycle: str
    side: Side
    stratum: str
    ends: str = ""
    extended_ends: str = ""
    days_left: int | None = None


class Updates(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One image's updates. `notes` are what an update meets besides: obsolete in-place upgrades, unpinned inputs, major
    versions that would change, whether the build can be repeated."""

    parts: tuple[PartAge, ...]
    support: tuple[Support, ...] = ()
    notes: tuple[Message, ...] = ()
