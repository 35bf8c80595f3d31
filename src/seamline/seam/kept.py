"""A text of a base's configuration beside that of an image: the known bases keep no secret, only where one stood."""

from __future__ import annotations

import re

from seamline.expression import expression

_BLOT = expression(re.escape("[secret]") + "|" + re.escape("[not shown]"))


def is_same(kept: str | None, value: str) -> bool:
    """Whether `value` can be what a base was known by: the same text, whatever stands where a secret was left out."""
    if kept is None or kept == value:
        return kept == value
    first, *parts = _BLOT.split(kept)
    if not parts or not value.startswith(first):
        return False
    at, last = len(first), parts.pop()
    for part in parts:
        found = value.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return value.endswith(last) and len(value) - len(last) >= at
