"""What an installed Python distribution says of itself: METADATA, PKG-INFO, RECORD.

Source: PyPA core metadata 2.4; PEP 376 and "Recording installed projects"; PEP 639 for licences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from seamline.expression import expression

_NAME = expression(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_REQUIREMENT = expression(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_CLASSIFIER = "License :: "
_MOST_LICENSE = 100


class PythonMetadata(msgspec.Struct, frozen=True, array_like=True):
    """`requires` are names; those that only an extra asks for are left out."""

    name: str
    version: str
    licenses: tuple[str, ...]
    requires: tuple[str, ...]


def parse_metadata(data: bytes) -> PythonMetadata | None:
    """The metadata in the headers; None where there is no name or version."""
    fields: dict[str, list[str]] = {}
    for line in data.partition(b"\n\n")[0].replace(b"\r\n", b"\n").split(b"\n"):
        if not line:
            break
        if line[:1] in (b" ", b"\t"):
            continue
        key, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            fields.setdefault(key.lower(), []).append(value.strip())
    name, version = fields.get("name", [""])[0], fields.get("version", [""])[0]
    if not _NAME.fullmatch(name) or not version:
        return None
    return PythonMetadata(
        name=name,
        version=version,
        licenses=_licenses(fields),
        requires=tuple(_required(fields.get("requires-dist", []))),
    )


def _licenses(fields: dict[str, list[str]]) -> tuple[str, ...]:
    """The expression where there is one, else a short License field, else the classifiers."""
    expression = fields.get("license-expression", [])
    if expression:
        return (expression[0],)
    plain = [
        text for text in fields.get("license", []) if text and text != "UNKNOWN" and len(text) < _MOST_LICENSE
    ]
    if plain:
        return (plain[0],)
    classified = [text for text in fields.get("classifier", []) if text.startswith(_CLASSIFIER)]
    return tuple(dict.fromkeys(text.rpartition(" :: ")[2] for text in classified))


def _required(requirements: list[str]) -> Iterator[str]:
    for text in requirements:
        match = _REQUIREMENT.match(text)
        if match and "extra ==" not in text.replace("extra==", "extra =="):
            yield normalized_name(match[1])


def normalized_name(name: str) -> str:
    """The name as indexes compare it. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_record(data: bytes) -> Iterator[bytes]:
    """The paths of a RECORD file, relative to its site-packages folder."""
    for line in data.replace(b"\r\n", b"\n").split(b"\n"):
        path = line[1:].partition(b'"')[0] if line.startswith(b'"') else line.partition(b",")[0]
        if path:
            yield path
