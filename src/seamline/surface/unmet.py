"""What a native program will not find when it is started: its loader, libraries, versions of symbols, symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from seamline.formats.elf_dynamic import Dynamic
from seamline.model.entry import path_text
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
        lacking = _lacking(libraries, fact, loaded) if not missing else []
        if lacking:
            yield Message("elf-no-symbol", {"symbols": _listed(lacking)})
        yield from _on_newer(libraries, path, loaded)
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
        args["by"] = path_text(asker)
    if lies is None:
        return Message("elf-no-library" if asker == path else "elf-no-library-below", args)
    for level in libraries.levels(libraries.facts[path]):
        found = {each.name: each.path for each in libraries.load(path, level)}.get(asked.name)
        if found is not None:
            args |= {"by": path_text(asker), "path": path_text(found), "level": level}
            return Message("elf-library-newer-processor", args)
    args["path"] = path_text(lies)
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


def _on_newer(libraries: Libraries, path: bytes, plain: Sequence[Loaded]) -> Iterator[Message]:
    """What a newer processor gets instead, where that lacks something which is there for any other."""
    fact = libraries.facts[path]
    before = {each.name: each.path for each in plain}
    told: set[tuple[str, str]] = set()
    for level in libraries.levels(fact):
        loaded = libraries.load(path, level)
        own = [each for each in loaded if each.path is not None and each.path != before.get(each.name)]
        lacks = [each.name for each in loaded if each.path is None and before.get(each.name, b"") is not None]
        if own and not lacks:
            names = set(_lacking(libraries, fact, loaded)) - set(_lacking(libraries, fact, plain))
            lacks = [_listed(sorted(names))] if names else _versions_lacking(libraries, fact, own)
        shown = (", ".join(lacks[:_MOST_SYMBOLS]), path_text(own[0].path or b"") if own else "")
        if own and lacks and shown not in told:
            told.add(shown)
            yield Message("elf-newer-processor-lacks", {"level": level, "path": shown[1], "lacks": shown[0]})


def _versions_lacking(libraries: Libraries, fact: Dynamic, own: Sequence[Loaded]) -> list[str]:
    """The versions of symbols that a program wants of files which newer processors get."""
    of = {each.name: libraries.facts.get(each.path or b"") for each in own}
    return [
        version
        for library, version in fact.wants
        if (has := of.get(library)) is not None and has.has and version not in has.has
    ]


def _lacking(libraries: Libraries, fact: Dynamic, loaded: Sequence[Loaded]) -> list[bytes]:
    """Symbols that nothing of what is loaded defines: what a C library without versions (musl) lacks shows only here."""
    loader = libraries.loader(fact) if fact.interpreter else None
    files = {path for path in (loader, *(each.path for each in loaded)) if path is not None}
    others = [libraries.facts[path] for path in files if path in libraries.facts]
    if not fact.has_symbols or len(others) < len(files) or not all(each.has_symbols for each in others):
        return []
    lacking = set(fact.imports.split(b"\0")) - {b""}
    for each in others:
        lacking -= set(each.exports.split(b"\0"))
    return sorted(lacking)


def _listed(symbols: Sequence[bytes]) -> str:
    more = f" (+{len(symbols) - _MOST_SYMBOLS})" if len(symbols) > _MOST_SYMBOLS else ""
    return ", ".join(name.decode("utf-8", "backslashreplace") for name in symbols[:_MOST_SYMBOLS]) + more


def _newest(fact: Dynamic, version: str) -> str:
    """The newest of the same family that a library defines."""
    family = version.rpartition("_")[0] + "_"
    same = [each for each in fact.has if each.startswith(family)]
    numbered = [each for each in same if re.fullmatch(r"[\d.]+", each[len(family) :])]
    return max(numbered, key=lambda each: [int(n) for n in each[len(family) :].split(".") if n], default="-")
