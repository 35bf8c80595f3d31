"""Debian's version order. Source: deb-version(7), "Sorting algorithm"."""

from __future__ import annotations

import re
from functools import lru_cache

Key = tuple[int, tuple[tuple[int, ...] | int, ...], tuple[tuple[int, ...] | int, ...]]
_PARTS = re.compile(r"(\D*)(\d*)")


@lru_cache(maxsize=65536)
def version_key(version: str) -> Key:
    """A key that sorts as dpkg does."""
    epoch, colon, rest = version.strip().partition(":")
    if not colon:
        epoch, rest = "0", version.strip()
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return (int(epoch) if epoch.isdecimal() else 0, _parts(upstream), _parts(revision))


def _parts(text: str) -> tuple[tuple[int, ...] | int, ...]:
    """Turns of non-digits and numbers; the end of text sorts before anything but a tilde."""
    found: list[tuple[int, ...] | int] = []
    for words, digits in _PARTS.findall(text):
        if not words and not digits:
            break
        found += [(*map(_weight, words), 0), int(digits or "0")]
    while found[-2:] == [(0,), 0]:  # no number is the number 0
        del found[-2:]
    return (*found, (0,), 0)


def _weight(char: str) -> int:
    """Tilde first, then the end, then letters, then all else."""
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + 256
