"""BuildKit's own checks (`docker build --check`): which of our rules ask the same, and why the others have none.

Source: Dockerfile reference, "Build checks"; BuildKit 0.34, frontend/dockerfile/linter/ruleset.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from seamline.formats.dockerfile.checks import Checks, checks_in_comment, parse_checks
from seamline.formats.dockerfile.values import Dockerfile
from seamline.formats.dockerfile.words import BadWords

EQUAL: Mapping[str, tuple[str, ...]] = {
    "ExposeInvalidFormat": ("SL3015",),
    "FromPlatformFlagConstDisallowed": ("DL3029",),
    "InvalidDefaultArgInFrom": ("SL2008",),
    "JSONArgsRecommended": ("DL3025",),
    "MaintainerDeprecated": ("DL4000",),
    "MultipleInstructionsDisallowed": ("DL3012", "DL4003", "DL4004"),
    "RedundantTargetPlatform": ("DL3065",),
    "SecretsUsedInArgOrEnv": ("DL3064",),
    "UndefinedArgInFrom": ("SL2008",),
    "UndefinedVar": ("DL3044", "SL3014"),
    "WorkdirRelativePath": ("DL3000",),
}
"""A check -> the rules that mean the same."""
_STYLE = "style: nothing of it reaches an image"
_NAME = "a name inside the build: nothing of it reaches an image"
WITHOUT: Mapping[str, str] = {
    "ConsistentInstructionCasing": _STYLE,
    "CopyIgnoredFile": "the file is not found and the build ends there",
    "DuplicateStageName": _NAME + "; the last stage of a name holds",
    "ExposeProtoCasing": _STYLE,
    "FromAsCasing": _STYLE,
    "InvalidBaseImagePlatform": "only the builder knows what it pulled",
    "InvalidDefinitionDescription": _STYLE,
    "LegacyKeyValueFormat": _STYLE,
    "NoEmptyContinuation": _STYLE + "; a later BuildKit may refuse it",
    "ReservedStageName": _NAME,
    "StageNameCasing": _STYLE,
}
RULES = frozenset(rule for rules in EQUAL.values() for rule in rules)
"""The rules that mean the same as a check of the builder's."""


def skipped_everywhere(dockerfile: Dockerfile) -> frozenset[str]:
    """The rules that the directive leaves out."""
    return _rules_of(directive_of(dockerfile))


def skipped_at(dockerfile: Dockerfile) -> Iterator[tuple[int, frozenset[str]]]:
    """By the line of an instruction the rules that a comment right above it leaves out: the first that names checks."""
    for each in dockerfile.instructions:
        asked = next((found for found in map(checks_in_comment, each.comments) if found is not None), None)
        if asked is not None:
            yield each.start_line, _rules_of(asked)


def directive_of(dockerfile: Dockerfile) -> Checks:
    """What the directive at the top of the file asks for; nothing where the builder would refuse it."""
    value = next((each.value for each in dockerfile.directives if each.name == "check"), "")
    with suppress(BadWords):
        return parse_checks(value)
    return Checks()


def _rules_of(checks: Checks) -> frozenset[str]:
    if checks.skips_all:
        return RULES
    return frozenset(rule for name in checks.skips for rule in EQUAL.get(name, ()))
