"""NuGet's order: up to four numbers, prereleases without case. Source: NuGet, "Package versioning"; NuGet.Versioning's comparer.

As semantic versions, but a part of a prerelease is a number where it fits 32 bits, sign and all: `-5` comes before `0`, and a
stamp such as `20210102030405` is a word among words.
"""

from __future__ import annotations

from functools import lru_cache

from seamline.expression import expression
from seamline.versions import semver
from seamline.versions.keys import number

_ODD = expression(r"-[0-9]+|[0-9]{10,}")
_MOST, _LEAST = 2**31 - 1, -(2**31)
_NEGATIVE = b"\x01"  # nothing follows the end of a shorter prerelease, which is the same byte


@lru_cache(maxsize=1 << 18)
def key(version: str) -> bytes:
    """The key of a version.

    Raises:
        UnreadableVersion: it does not begin with numbers.
    """
    core, prerelease = semver.parts(version.lower())
    return semver.core_key(core) + semver.tail_key(prerelease, _identifier)


def _identifier(text: str) -> bytes:
    if _ODD.fullmatch(text) is None:
        return semver.identifier(text)
    value = int(text)
    if not _LEAST <= value <= _MOST:
        return semver.word(text)
    if value >= 0:
        return semver.identifier(str(value))
    return _NEGATIVE + bytes(255 - each for each in number(text[1:]))
