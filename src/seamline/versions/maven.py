"""Maven's version order. Source: Maven POM reference, "Version order specification"."""

from __future__ import annotations

from functools import lru_cache

from seamline.expression import expression
from seamline.versions.keys import UnreadableVersion, checked, number

_TOKENS = expression(r"([.\-_]?)([0-9]+|[^0-9.\-_]+)")
_ALIASES = {"ga": "", "final": "", "release": "", "cr": "rc"}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_EARLY = {"alpha": 10, "beta": 11, "milestone": 12, "rc": 13, "snapshot": 14}
_END, _SP, _WORD, _DASHED, _DOTTED = (bytes((weight,)) for weight in (20, 21, 22, 23, 24))
_ZERO = number("")


@lru_cache(maxsize=65536)
def key(version: str) -> bytes:
    """The key of a version. A dot before a qualifier counts as a dash, so that the order is total.

    Raises:
        UnreadableVersion: nothing in it can be compared.
    """
    text = checked(version, "Maven").lower()
    if not text.isascii():
        raise UnreadableVersion(version, "Maven")
    made: list[bytes] = []
    tokens = _TOKENS.findall(text)
    for at, (separator, token) in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ("-", "")
        if not token[0].isdecimal():
            # a qualifier begins a list of its own: zeros before it say nothing
            _trim(made)
            made.append(_qualifier(token, before_number=not following[0] and following[1][:1].isdecimal()))
        elif separator == "." or not at:
            made.append(_DOTTED + number(token))
        else:
            _trim(made)
            made.append(_DASHED + number(token))
    _trim(made)
    return b"".join(made) + _END


def _trim(made: list[bytes]) -> None:
    """Takes off what is nothing at the end: zeros, and words for the release itself."""
    while made and made[-1] in (_DOTTED + _ZERO, _DASHED + _ZERO, b""):
        made.pop()


def _qualifier(token: str, *, before_number: bool) -> bytes:
    name = _SHORT.get(token, token) if before_number else token
    name = _ALIASES.get(name, name)
    if not name:
        return b""
    if name in _EARLY:
        return bytes((_EARLY[name],))
    return _SP if name == "sp" else _WORD + name.encode("ascii") + b"\x00"
