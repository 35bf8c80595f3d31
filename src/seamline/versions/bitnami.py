"""Bitnami's order: semantic versions, where a number behind the dash is a later revision of the same release.

Source: bitnami/go-version, "Bitnami versioning".
"""

from __future__ import annotations

import re
from functools import lru_cache

from seamline.versions import semver
from seamline.versions.keys import checked, number

_REVISION = re.compile(r"(v?[0-9]+(?:\.[0-9]+)*)-([0-9]+)(?:\+.*)?")


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
    return semver.key(match[1]) + number(match[2])
