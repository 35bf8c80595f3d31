"""JSON that strangers wrote -> typed values, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from seamline.errors import Bomb, Malformed

T = TypeVar("T")


def check_size(data: bytes, what: str, most_bytes: int) -> None:
    """Holds a document to a size.

    Raises:
        Bomb: it is larger than `most_bytes`.
    """
    if len(data) > most_bytes:
        raise Bomb(
            what,
            expected=f"at most {most_bytes} bytes",
            got=f"{len(data)}",
            hint="no real document is so large",
        )


def parse_json(data: bytes, shape: type[T], what: str, most_bytes: int) -> T:
    """The value of type `shape` that the document holds.

    Raises:
        Bomb: it is larger than `most_bytes`.
        Malformed: it is no JSON of that shape, or nested too deep.
    """
    check_size(data, what, most_bytes)
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise Malformed(
            what,
            expected="a JSON document of its kind",
            got="one nested too deep" if isinstance(fault, RecursionError) else str(fault)[:120],
            hint="the file is damaged or something else",
        ) from fault


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The mappings of a list; nothing where it is something else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """The mapping; an empty one where it is something else."""
    return value if isinstance(value, Mapping) else {}


def string(value: object) -> str:
    """The text; an empty one where it is something else."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """The texts of a list; nothing where it is something else."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
