"""Values of documents without a type: what is not of the wanted kind counts as not there."""

from __future__ import annotations

from typing import Any

_MOST_DIGITS = 18  # what 64 bits hold
_TRUTH = {
    "true": True,
    "yes": True,
    "on": True,
    "y": True,
    "false": False,
    "no": False,
    "off": False,
    "n": False,
}


def mapping(value: Any) -> dict[str, Any]:
    """The mapping with text keys, empty where it is something else."""
    return {str(key): each for key, each in value.items()} if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The list, empty where it is something else."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """A scalar as text; empty for nothing, lists and mappings."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of scalars as texts."""
    return tuple(text(each) for each in items(value))


def whole(text: str) -> int | None:
    """The whole number that ASCII digits are; None for all else, and for more of them than any real number has."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None


def flag(value: Any) -> bool | None:
    """A truth value; None where none is given."""
    if isinstance(value, bool):
        return value
    return _TRUTH.get(value.lower()) if isinstance(value, str) else None
