"""Debian's version order. Source: deb-version(7), "Sorting algorithm"."""

from __future__ import annotations

from functools import lru_cache

from seamline.expression import expression
from seamline.versions.keys import UnreadableVersion, checked, number

_PARTS = expression(r"([^0-9]*)([0-9]*)")
_TILDE, _END, _OTHERS = 1, 2, 128
_CLOSED = bytes((_END,))
_NOTHING = bytes((_END,)) + number("")
# tilde first, then the end, then letters, then all else
_WEIGHTS = {
    char: (_TILDE if char == "~" else ord(char) if char.isalpha() else ord(char) + _OTHERS)
    for char in map(chr, range(33, 127))
}


@lru_cache(maxsize=1 << 18)
def key(version: str) -> bytes:
    """The key of a version; `1.0` and `0:1.0-0` have the same.

    Raises:
        UnreadableVersion: no version of Debian's.
    """
    text = checked(version, "deb")
    epoch, colon, rest = text.partition(":")
    if not colon:
        epoch, rest = "0", text
    upstream, _, revision = rest.rpartition("-")
    if not upstream:
        upstream, revision = revision, ""
    if not (epoch.isdecimal() and epoch.isascii()):
        raise UnreadableVersion(version, "deb")
    try:
        return number(epoch) + _part(upstream) + _part(revision)
    except KeyError:
        raise UnreadableVersion(version, "deb") from None


def _part(text: str) -> bytes:
    """Turns of other characters and numbers, the first one always; an end closes the part."""
    turns = [_turn(words, digits) for words, digits in _PARTS.findall(text)[:-1]] or [_NOTHING]
    return b"".join(turns) + _CLOSED


@lru_cache(maxsize=32768)
def _turn(words: str, digits: str) -> bytes:
    return bytes([*(_WEIGHTS[char] for char in words), _END]) + number(digits)
