"""Semantic versions, as npm, crates.io and Go compare them. Source: Semantic Versioning 2.0.0, section 11.

Missing parts count as zero and a leading v is left out, as the ecosystems' own tools do; build metadata does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from seamline.expression import expression
from seamline.versions.keys import UnreadableVersion, checked, number

_VERSION = expression(
    r"[vV=]*\s*(?P<core>[0-9]+(?:\.[0-9]+)*)(?:[-.]?(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+.*)?"
)
_PRERELEASE, _RELEASE, _PART = b"\x01", b"\x03", b"\x05"
_NO_MORE, _NUMBER, _TEXT = b"\x01", b"\x02", b"\x04"


@lru_cache(maxsize=1 << 18)
def key(version: str) -> bytes:
    """The key of a version.

    Raises:
        UnreadableVersion: it does not begin with numbers.
    """
    core, prerelease = parts(version)
    return core_key(core) + tail_key(prerelease)


def parts(version: str) -> tuple[str, str]:
    """The numbers and the prerelease of a version.

    Raises:
        UnreadableVersion: it does not begin with numbers.
    """
    match = _VERSION.fullmatch(checked(version, "semver"))
    if match is None:
        raise UnreadableVersion(version, "semver")
    return match["core"], match["pre"] or ""


def core_key(core: str) -> bytes:
    """Numbers between dots; three at least, zeros behind the third do not count."""
    parts = [part.lstrip("0") for part in core.split(".")]
    while parts and not parts[-1]:
        parts.pop()
    parts += [""] * (3 - len(parts))
    return b"".join(_PART + number(part) for part in parts)


def identifier(text: str) -> bytes:
    """One part of a prerelease: numbers come before words."""
    return _NUMBER + number(text) if text.isdecimal() else word(text)


def word(text: str) -> bytes:
    """One part of a prerelease, compared letter by letter."""
    return _TEXT + text.encode("ascii") + b"\x00"


def tail_key(prerelease: str, part: Callable[[str], bytes] = identifier) -> bytes:
    """A prerelease comes before its release, fewer parts before more."""
    if not prerelease:
        return _RELEASE
    return _PRERELEASE + b"".join(map(part, prerelease.split("."))) + _NO_MORE
