"""Debian's version order. Source: deb-version(7), "Sorting algorithm"."""

from __future__ import annotations

import re
from functools import lru_cache, total_ordering

_PARTS = re.compile(r"(\D*)(\d*)")
_Part = tuple[tuple[int, ...], int]
_NOTHING: _Part = ((0,), 0)  # what the end of a text counts as, however long the other one goes on


@total_ordering
class Key:
    """A version that sorts as dpkg sorts it."""

    __slots__ = ("_epoch", "_revision", "_upstream")

    def __init__(self, epoch: int, upstream: tuple[_Part, ...], revision: tuple[_Part, ...]) -> None:
        self._epoch = epoch
        self._upstream = upstream
        self._revision = revision

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and not self < other and not other < self

    def __lt__(self, other: Key) -> bool:
        if self._epoch != other._epoch:
            return self._epoch < other._epoch
        mine, theirs = _padded(self._upstream, other._upstream)
        if mine != theirs:
            return mine < theirs
        mine, theirs = _padded(self._revision, other._revision)
        return mine < theirs

    def __hash__(self) -> int:
        return hash((self._epoch, _stripped(self._upstream), _stripped(self._revision)))


@lru_cache(maxsize=65536)
def version_key(version: str) -> Key:
    """The key of a version; equal versions may be spelt differently (`1.0`, `0:1.0-0`)."""
    epoch, colon, rest = version.strip().partition(":")
    if not colon:
        epoch, rest = "0", version.strip()
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return Key(int(epoch) if epoch.isdecimal() else 0, _parts(upstream), _parts(revision))


def _parts(text: str) -> tuple[_Part, ...]:
    """Turns of non-digits and numbers, weighed."""
    return tuple(
        ((*map(_weight, words), 0), int(digits or "0"))
        for words, digits in _PARTS.findall(text)
        if words or digits
    )


def _weight(char: str) -> int:
    """Tilde first, then the end, then letters, then all else."""
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + 256


def _padded(one: tuple[_Part, ...], other: tuple[_Part, ...]) -> tuple[tuple[_Part, ...], tuple[_Part, ...]]:
    longest = max(len(one), len(other))
    return one + (_NOTHING,) * (longest - len(one)), other + (_NOTHING,) * (longest - len(other))


def _stripped(parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
    end = len(parts)
    while end and parts[end - 1] == _NOTHING:
        end -= 1
    return parts[:end]
