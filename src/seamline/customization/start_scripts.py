"""The shell scripts that a start command runs: the entrypoint's own, those it names, those of the folders it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from seamline.expression import expression
from seamline.model.entry import Kind
from seamline.tree.tree import Tree

_PATH = expression(r"(?<![\w.$}])/(?:[\w.+-]+/)*[\w.+-]+/?")
_MOST = 256


def start_scripts(tree: Tree, start: Iterable[bytes], scripts: Mapping[bytes, bytes]) -> dict[bytes, str]:
    """The text of each, by canonical path, in the order in which they are met. `scripts` has every shell script's text."""
    return {path: text for path, text in _met(tree, start, scripts) if text}


def started_programs(tree: Tree, start: Iterable[bytes], scripts: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    """The other files that the start command or one of its scripts names."""
    return tuple(path for path, text in _met(tree, start, scripts) if not text)


def _met(tree: Tree, start: Iterable[bytes], scripts: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, str]]:
    seen: set[bytes] = set()
    pending = list(start)
    while pending and len(seen) < _MOST:
        path = tree.canonical(pending.pop(0))
        if path in seen:
            continue
        seen.add(path)
        text = scripts.get(path, b"").decode("utf-8", "replace")
        yield path, text
        for named in paths_named(text):
            pending += _below(tree, named)


def paths_named(text: str) -> Iterator[bytes]:
    """Every path from the root on that a script's text names, as the tree knows it."""
    return (named.strip("/").encode() for named in _PATH.findall(text))


def _below(tree: Tree, path: bytes) -> list[bytes]:
    entry = tree.resolve(path)
    if entry is None:
        return []
    if entry.kind != Kind.DIRECTORY:
        return [entry.path]
    return [entry.path + b"/" + name for name in tree.names(entry.path) if name.endswith((b".sh", b".envsh"))]
