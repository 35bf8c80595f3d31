"""What all forms of VEX share: names of flaws, texts that may be absent, purls of a version or a range."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from seamline.errors import Malformed
from seamline.formats.json_document import string

_OF_VERSIONS = "-._~+:"
"""What a purl's version is not encoded for, besides letters and digits."""


def first_text(*values: object) -> str:
    """The first of them that is a text and says something; empty where none does."""
    return next((text for text in map(string, values) if text), "")


def flaw_names(ids: Iterable[str], where: str) -> tuple[str, ...]:
    """The names of a flaw; an address is its last part, as OpenVEX has them in `@id`.

    Raises:
        Malformed: there is none.
    """
    names = tuple(dict.fromkeys(name.rstrip("/").rpartition("/")[2] for name in ids if name))
    if not names:
        raise Malformed(
            where, expected="the name of a flaw", got="none", hint="ask its author for a correct one"
        )
    return names


def at_version(purl: str, version: str) -> str:
    """A purl at another version than the one that it names, if any; a range (`vers:...`) stands where a version does."""
    head, mark, tail = purl.partition("?")
    head = head.rpartition("@")[0] if "@" in head.rpartition("/")[2] else head
    return f"{head}@{quote(version, safe=_OF_VERSIONS)}{mark}{tail}"


def has_version(purl: str) -> bool:
    """Whether a purl names a version."""
    return bool(purl.partition("?")[0].rpartition("/")[2].partition("@")[2])
