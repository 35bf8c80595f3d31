"""What `db status`, `db lookup` and `cache status` tell as documents.

The field names here are the JSON documents' own; within `/1` of a schema only optional fields are added.
"""

from __future__ import annotations

import msgspec

from seamline.model.advisory import EcosystemState, LookupLine
from seamline.model.evidence import Gap


class DatabaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """The database at `as_of`: `kind` is osv, starter, or none; `stale` names what is too old for a gate to hold on."""

    schema: str = "seamline.db-status/1"
    as_of: str
    kind: str
    format: int
    ecosystems: tuple[EcosystemState, ...]
    stale: tuple[str, ...]


class LookupReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of `asked`, a package URL or an id, and what could not be judged of it."""

    schema: str = "seamline.db-lookup/1"
    asked: str
    found: tuple[LookupLine, ...]
    gaps: tuple[Gap, ...]


class CacheReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of layers that were read: the file, how many layers and rows of facts it has, its size."""

    schema: str = "seamline.cache-status/1"
    path: str
    layers: int
    rows: int
    size_bytes: int
