"""The account files: passwd(5), shadow(5), group(5). A password itself is never kept, only what state it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from seamline.formats.untyped import whole

_MOST_LINES = 100_000
_LOCKED = ("!", "*")


class PasswdLine(msgspec.Struct, frozen=True):
    """One account as passwd(5) has it; `password` is what the second field says: shadowed, empty, locked or hashed."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    password: str = "shadowed"  # noqa: S105 - a state


class GroupLine(msgspec.Struct, frozen=True):
    """One group and its members by name."""

    name: str
    gid: int
    members: tuple[str, ...] = ()


def parse_passwd(data: bytes) -> tuple[PasswdLine, ...]:
    """The accounts, broken lines left out, as the C library does. Source: passwd(5)."""
    return tuple(
        PasswdLine(f[0], uid, gid, f[5], f[6] or "/bin/sh", _state(f[1], shadowed="x"))
        for f in _rows(data, 7)
        if (uid := whole(f[2])) is not None and (gid := whole(f[3])) is not None
    )


def parse_group(data: bytes) -> tuple[GroupLine, ...]:
    """The groups. Source: group(5)."""
    return tuple(
        GroupLine(f[0], gid, tuple(name for name in f[3].split(",") if name))
        for f in _rows(data, 4)
        if (gid := whole(f[2])) is not None
    )


def parse_shadow(data: bytes) -> Mapping[str, str]:
    """The state of each account's password: empty, locked or hashed. Source: shadow(5)."""
    return {fields[0]: _state(fields[1]) for fields in _rows(data, 2)}


def _state(field: str, shadowed: str = "") -> str:
    if shadowed and field == shadowed:
        return "shadowed"
    if not field:
        return "empty"
    return "locked" if field.startswith(_LOCKED) else "hashed"


def _rows(data: bytes, fields: int) -> Iterator[list[str]]:
    for line in data.decode("utf-8", "replace").splitlines()[:_MOST_LINES]:
        row = line.split(":")
        if len(row) >= fields and row[0] and not line.startswith(("#", "+", "-")):
            yield row
