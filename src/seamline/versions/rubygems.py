"""RubyGems' version order. Source: Gem::Version."""

from __future__ import annotations

from functools import lru_cache
from itertools import dropwhile

from seamline.expression import expression
from seamline.versions.keys import UnreadableVersion, checked, number

_VERSION = expression(r"[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_SEGMENTS = expression(r"[0-9]+|[a-zA-Z]+")
_WORD, _END, _NUMBER = b"\x01", b"\x02", b"\x03"


@lru_cache(maxsize=65536)
def key(version: str) -> bytes:
    """The key of a version: words make a prerelease, zeros at the end of a run of numbers do not count.

    Raises:
        UnreadableVersion: no version of a gem.
    """
    text = checked(version, "RubyGems")
    if not _VERSION.fullmatch(text):
        raise UnreadableVersion(version, "RubyGems")
    segments: list[str] = _SEGMENTS.findall(text.replace("-", ".pre."))
    first_word = next((at for at, each in enumerate(segments) if not each.isdecimal()), len(segments))
    kept = [*_without_zeros(segments[:first_word]), *_without_zeros(segments[first_word:])]
    return b"".join(_segment(each) for each in kept) + _END


def _without_zeros(segments: list[str]) -> list[str]:
    return list(dropwhile(lambda each: not each.strip("0"), reversed(segments)))[::-1]


def _segment(text: str) -> bytes:
    return _NUMBER + number(text) if text.isdecimal() else _WORD + text.encode("ascii") + b"\x00"
