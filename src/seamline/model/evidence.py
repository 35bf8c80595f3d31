"""Why something is said: messages as data, where they were read, how strong they are; and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from seamline.errors import Where


class Rung(StrEnum):
    """How strong a kind of evidence is, strongest first; docs/concepts/evidence.md says why."""

    PROVENANCE = "signed provenance"
    ANNOTATION = "annotation verified by diff_id"
    TOOL_LABEL = "tool label verified by diff_id"
    LEDGER = "known base"
    CONTENT = "content contained"
    CLAIM = "unverified claim"
    HISTORY = "history boundary"
    NONE = "none"


class Message(msgspec.Struct, frozen=True):
    """A sentence as data: `id` names a text that render/ owns in every language, `args` fill it."""

    id: str
    args: Mapping[str, str | int] = {}


def first_names(names: Sequence[str], most: int) -> str:
    """The first names as an argument of a message: `a, b`, or `a, b ...` where there are more than `most`."""
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One reason, where it was read and what kind of evidence it is."""

    message: Message
    rung: Rung | None = None
    where: Where | None = None


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be read or decided. Never a pass: it stands on the last lines of a report."""

    where: Where
    message: Message
