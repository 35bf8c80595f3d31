"""What the keys of every order are made of."""

from __future__ import annotations

from functools import lru_cache

from seamline.errors import Malformed

MOST_CHARS = 512


class UnreadableVersion(Malformed):
    """No version of its ecosystem."""

    def __init__(self, version: str, order: str) -> None:
        super().__init__(
            "version",
            expected=f"a version as {order} writes them",
            got=repr(version[:80]),
            hint="look at where it was read",
        )


def checked(version: str, order: str) -> str:
    """The text without blanks around it.

    Raises:
        UnreadableVersion: it is empty, or longer than any version.
    """
    text = version.strip()
    if not text or len(text) > MOST_CHARS:
        raise UnreadableVersion(version, order)
    return text


def literal_key(text: str) -> bytes:
    """What is no version of its ecosystem, as something that equals itself alone; no key of any order begins like it."""
    return b"\xff\xff\xff" + text.strip().encode("utf-8", "surrogateescape")[:MOST_CHARS]


@lru_cache(maxsize=8192)
def number(digits: str) -> bytes:
    """A whole number of any size: longer ones sort behind shorter ones, leading zeros do not count."""
    plain = digits.lstrip("0")
    size = len(plain)
    # two bytes of length where one is not enough; 255 sorts behind every single one
    head = bytes((size,)) if size < 255 else b"\xff" + size.to_bytes(2, "big")
    return head + plain.encode("ascii")
