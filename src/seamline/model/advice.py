"""What an image could stand on instead, and what would come of it."""

from __future__ import annotations

import msgspec

from seamline.model.advisory import DatabaseLine
from seamline.model.evidence import Gap, Message
from seamline.model.report import ImageLine


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One base to stand on. `kind` is newer (a later image of the same line), slim, distroless or other (another tag or
    image of the same platform). `removes`, `keeps` and `adds` are flaws; `misses` are what the application needs of its base now and
    would not find there."""

    reference: str
    digest: str
    created: str
    kind: str
    packages: int
    removes: tuple[str, ...]
    keeps: tuple[str, ...]
    adds: tuple[str, ...]
    misses: tuple[str, ...]


class AdviseReport(msgspec.Struct, frozen=True, kw_only=True):
    """Bases for an image, the one that leaves least first. Schema `seamline.advise/1`. `unstudied` are known bases of
    the same line or repository whose content was never learnt; `notes` say which fixes the image's package sources do not give to what
    is installed above any base."""

    image: ImageLine
    base: str
    packages: int
    flaws: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    unstudied: tuple[str, ...]
    database: DatabaseLine
    gaps: tuple[Gap, ...]
    as_of: str
    notes: tuple[Message, ...] = ()
    schema: str = "seamline.advise/1"
    seamline: str = ""
