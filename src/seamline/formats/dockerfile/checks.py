"""What a Dockerfile asks of the builder's own checks: `# check=skip=NAME,NAME;error=true`.

Source: Dockerfile reference, "check"; BuildKit, frontend/dockerfile/linter, ParseLintOptions.
"""

from __future__ import annotations

import re

import msgspec

from seamline.expression import expression
from seamline.formats.dockerfile.words import BadWords

_TRUE, _FALSE = frozenset(("1", "t", "T", "TRUE", "true", "True")), frozenset(("0", "f", "F", "FALSE", "false", "False"))  # fmt: skip
_COMMENT = expression(r"(?i:check)[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+)", re.ASCII)
_HINT = "write check=skip=NAME,NAME;error=true"


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """The checks that are left out (all of them, or by name), and whether one that is left and speaks ends the build."""

    skips_all: bool = False
    skips: frozenset[str] = frozenset()
    errors: bool = False


def parse_checks(value: str) -> Checks:
    """What `check=` is set to; what stands behind a blank is no part of it, as the builder reads it.

    Raises:
        BadWords: the builder would refuse it.
    """
    value = value.strip().partition(" ")[0]
    skips_all, errors = False, False
    skips: frozenset[str] = frozenset()
    for part in value.split(";", 2) if value else ():
        name, equals, told = part.partition("=")
        name = name.strip()
        if not equals or name not in ("skip", "error", "experimental"):
            raise BadWords("check=skip=..., error=... or experimental=...", repr(part[:60]), _HINT)
        if name == "error":
            if told not in _TRUE | _FALSE:
                raise BadWords("error=true or error=false", repr(told[:40]), _HINT)
            errors = told in _TRUE
        elif name == "skip" and told == "all":
            skips_all = True
        elif name == "skip":
            skips = frozenset(told.split(","))
    return Checks(skips_all=skips_all, skips=skips, errors=errors)


def checks_in_comment(comment: str) -> Checks | None:
    """What a comment right above an instruction asks for; None where it asks for nothing that the builder would read."""
    match = _COMMENT.fullmatch(comment)
    if match is None:
        return None
    try:
        return parse_checks(match[1])
    except BadWords:
        return None
