"""Semantic versions, as npm, crates.io and Go compare them. Source: Semantic Versioning 2.0.0, section 11.

Missing parts count as zero and a leading v is left out, as the ecosystems' own tools do; build metadata does not count.
"""

from __future__ import annotations

import re
from functools import lru_cache

from seamline.versions.keys import UnreadableVersion, checked, number

_VERSION = re.compile(
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
    match = _VERSION.fullmatch(checked(version, "semver"))
    if match is None:
        raise UnreadableVersion(version, "semver")
    return core_key(match["core"]) + tail_key(match["pre"] or "")


def core_key(core: str) -> bytes:
    """Numbers between dots; three at least, zeros behind the third do not count."""
    parts = [part.lstrip("0") for part in core.split(".")]
    while parts and not parts[-1]:
        parts.pop()
    parts += [""] * (3 - len(parts))
    return b"".join(_PART + number(part) for part in parts)


def tail_key(prerelease: str) -> bytes:
    """A prerelease comes before its release: numbers before words, fewer identifiers before more."""
    if not prerelease:
        return _RELEASE
    made = [
        _NUMBER + number(each) if each.isdecimal() else _TEXT + each.encode("ascii") + b"\x00"
        for each in prerelease.split(".")
    ]
    return _PRERELEASE + b"".join(made) + _NO_MORE
