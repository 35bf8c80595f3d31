"""apk's version order. Source: apk-tools, apk-package(5), "Version"."""

from __future__ import annotations

from functools import lru_cache

from seamline.expression import expression
from seamline.versions.keys import UnreadableVersion, checked, number

_VERSION = expression(
    r"(?P<first>[0-9]+)(?P<rest>(?:\.[0-9]+|[a-z][0-9]+)*)(?P<letter>[a-z]?)"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)(?:~[0-9a-f]+)?(?:-r(?P<revision>[0-9]+))?"
)
_PART = expression(r"\.([0-9]+)|([a-z])([0-9]+)")
_SUFFIX = expression(r"_([a-z]+)([0-9]*)")
_BEFORE = {"alpha": 1, "beta": 2, "pre": 3, "rc": 4}
_AFTER = {"cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5}
# what comes next in a version, from the lowest: a suffix before the release, the end, a revision, a suffix's number, a
# suffix after the release, a letter, further digits, a further component
_EARLY, _END, _REVISION, _SUFFIX_NUMBER, _LATE, _LETTER, _DIGITS, _COMPONENT = (
    bytes((weight,)) for weight in range(1, 9)
)


@lru_cache(maxsize=65536)
def key(version: str) -> bytes:
    """The key of a version.

    Raises:
        UnreadableVersion: no version of Alpine's.
    """
    match = _VERSION.fullmatch(checked(version, "apk"))
    if match is None:
        raise UnreadableVersion(version, "apk")
    made = [number(match["first"])]
    # digits behind a letter are a whole number: opensmtpd's 6.0.3p1
    for component, letter, digits in _PART.findall(match["rest"]):
        made.append(
            _component(component) if component else _LETTER + letter.encode() + _DIGITS + number(digits)
        )
    if match["letter"]:
        made.append(_LETTER + match["letter"].encode())
    for name, digits in _SUFFIX.findall(match["suffixes"]):
        made.append(_EARLY + bytes((_BEFORE[name],)) if name in _BEFORE else _LATE + bytes((_AFTER[name],)))
        if digits:
            made.append(_SUFFIX_NUMBER + number(digits))
    if match["revision"] is not None:
        made.append(_REVISION + number(match["revision"]))
    return b"".join(made) + _END


def _component(digits: str) -> bytes:
    """Later components with leading zeros are fractions: the more zeros, the less; what is behind them counts next."""
    rest = digits.lstrip("0")
    zeros = len(digits) - len(rest)
    if not zeros:
        return _COMPONENT + b"\x02" + number(digits)
    return _COMPONENT + b"\x01" + bytes((255 - min(zeros, 254),)) + _DIGITS + number(rest)
