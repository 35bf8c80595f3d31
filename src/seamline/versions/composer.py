"""Composer's version order. Source: Composer documentation, "Versions and constraints"; PHP's version_compare."""

from __future__ import annotations

import re
from functools import lru_cache

from seamline.expression import expression
from seamline.versions.keys import UnreadableVersion, checked, number

_VERSION = expression(
    r"v?(?P<core>[0-9]+(?:\.(?:[0-9]+|x|\*))*)"
    r"(?:[._-]?(?P<phase>stable|beta|b|rc|alpha|a|patch|pl|p)(?P<turn>(?:[.-]?[0-9]+)*))?"
    r"(?P<dev>[.-]?dev)?(?:\+.*)?"
)
_PHASES = {"alpha": 2, "a": 2, "beta": 3, "b": 3, "rc": 4, "": 5, "stable": 5, "patch": 6, "pl": 6, "p": 6}
_DEV, _NO_DEV, _TURN, _NO_MORE = b"\x01", b"\x02", b"\x02", b"\x01"
_DEV_ALONE = 1
_WILD = "9999999"


@lru_cache(maxsize=65536)
def key(version: str) -> bytes:
    """The key of a version: numbers, then how stable it is. Branches (`dev-main`) have no place among versions.

    Raises:
        UnreadableVersion: a branch, or no version.
    """
    text = checked(version, "Composer").lower().partition("#")[0].partition("@")[0]
    match = _VERSION.fullmatch(text)
    if match is None:
        raise UnreadableVersion(version, "Composer")
    parts = [_WILD if part in ("x", "*") else part.lstrip("0") for part in match["core"].split(".")]
    wild = next((at for at, part in enumerate(parts) if part == _WILD), None)
    parts += [_WILD if wild is not None else ""] * (4 - len(parts))
    while len(parts) > 4 and not parts[-1]:
        parts.pop()
    rank = _DEV_ALONE if match["dev"] and not match["phase"] else _PHASES[match["phase"] or ""]
    turns = re.findall(r"[0-9]+", match["turn"] or "")
    phase = bytes((rank,)) + b"".join(_TURN + number(turn) for turn in turns) + _NO_MORE
    core = b"".join(b"\x08" + number(part) for part in parts)
    return core + phase + (_DEV if match["dev"] else _NO_DEV)
