"""YAML from outside: bounded in size, depth and in what its aliases unfold to. Sources: YAML 1.1, as PyYAML reads it, without
numbers to the base of 60 (`22:22` is two ports to everybody else); YAML 1.2.2, 10.3, Core schema; Compose specification,
merge, for the tags that take away what stands below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from seamline.errors import Malformed, Where
from seamline.expression import expression

_MOST_BYTES = 4 << 20
_MOST_DEPTH = 64
_MOST_NODES = 1_000_000
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_TAKEN_AWAY = ("!reset", "!override")
_OLD = ("int", "float")
_INTEGER = expression(
    r"[-+]?0b[01_]+|[-+]?0o[0-7]+|[-+]?0[0-7_]*|[-+]?[1-9][0-9_]*|[-+]?0x[0-9a-fA-F_]+", re.ASCII
)
_FLOAT = expression(
    r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?(?:[0-9][0-9_]*)[eE][-+]?[0-9]+"
    r"|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)
_TRUTH = expression(r"true|True|TRUE|false|False|FALSE")
Path = tuple[str, ...]


class Marked(NamedTuple):
    """One document, and the paths whose values in documents below it are taken away (`!reset`, `!override`)."""

    value: Any
    away: tuple[Path, ...] = ()


class _Loader(yaml.CSafeLoader):
    """PyYAML's, without the numbers that nobody else reads, and without asking what an unknown tag means."""


class _CoreLoader(_Loader):
    """The same where `yes` and `on` are words."""


def _of_kind(loader: Any, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


def _prepare() -> None:
    for loader, dropped in ((_Loader, _OLD), (_CoreLoader, (*_OLD, "bool", "timestamp"))):
        loader.yaml_implicit_resolvers = {
            first: [(tag, shape) for tag, shape in found if tag.rpartition(":")[2] not in dropped]
            for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }
        loader.add_implicit_resolver("tag:yaml.org,2002:int", _exactly(_INTEGER), list("-+0123456789"))
        loader.add_implicit_resolver("tag:yaml.org,2002:float", _exactly(_FLOAT), list("-+0123456789."))
        loader.add_constructor(None, _of_kind)
    _CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", _exactly(_TRUTH), list("tTfF"))


def _exactly(shape: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{shape.pattern})$", shape.flags)


_prepare()


def parse_yaml(data: bytes, source: str, *, expected: str = "YAML", hint: str = "mend the file") -> list[Any]:
    """Every document of the file, empty ones left out.

    Raises:
        Malformed: it is no YAML, or larger, deeper or more unfolding than any that people write; or a key stands twice.
    """
    return [each.value for each in _parsed(data, source, _Loader, expected, hint)]


def parse_marked(data: bytes, source: str) -> list[Marked]:
    """The same with truth values as YAML 1.2 has them, and with what `!reset` and `!override` take away.

    Raises:
        Malformed: as above.
    """
    return _parsed(data, source, _CoreLoader, "YAML", "mend the file")


def _parsed(data: bytes, source: str, kind: type[_Loader], expected: str, hint: str) -> list[Marked]:
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError(f"{len(data)} bytes")
        _check_depth(data)
        return list(_documents(kind(data), marks=any(tag.encode() in data for tag in _TAKEN_AWAY)))
    except RecursionError as fault:
        raise Malformed(source, expected=expected, got="aliases within aliases", hint=hint) from fault
    except (yaml.YAMLError, ValueError) as fault:
        mark = getattr(fault, "problem_mark", None)
        where = Where(source=source, line=mark.line + 1 if mark is not None else None)
        got = " ".join(str(getattr(fault, "problem", None) or fault).split())[:200]
        raise Malformed(where, expected=expected, got=got, hint=hint) from fault


def _documents(loader: Any, *, marks: bool) -> Iterator[Marked]:
    try:
        while loader.check_node():
            node = loader.get_node()
            if _nodes(node, {}) > _MOST_NODES:
                raise ValueError("aliases that unfold without end")
            away = tuple(_taken_away(node, ())) if marks else ()
            if away:
                _drop_reset(node)
            value = _constructed(loader, node)
            if value is not None:
                yield Marked(value, away)
    finally:
        loader.dispose()


def _check_depth(data: bytes) -> None:
    """The C loader recurses without a limit, its events do not."""
    depth = 0
    for event in yaml.parse(data, Loader=yaml.CSafeLoader):
        depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
        if depth > _MOST_DEPTH:
            raise ValueError(f"more than {_MOST_DEPTH} levels")


def _nodes(node: yaml.Node, known: dict[int, int]) -> int:
    """How many nodes there are when every alias is written out; no mapping says a key twice."""
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) not in known:
        known[id(node)] = _MOST_NODES + 1  # what holds itself has no end
        if isinstance(node, yaml.MappingNode):
            _check_keys(node)
            held = [each for pair in node.value for each in pair]
        else:
            held = node.value
        known[id(node)] = 1 + sum(_nodes(each, known) for each in held)
    return known[id(node)]


def _check_keys(node: yaml.MappingNode) -> None:
    met: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value != "<<":
            if key.value in met:
                raise yaml.constructor.ConstructorError(
                    None, None, f"a second key {key.value[:60]!r}", key.start_mark
                )
            met.add(key.value)


def _constructed(loader: Any, node: yaml.Node) -> Any:
    try:
        return loader.construct_document(node)
    except (LookupError, AttributeError, TypeError) as fault:  # a date, a truth value that is none
        raise ValueError("a value that is not of its tag's kind") from fault


def _taken_away(node: yaml.Node, path: Path) -> Iterator[Path]:
    """The paths that tags take away. An item of a list cannot be: nobody could say which of those below."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = path if key.value == "<<" else (*path, str(key.value))
            if value.tag in _TAKEN_AWAY:
                yield below
            yield from _taken_away(value, below)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _taken_away(each, (*path, "[]"))


def _drop_reset(node: yaml.Node) -> None:
    """What is reset stands in the document itself no more."""
    if isinstance(node, yaml.MappingNode):
        node.value = [pair for pair in node.value if pair[1].tag != "!reset"]
        below = [value for _, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        below = node.value = [each for each in node.value if each.tag != "!reset"]
    else:
        return
    for each in below:
        _drop_reset(each)
