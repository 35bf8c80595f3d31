"""NuGet's order: up to four numbers, prereleases without case. Source: NuGet, "Package versioning"."""

from __future__ import annotations

from seamline.versions import semver


def key(version: str) -> bytes:
    """The key of a version.

    Raises:
        UnreadableVersion: it does not begin with numbers.
    """
    return semver.key(version.lower())
