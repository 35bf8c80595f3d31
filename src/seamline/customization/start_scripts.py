"""The shell scripts that a start command runs: the entrypoint's own, those it names, those of the folders it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from seamline.model.entry import Kind
from seamline.tree.tree import Tree

_PATH = re.compile(r"(?<![\w.$}])/(?:[\w.+-]+/)*[\w.+-]+/?")
_MOST = 64


def start_scripts(tree: Tree, start: Iterable[bytes], scripts: Mapping[bytes, bytes]) -> dict[bytes, str]:
    """The text of each, by canonical path, in the order in which they are met. `scripts` has every shell script's text."""
    found: dict[bytes, str] = {}
    pending = list(start)
    while pending and len(found) < _MOST:
        path = tree.canonical(pending.pop(0))
        text = scripts.get(path, b"").decode("utf-8", "replace")
        if not text or path in found:
            continue
        found[path] = text
        for named in _PATH.findall(text):
            pending += _below(tree, named.strip("/").encode())
    return found


def _below(tree: Tree, path: bytes) -> list[bytes]:
    entry = tree.resolve(path)
    if entry is None:
        return []
    if entry.kind != Kind.DIRECTORY:
        return [entry.path]
    return [entry.path + b"/" + name for name in tree.names(entry.path) if name.endswith((b".sh", b".envsh"))]
