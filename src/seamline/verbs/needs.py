"""What an application asks of the base that it stands on: libraries, interpreters, shells, the programs that start it.

Read from the application's own files: what its ELF files name, the first lines of its scripts, the start command and the
health check. A need counts where a file of the base meets it now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from seamline.catalog.elf_facts import READER as ELF
from seamline.catalog.reader import Reader
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.scripts import Script
from seamline.catalog.texts import READER as TEXTS
from seamline.formats.elf_dynamic import Dynamic
from seamline.model.entry import Entry, Kind, path_text
from seamline.model.seam import Inventory, key_of_path
from seamline.surface.start import health_words, start_files, start_words
from seamline.verbs.inspect import Seen

DEEP: tuple[Reader, ...] = (ELF, SCRIPTS, TEXTS)
"""The readers whose records needs are told by, and the package sources of steps above a base."""
_FOLDERS = (
    b"lib/",
    b"usr/lib/",
    b"lib64/",
    b"usr/lib64/",
    b"usr/local/lib/",
    b"bin/",
    b"usr/bin/",
    b"usr/local/bin/",
)


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the base (`path`, canonical) that the application needs, and one file of the application, or the start
    command, that asks for it. `folders` are those where a loader would find it too."""

    path: bytes
    asked_by: str
    folders: tuple[bytes, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path, as people call it."""
        return path_text(self.path.rpartition(b"/")[2])

    def is_met(self, paths: frozenset[bytes]) -> bool:
        """Whether a base with these path keys has it, there or in another folder of the same use."""
        name = self.path.rpartition(b"/")[2]
        return any(
            key_of_path(path) in paths for path in (self.path, *(folder + name for folder in self.folders))
        )


def needs_of(seen: Seen, top: int) -> tuple[Need, ...]:
    """What the strata above position `top` ask of those up to it; each file once, in the order of their names."""
    is_base: Callable[[Entry], bool] = lambda entry: seen.seam.index_of(entry) <= top  # noqa: E731
    found: dict[bytes, Need] = {}
    for need in _all(seen, is_base):
        found.setdefault(need.path, need)
    return tuple(sorted(found.values(), key=lambda need: (need.name, need.path)))


def _all(seen: Seen, is_base: Callable[[Entry], bool]) -> Iterator[Need]:
    looked, config = seen.looked, seen.looked.image.config
    for words, asked_by in ((start_words(config), "start command"), (health_words(config), "health check")):
        for path in start_files(words, config, looked.tree):
            yield from _if_base(path, asked_by, seen, is_base)
    for path, script in looked.visible(SCRIPTS).items():
        entry = looked.tree.at(path)
        if entry is not None and not is_base(entry):
            yield from _of_script(path, script, seen, is_base)
    yield from _libraries(seen, is_base)


def _if_base(path: bytes, asked_by: str, seen: Seen, is_base: Callable[[Entry], bool]) -> Iterator[Need]:
    """The need for a path, where the base has it, and what its link leads to."""
    tree = seen.looked.tree
    entry = tree.at(tree.canonical(path.lstrip(b"/")))
    if entry is not None and entry.kind != Kind.DIRECTORY and is_base(entry):
        folders = tuple(each for each in _FOLDERS if each.endswith(b"bin/"))
        yield Need(path=entry.path, asked_by=asked_by, folders=folders)


def _of_script(path: bytes, script: Script, seen: Seen, is_base: Callable[[Entry], bool]) -> Iterator[Need]:
    asked_by = "/" + path_text(path)
    yield from _if_base(script.interpreter, asked_by, seen, is_base)
    words = script.argument.decode("utf-8", "replace").split()
    if script.interpreter.endswith(b"/env") and words:
        for found in start_files((words[-1],), seen.looked.image.config, seen.looked.tree):
            yield from _if_base(found, asked_by, seen, is_base)


def _libraries(seen: Seen, is_base: Callable[[Entry], bool]) -> Iterator[Need]:
    """Libraries by soname: those that the application brings itself are no need."""
    looked = seen.looked
    asked: dict[bytes, str] = {}
    for path, linked in looked.visible(ELF).items():
        entry = looked.tree.at(path)
        if entry is None or is_base(entry):
            continue
        name = "/" + path_text(path)
        for each in _names(linked):
            asked.setdefault(each.encode("utf-8", "surrogateescape"), name)
    if not asked:
        return
    there: dict[bytes, Entry] = {}
    for entry in looked.tree.entries():
        base_name = entry.path.rpartition(b"/")[2]
        if base_name in asked and entry.kind != Kind.DIRECTORY:
            known = there.get(base_name)
            if known is None or (is_base(known) and not is_base(entry)):
                there[base_name] = entry
    for base_name, entry in there.items():
        if is_base(entry):
            folder = entry.path.rpartition(b"/")[0] + b"/"
            triplet = folder.rstrip(b"/").rpartition(b"/")[2] + b"/"
            more = (
                *tuple(f + t for f in (b"lib/", b"usr/lib/") for t in (b"", triplet)),
                b"lib64/",
                b"usr/lib64/",
            )
            yield Need(path=entry.path, asked_by=asked[base_name], folders=more)


def _names(linked: Dynamic) -> Iterator[str]:
    yield from linked.needed
    if linked.interpreter:
        yield linked.interpreter.rpartition("/")[2]


def unmet(needs: tuple[Need, ...], inventory: Inventory) -> Iterator[Need]:
    """The needs that a base does not meet; none where its paths were never learnt."""
    paths = inventory.path_keys()
    return (need for need in needs if paths and not need.is_met(paths))
