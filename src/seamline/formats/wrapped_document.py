"""What a build or a registry wraps around an SBOM or VEX: a signed envelope, a statement about an image, BuildKit's listing.

Source: DSSE 1.0, envelope.md; in-toto Statement 0.1 and 1, predicates spdx and cyclonedx; OpenVEX 0.2.0, ATTESTING.md; `docker buildx imagetools inspect
--format '{{json .SBOM}}'`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

from seamline.errors import Malformed, Unsupported
from seamline.formats.json_document import mapping, parse_json, string

_WRAPPERS = ("payload", "predicate", "SPDX", "dsseEnvelope")
"""By one of these at its top a document is known to hold another."""
_MOST_DEPTH = 6


class Wanted(NamedTuple):
    """What is asked for: how the types of its predicates begin, and its name."""

    predicates: tuple[str, ...]
    name: str
    hint: str


SBOM = Wanted(("https://spdx.dev/Document", "https://cyclonedx.org/"), "an SBOM", "ask for its SBOM")
VEX = Wanted(("https://openvex.dev/", "https://cyclonedx.org/"), "VEX", "ask for its VEX")


def is_wrapped(document: Mapping[str, Any]) -> bool:
    """Whether it holds another document and is none of its own."""
    return any(name in document for name in _WRAPPERS) or bool(_platforms(document))


def _platforms(document: Mapping[str, Any]) -> list[str]:
    """The platforms of an index, each with its SBOM, as BuildKit lists them."""
    names = [name for name in document if "/" in name]
    return (
        names
        if len(names) == len(document) and all(mapping(document[each]).get("SPDX") for each in names)
        else []
    )


def unwrapped(document: Mapping[str, Any], where: str, most_bytes: int, wanted: Wanted) -> Mapping[str, Any]:
    """The document inside. Signatures are not asked here: the file is the user's own word.

    Raises:
        Malformed: a payload is no base64 of JSON, or wrapped too often.
        Unsupported: a statement about something else.
    """
    for _ in range(_MOST_DEPTH):
        platforms = _platforms(document)
        if len(platforms) > 1:
            raise Unsupported(
                where,
                expected="the SBOM of one platform",
                got=", ".join(platforms)[:80],
                hint='write out one: (index .SBOM "linux/amd64")',
            )
        if platforms:
            document = mapping(document[platforms[0]])
        elif isinstance(document.get("payload"), str):
            document = parse_json(
                _decoded(string(document["payload"]), where), dict[str, Any], where, most_bytes
            )
        elif isinstance(document.get("predicate"), Mapping):
            kind = string(document.get("predicateType"))
            if not kind.startswith(wanted.predicates):
                raise Unsupported(
                    where,
                    expected=f"a statement with {wanted.name} in it",
                    got=kind[:80] or "another one",
                    hint=wanted.hint,
                )
            document = mapping(document["predicate"])
            # cosign's older attestations have one more level
            document = mapping(document.get("Data")) or document
        elif wrapped := mapping(document.get("SPDX")) or mapping(document.get("dsseEnvelope")):
            document = wrapped
        else:
            return document
    raise Malformed(
        where,
        expected=wanted.name,
        got="more and more wrapping",
        hint="the file is damaged or something else",
    )


def _decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Malformed(
            where, expected="base64", got=str(fault)[:80], hint="the file is damaged or something else"
        ) from fault
