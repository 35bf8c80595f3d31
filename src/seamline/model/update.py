"""Updates: how old each part of an image is, how far behind its line, and what bringing it up to date takes."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Message
from seamline.model.package import Side


class PartAge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part's age. Days are dates (`2026-01-31`), empty where nobody knows; numbers of days are None then.

    `pin` says how the base is named: digest, date tag, release tag, point release, moving tag; empty for a part that is no
    base, and where the names that it is known by differ and the image does not say which it means. `propose` is a name to pin
    it by, in a form that its repository really uses, with its digest; `propose_platform` is the one platform that this digest
    is of, empty where it stands for all. `newest` is the newest
    known image of its line, `behind_days` how much later that was made, `behind` how many images of the line came since,
    `cadence_days` the usual time between two of them. `mends` and `adds` count the findings that a move to it would
    remove and bring, None where nobody can tell; `mends_below` those of `mends` that come with the base itself, the others go with
    the steps above it, which are built again. `is_compared`: both bases were looked into, so that what would change its major
    version is known. `forces` are the acts that an update of this part takes, in their order
    (rebuild, rebase, push, pull, restart), `acts` the team that begins.
    """

    stratum: str
    side: Side
    owner: str
    created: str = ""
    age_days: int | None = None
    reference: str = ""
    pin: str = ""
    propose: str = ""
    propose_platform: str = ""
    newest: str = ""
    newest_created: str = ""
    behind_days: int | None = None
    behind: int = 0
    cadence_days: int | None = None
    mends: int | None = None
    adds: int | None = None
    mends_below: int | None = None
    is_compared: bool = False
    forces: tuple[str, ...] = ()
    acts: str = ""


class Support(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long a distribution or runtime is kept. `days_left` until security support ends; negative when it has. What has `ended`
    on a day that nobody noted has neither day."""

    product: str
    cycle: str
    side: Side
    stratum: str
    ends: str = ""
    extended_ends: str = ""
    days_left: int | None = None
    ended: bool = False


class FixLag(msgspec.Struct, frozen=True, kw_only=True):
    """How long fixes have been waiting on one side: days since each was to be had there."""

    side: Side
    findings: int
    median_days: int
    oldest_days: int


class Breaking(msgspec.Struct, frozen=True, kw_only=True):
    """Something whose major version an update to the newest base would change."""

    name: str
    stratum: str
    now: str
    then: str


class Updates(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One image's updates. `notes` are what an update meets besides: obsolete in-place upgrades, unpinned inputs, whether
    the build can be repeated. `support_unknown` tells why `support` is empty: there are no dates here, or none of what is
    in the image."""

    parts: tuple[PartAge, ...]
    support: tuple[Support, ...] = ()
    lags: tuple[FixLag, ...] = ()
    breaks: tuple[Breaking, ...] = ()
    notes: tuple[Message, ...] = ()
    support_unknown: Message | None = None
