"""OSV records <-> values. Source: OSV schema 1.7, https://ossf.github.io/osv-schema/."""

from __future__ import annotations

from typing import Any

import msgspec

from seamline.errors import Bomb, Malformed

MOST_BYTES = 16 << 20


class OsvEvent(msgspec.Struct, frozen=True):
    """One turn of a range; one of the fields is set."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class OsvRange(msgspec.Struct, frozen=True):
    """Events of versions (SEMVER, ECOSYSTEM), or of commits in `repo` (GIT)."""

    type: str = ""
    events: tuple[OsvEvent, ...] = ()
    repo: str = ""


class OsvPackage(msgspec.Struct, frozen=True):
    """`ecosystem` may carry a release behind a colon (`Debian:12`)."""

    ecosystem: str = ""
    name: str = ""


class OsvSeverity(msgspec.Struct, frozen=True):
    """A vector (`CVSS_V3`) or a vendor's word (`Ubuntu`)."""

    type: str = ""
    score: str = ""


class OsvAffected(msgspec.Struct, frozen=True):
    """One package in one ecosystem."""

    package: OsvPackage | None = None
    ranges: tuple[OsvRange, ...] | None = None
    versions: tuple[str, ...] | None = None
    severity: tuple[OsvSeverity, ...] | None = None
    ecosystem_specific: dict[str, Any] | None = None
    database_specific: dict[str, Any] | None = None


class OsvReference(msgspec.Struct, frozen=True):
    """A page about it."""

    type: str = ""
    url: str = ""


class OsvRecord(msgspec.Struct, frozen=True):
    """One advisory."""

    id: str
    modified: str = ""
    published: str | None = None
    withdrawn: str | None = None
    aliases: tuple[str, ...] | None = None
    upstream: tuple[str, ...] | None = None
    related: tuple[str, ...] | None = None
    summary: str | None = None
    details: str | None = None
    severity: tuple[OsvSeverity, ...] | None = None
    affected: tuple[OsvAffected, ...] | None = None
    references: tuple[OsvReference, ...] | None = None
    database_specific: dict[str, Any] | None = None


_DECODER = msgspec.json.Decoder(OsvRecord)


def parse_osv(data: bytes, where: str) -> OsvRecord:
    """The record.

    Raises:
        Bomb: it is larger than any real one.
        Malformed: it is no OSV record, or nested too deep.
    """
    if len(data) > MOST_BYTES:
        raise Bomb(
            where,
            expected=f"at most {MOST_BYTES} bytes",
            got=f"{len(data)}",
            hint="no advisory is so large",
        )
    try:
        record = _DECODER.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise Malformed(
            where,
            expected="an OSV record",
            got="one nested too deep" if isinstance(fault, RecursionError) else str(fault)[:120],
            hint="the file is damaged or something else",
        ) from fault
    if not record.id or len(record.id) > 200:
        raise Malformed(
            where, expected="an OSV record", got="no id", hint="the file is damaged or something else"
        )
    return record
