"""What `base list` and `base show` tell of known bases as documents.

The field names here are the JSON documents' own; within `/1` of a schema only optional fields are added.
"""

from __future__ import annotations

import msgspec

from seamline.model.fitness import Duty, Fitness
from seamline.model.seam import Base


class BasesReport(msgspec.Struct, frozen=True, kw_only=True):
    """The known bases: `own` in the user's ledger, `others` that come along or lie in stacked ledgers."""

    schema: str = "seamline.base-list/1"
    own: tuple[Base, ...]
    others: tuple[Base, ...]


class FitBase(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A base, and the facts by which one may judge whether to stand on it."""

    fitness: Fitness


class BaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """The `bases` that a name or digest means, as of a day; `duties` of their sides' owners where they were asked for."""

    schema: str = "seamline.base-show/1"
    as_of: str
    bases: tuple[FitBase, ...]
    duties: tuple[Duty, ...] = ()
