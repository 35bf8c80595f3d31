"""What a start command needs out of the whole image: its programs, their loaders and libraries, the shells of its scripts
and the commands that these name.

Data that programs open by themselves is not told by any file; neither is what a language's interpreter loads. Where
one starts the image, or a packed program does, the closure cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from seamline.expression import expression
from seamline.model.entry import Kind
from seamline.surface.linking import Libraries, closure_of
from seamline.tree.tree import Tree

_INTERPRETERS = expression(
    rb"(?:python|pypy|perl|ruby|node|nodejs|php|java|lua|deno|bun|guile|tclsh|Rscript|erl|beam\.smp|dotnet)[\d.]*"
)
_WORDS = expression(rb"[\w.+/-]{2,64}")
_MOST = 2048


def closure(
    tree: Tree,
    libraries: Libraries,
    start: Sequence[bytes],
    scripts: Mapping[bytes, tuple[bytes, bytes, bytes]],
    folders: Sequence[bytes],
) -> set[bytes] | None:
    """The canonical paths that starting `start` needs; None without a start, or where an interpreter of a language or a
    packed program is among them. `scripts` has (interpreter, its argument, text) of every script, `folders` are those of PATH."""
    found: set[bytes] = set()
    pending = [tree.canonical(path) for path in start]
    if not pending:
        return None
    while pending and len(found) < _MOST:
        path = pending.pop()
        if path in found:
            continue
        found.add(path)
        if path in scripts:
            pending += _of_script(tree, scripts[path], folders)
        if path in libraries.facts:
            pending += closure_of(libraries, (path,)) - found
    if any(libraries.facts[path].packer for path in found if path in libraries.facts):
        return None
    if any(_INTERPRETERS.fullmatch(path.rpartition(b"/")[2]) for path in found):
        return None
    return found


def _of_script(tree: Tree, script: tuple[bytes, bytes, bytes], folders: Sequence[bytes]) -> list[bytes]:
    """The interpreter, and every program that a word of the text names."""
    interpreter, argument, text = script
    words = {interpreter, *argument.split()[:1], *_WORDS.findall(text)}
    found = []
    for word in words:
        places = (
            [word.lstrip(b"/")] if word.startswith(b"/") else [b"/".join((each, word)) for each in folders]
        )
        for place in places:
            entry = tree.resolve(place)
            if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK) and entry.mode & 0o111:
                found.append(tree.canonical(entry.path))
                break
    return found


def weight(tree: Tree, paths: set[bytes]) -> int:
    """The bytes of these files, hardlinks of one another once."""
    sizes = {}
    for path in paths:
        entry = tree.at(path)
        if entry is not None:
            sizes[tree.inode(path)] = entry.size_bytes
    return sum(sizes.values())
