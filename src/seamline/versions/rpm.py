"""rpm's version order. Source: rpm, rpm-version(7); labels are epoch:version-release."""

from __future__ import annotations

from functools import lru_cache

from seamline.expression import expression
from seamline.versions.keys import UnreadableVersion, checked, number

_TOKENS = expression(r"[0-9]+|[A-Za-z]+|~|\^")
_TILDE, _END, _CARET, _LETTERS, _DIGITS = (bytes((weight,)) for weight in (1, 2, 3, 4, 5))
_NO_RELEASE, _RELEASE = b"\x00", b"\x01"


@lru_cache(maxsize=1 << 18)
def key(version: str) -> bytes:
    """The key of `epoch:version-release`; without a release it comes before all releases of that version.

    Raises:
        UnreadableVersion: the epoch is no number.
    """
    text = checked(version, "rpm")
    epoch, colon, rest = text.partition(":")
    if not colon:
        epoch, rest = "0", text
    if epoch == "(none)":
        epoch = "0"
    if not (epoch.isdecimal() and epoch.isascii()):
        raise UnreadableVersion(version, "rpm")
    upstream, dash, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    tail = _RELEASE + _part(release) if dash else _NO_RELEASE
    return number(epoch) + _part(upstream) + tail


def _part(text: str) -> bytes:
    """Numbers sort behind letters, `~` before the end, `^` right after it; what else stands between does not count."""
    return b"".join(_token(token) for token in _TOKENS.findall(text)) + _END


@lru_cache(maxsize=32768)
def _token(token: str) -> bytes:
    if token == "~":  # noqa: S105 - a character of versions
        return _TILDE
    if token == "^":  # noqa: S105
        return _CARET
    if token[0] <= "9":
        return _DIGITS + number(token)
    return _LETTERS + token.encode("ascii") + b"\x00"
