"""Bitnami's order: semantic versions, where numbers behind the dash are a later revision of the same release.

Source: bitnami/go-version, "Bitnami versioning". One difference is wanted: that library puts `1.21.0` before `1.21.0-0`. The
records took `-0` over from Go's, where it means "from this release on", and what is built by hand has no revision.
"""

from __future__ import annotations

from functools import lru_cache

from seamline.expression import expression
from seamline.versions import semver
from seamline.versions.keys import checked, number

_REVISION = expression(r"(v?[0-9]+(?:\.[0-9]+)*)-([0-9]+(?:\.[0-9]+)*)(?:\+.*)?")
_MORE = b"\x01"


@lru_cache(maxsize=65536)
def key(version: str) -> bytes:
    """The key of a version; `1.2.3-0` is `1.2.3`.

    Raises:
        UnreadableVersion: it does not begin with numbers.
    """
    text = checked(version, "Bitnami")
    match = _REVISION.fullmatch(text)
    if match is None:
        return semver.key(text) + number("")
    first, *others = match[2].split(".")
    return semver.key(match[1]) + number(first) + b"".join(_MORE + number(each) for each in others)
