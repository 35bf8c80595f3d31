"""YAML from outside: bounded in size, depth and in what its aliases unfold to. Source: YAML 1.1, as PyYAML reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from seamline.errors import Malformed

_MOST_BYTES = 4 << 20
_MOST_DEPTH = 64
_MOST_NODES = 1_000_000
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def parse_yaml(data: bytes, source: str, *, expected: str = "YAML", hint: str = "mend the file") -> list[Any]:
    """Every document of the file, empty ones left out.

    Raises:
        Malformed: it is no YAML, or larger, deeper or more unfolding than any that people write.
    """
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError(f"{len(data)} bytes")
        _check_depth(data)
        documents = [each for each in yaml.load_all(data, Loader=yaml.CSafeLoader) if each is not None]
        if _nodes(documents, {}) > _MOST_NODES:
            raise ValueError("aliases that unfold without end")
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        got = " ".join(str(fault).split())[:200]
        raise Malformed(source, expected=expected, got=got, hint=hint) from fault
    return documents


def _check_depth(data: bytes) -> None:
    """The C loader recurses without a limit, its events do not."""
    depth = 0
    for event in _events(data):
        depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
        if depth > _MOST_DEPTH:
            raise ValueError(f"more than {_MOST_DEPTH} levels")


def _events(data: bytes) -> Iterator[Any]:
    return yaml.parse(data, Loader=yaml.CSafeLoader)


def _nodes(value: Any, known: dict[int, int]) -> int:
    """How many values there are when every alias is written out."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        known[id(value)] = _MOST_NODES + 1  # what holds itself has no end
        held = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_nodes(each, known) for each in held)
    return known[id(value)]
