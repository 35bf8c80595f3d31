"""Python's version order. Source: PEP 440, read by `packaging`."""

from __future__ import annotations

from functools import lru_cache

from seamline.versions.keys import UnreadableVersion, checked, number

_PHASES = {"a": 1, "b": 2, "rc": 3}
_DEV_ONLY, _NO_PRE = b"\x00", b"\x09"
_ABSENT, _PRESENT, _LAST = b"\x00", b"\x01", b"\x09"
_NO_MORE, _TEXT, _NUMBER = b"\x01", b"\x02", b"\x03"
_PART, _RELEASED = b"\x05", b"\x02"


@lru_cache(maxsize=65536)
def key(version: str) -> bytes:
    """The key of a version.

    Raises:
        UnreadableVersion: none of PEP 440's.
    """
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - 12 ms that only Python packages need

    try:
        parsed = Version(checked(version, "PEP 440"))
    except (InvalidVersion, ValueError):
        raise UnreadableVersion(version, "PEP 440") from None
    release = list(parsed.release)
    while release and not release[-1]:
        release.pop()
    made = [number(str(parsed.epoch)), *(_PART + number(str(part)) for part in release), _RELEASED]
    if parsed.pre is not None:
        made.append(bytes((_PHASES[parsed.pre[0]],)) + number(str(parsed.pre[1])))
    else:
        made.append(_DEV_ONLY if parsed.post is None and parsed.dev is not None else _NO_PRE)
    made.append(_ABSENT if parsed.post is None else _PRESENT + number(str(parsed.post)))
    made.append(_LAST if parsed.dev is None else _PRESENT + number(str(parsed.dev)))
    return b"".join(made) + _local(parsed.local)


def _local(local: str | None) -> bytes:
    """Numbers of a local version come behind words; none at all comes first."""
    if local is None:
        return _ABSENT
    parts = (
        _NUMBER + number(part) if part.isdecimal() else _TEXT + part.encode("ascii") + b"\x00"
        for part in local.split(".")
    )
    return b"".join(parts) + _NO_MORE
