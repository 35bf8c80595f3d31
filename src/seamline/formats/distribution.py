"""What registries say in headers and bodies. Source: OCI distribution-spec 1.1; RFC 9110 11.6.1; RFC 8288."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from seamline.expression import expression

_PARAMETER = expression(r'\s*([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*,?')
_LINK = expression(r'<([^>]*)>\s*;[^,]*rel="?next"?')
_RANGE = expression(r"bytes (\d+)-(\d+)/(\d+|\*)")


class Challenge(msgspec.Struct, frozen=True):
    """How a registry wants to be convinced: `bearer` with realm, service and scope, or `basic`."""

    scheme: str
    parameters: Mapping[str, str]


def parse_challenge(header: str) -> Challenge | None:
    """The first challenge of a WWW-Authenticate header that can be met; None for none."""
    for start in re.finditer(r"(?i)\b(bearer|basic)\s+", header[:8192]):
        parameters: dict[str, str] = {}
        at = start.end()
        while match := _PARAMETER.match(header, at):
            name, quoted, plain = match.groups()
            parameters.setdefault(
                name.lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
            )
            at = match.end()
        return Challenge(start[1].lower(), parameters)
    return None


def parse_next_link(header: str) -> str:
    """The address of the next page of a Link header; empty for none."""
    match = _LINK.search(header[:8192])
    return match[1] if match else ""


def parse_content_range(header: str) -> int | None:
    """The first byte of a 206 answer; None where the header does not say."""
    match = _RANGE.fullmatch(header.strip())
    return int(match[1]) if match else None


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Errors(msgspec.Struct):
    errors: tuple[_Error, ...] = ()


def parse_errors(body: bytes) -> str:
    """The registry's own words in an error body, in one short line; empty where it has none."""
    try:
        found = msgspec.json.decode(body[:65536], type=_Errors).errors
    except (msgspec.MsgspecError, RecursionError):
        return ""
    words = "; ".join(error.message or error.code.lower().replace("_", " ") for error in found)
    return "".join(char for char in words if char.isprintable())[:200]
