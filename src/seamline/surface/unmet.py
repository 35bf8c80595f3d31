"""What a native program will not find when it is started: its loader, libraries, versions of symbols, symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamline.formats.elf_dynamic import Dynamic
from seamline.model.evidence import Message
from seamline.surface.linking import Libraries, Loaded, is_loader

_MOST_SYMBOLS = 3


def unmet_by(libraries: Libraries, path: bytes) -> Iterator[Message]:
    """What the ELF file at `path` will not find. A library may be loaded by a program that knows more folders: of it
    only what is nowhere in the image counts."""
    fact = libraries.facts[path]
    if fact.interpreter and libraries.loader(fact) is None:
        yield Message("elf-no-loader", {"loader": fact.interpreter})
        return
    if fact.is_program:
        loaded = libraries.load(path)
        missing = [each for each in loaded if each.path is None]
        for each in missing:
            yield _missing(libraries, path, each)
        yield from _versions(libraries, path)
        if not missing:
            yield from _symbols(libraries, fact, loaded)
        return
    for name in fact.needed:
        if libraries.find(name, path) is None and not is_loader(name) and not libraries.anywhere(name, fact):
            yield Message("elf-no-library", {"library": name})
    yield from _versions(libraries, path)


def _missing(libraries: Libraries, path: bytes, asked: Loaded) -> Message:
    """One library that the loader does not find, and where it lies if it is in the image."""
    asker = asked.askers[0].path or path
    lies = libraries.anywhere(asked.name, libraries.facts[asker])
    args: dict[str, str | int] = {"library": asked.name}
    if asker != path:
        args["by"] = _text(asker)
    if lies is None:
        return Message("elf-no-library" if asker == path else "elf-no-library-below", args)
    args["path"] = _text(lies)
    if lies.rpartition(b"/")[0] in libraries.configured():
        return Message("elf-library-unlisted", {"library": asked.name, "path": args["path"]})
    return Message("elf-library-elsewhere" if asker == path else "elf-library-elsewhere-below", args)


def _versions(libraries: Libraries, path: bytes) -> Iterator[Message]:
    fact = libraries.facts[path]
    lacking: dict[tuple[str, str], Dynamic] = {}
    for library, version in fact.wants:
        found = libraries.find(library, path) or libraries.anywhere(library, fact)
        has = libraries.facts.get(found or b"")
        if has is not None and has.has and version not in has.has:
            lacking[library, version] = has
    for (library, version), has in sorted(lacking.items(), key=lambda pair: pair[0]):
        yield Message(
            "elf-no-version", {"library": library, "version": version, "newest": _newest(has, version)}
        )


def _symbols(libraries: Libraries, fact: Dynamic, loaded: list[Loaded]) -> Iterator[Message]:
    """Symbols that nothing of what is loaded defines: what a C library without versions (musl) lacks shows only here."""
    loader = libraries.loader(fact) if fact.interpreter else None
    files = {path for path in (loader, *(each.path for each in loaded)) if path is not None}
    others = [libraries.facts[path] for path in files if path in libraries.facts]
    if not fact.has_symbols or len(others) < len(files) or not all(each.has_symbols for each in others):
        return
    lacking = set(fact.imports.split(b"\0")) - {b""}
    for each in others:
        lacking -= set(each.exports.split(b"\0"))
    if lacking:
        names = [_text(name) for name in sorted(lacking)]
        more = f" (+{len(names) - _MOST_SYMBOLS})" if len(names) > _MOST_SYMBOLS else ""
        yield Message("elf-no-symbol", {"symbols": ", ".join(names[:_MOST_SYMBOLS]) + more})


def _newest(fact: Dynamic, version: str) -> str:
    """The newest of the same family that a library defines."""
    family = version.rpartition("_")[0] + "_"
    same = [each for each in fact.has if each.startswith(family)]
    numbered = [each for each in same if re.fullmatch(r"[\d.]+", each[len(family) :])]
    return max(numbered, key=lambda each: [int(n) for n in each[len(family) :].split(".") if n], default="-")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
