"""Lines of releases: which tags carry on what another tag began, and which tags ought never to move."""

from __future__ import annotations

import msgspec

from seamline.expression import expression
from seamline.model.seam import Base, repository_of

_NUMBERS = expression(r"(?<![0-9A-Za-z.])v?(\d+(?:\.\d+)*)")
_MOVING = frozenset(
    ("latest", "stable", "oldstable", "testing", "unstable", "lts", "current", "edge", "rolling", "mainline")
)
_DATE_DIGITS = 8
_PATCH_PARTS = 3
_BY_POINT = frozenset(("almalinux", "debian", "oraclelinux", "postgres", "rockylinux"))
"""Repositories, whoever mirrors them, that number their releases 12, 12.8, 12.9 with nothing finer. Source: the library
files of the official images, where 12.8 stands beside 12 and no tag goes on to 12.8.1."""


class _Tag(msgspec.Struct, frozen=True):
    """A tag around its version: `bookworm-20260101-slim` is (`bookworm-`, (20260101,), `-slim`)."""

    head: str
    numbers: tuple[int, ...]
    tail: str


def _parsed(tag: str) -> _Tag | None:
    match = _NUMBERS.search(tag)
    if match is None or len(match[1]) > 64:
        return None
    numbers = tuple(int(part) for part in match[1].split("."))
    return _Tag(tag[: match.start(1)], numbers, tag[match.end(1) :])


def tag_of(name: str) -> str:
    """The tag of a full reference; empty where it has a digest instead."""
    return "" if "@" in name else name.rpartition(":")[2]


def is_fixed_tag(tag: str) -> bool:
    """Whether a tag names one release, so that nobody expects it to move: `v2.3.0`, `3.12.4-slim`, `bookworm-20260101`."""
    parsed = _parsed(tag)
    if parsed is None:
        return False
    return len(parsed.numbers) >= _PATCH_PARTS or len(str(parsed.numbers[0])) == _DATE_DIGITS


def is_point_release(name: str) -> bool:
    """Whether a full reference names a point release, `debian:12.8-slim`: it may be built anew while that is the latest, and
    stays as it is from the day that the next one comes."""
    parsed = _parsed(tag_of(name))
    if parsed is None or repository_of(name).rpartition("/")[2] not in _BY_POINT:
        return False
    return not parsed.head and len(parsed.numbers) == _PATCH_PARTS - 1 and not is_fixed_tag(tag_of(name))


def _next_point(old: str, new: str) -> bool:
    """Whether the point release `new` comes later in the same release as `old` does: 12.9 after 12.8, never 13.1."""
    before, after = _parsed(tag_of(old)), _parsed(tag_of(new))
    if before is None or after is None or not (is_point_release(old) and is_point_release(new)):
        return False
    alike = (before.numbers[0], before.tail) == (after.numbers[0], after.tail)
    return alike and after.numbers > before.numbers


def carries_on(old: str, new: str) -> bool:
    """Whether the tag `new` is a later release of the line that the tag `old` is fixed in: a higher patch number or a
    later day, all else alike."""
    before, after = _parsed(old), _parsed(new)
    if before is None or after is None or not (is_fixed_tag(old) and is_fixed_tag(new)):
        return False
    alike = (before.head, before.numbers[:-1], before.tail) == (after.head, after.numbers[:-1], after.tail)
    return alike and after.numbers > before.numbers


def is_later(base: Base, other: Base) -> bool:
    """Whether `other` is a later image of the line of `base`: it got one of its names since, or a fixed tag that carries on
    one of its own. Names that mean whatever is newest (`latest`) say nothing where there are others."""
    if other.created <= base.created or other.diff_ids == base.diff_ids:
        return False
    telling = [name for name in base.names if tag_of(name) not in _MOVING] or list(base.names)
    for name in telling:
        if name in other.names:
            return True
        for each in other.names:
            alike = repository_of(each) == repository_of(name)
            if alike and (carries_on(tag_of(name), tag_of(each)) or _next_point(name, each)):
                return True
    return False
