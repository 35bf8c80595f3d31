"""The templates that start scripts fill in: what they hand to envsubst or its like, and what lies in the folders that they name.

Source: envsubst(1); gomplate's --input-dir and --file; confd, whose templates lie in /etc/confd unless told otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from seamline.customization.start_scripts import paths_named
from seamline.expression import expression
from seamline.model.entry import FILE, Kind, path_text
from seamline.tree.tree import Tree

_FILLS = expression(r"\b(?:envsubst|gomplate|confd)\b")
_INPUT = expression(r"<\s*[\"']?/([\w./+-]+)")
_ENDS = (b".template", b".tmpl", b".envsubst")
_CONFD = b"etc/confd"


def templates(tree: Tree, scripts: Mapping[bytes, str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """The template files, by path. A folder may be named by a variable that the image sets in its `environment`."""
    found: dict[bytes, None] = {}
    for text in scripts.values():
        if _FILLS.search(text):
            lines = (line for line in text.splitlines() if _FILLS.search(line))
            given = (path.encode() for line in lines for path in _INPUT.findall(line))
            found.update(dict.fromkeys(path for path in given if _is_file(tree, path)))
            found.update(dict.fromkeys(_below(tree, _places(text, environment))))
    return tuple(path_text(path) for path in found)


def _places(text: str, environment: Mapping[str, str]) -> Iterator[bytes]:
    """What the text names: paths, those in variables that it reads, and where confd looks by itself."""
    yield from paths_named(text)
    for name, value in environment.items():
        if value.startswith("/") and re.search(rf"\$\{{?{re.escape(name)}\b", text):
            yield value.strip("/").encode("utf-8", "surrogateescape")
    if re.search(r"\bconfd\b", text):
        yield _CONFD


def _below(tree: Tree, places: Iterable[bytes]) -> Iterator[bytes]:
    """The files with a template's ending: a place itself, or those in a folder."""
    for place in places:
        entry = tree.resolve(place) if place else None
        if entry is not None:
            inside = tree.under(entry.path) if entry.kind == Kind.DIRECTORY else (entry,)
            yield from (each.path for each in inside if each.kind == FILE and each.path.endswith(_ENDS))


def _is_file(tree: Tree, path: bytes) -> bool:
    entry = tree.resolve(path)
    return entry is not None and entry.kind != Kind.DIRECTORY
