"""Go's order: semantic versions for modules, Go's own names for its releases. Source: Go Modules Reference, "Versions";
Go toolchain names (`go1.21rc2`)."""

from __future__ import annotations

from functools import lru_cache

from seamline.expression import expression
from seamline.versions import semver
from seamline.versions.keys import checked

_TOOLCHAIN = expression(r"(?:go)?([0-9]+(?:\.[0-9]+)*)(beta|rc)([0-9]+)(?:[-+ ].*)?")


@lru_cache(maxsize=65536)
def key(version: str) -> bytes:
    """The key of a module's or a toolchain's version.

    Raises:
        UnreadableVersion: neither of both.
    """
    text = checked(version, "Go")
    match = _TOOLCHAIN.fullmatch(text)
    if match is not None:
        return semver.core_key(match[1]) + semver.tail_key(f"{match[2]}.{match[3]}")
    return semver.key(text.removeprefix("go"))
