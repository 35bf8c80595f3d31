"""Where the loader finds what native programs name: glibc's search and musl's, inside the image.

Sources: ld.so(8); gABI 4.1 "Shared Object Dependencies"; musl's dynlink.c, `path_open` and the default of
/etc/ld-musl-ARCH.path.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from seamline.formats.elf_dynamic import Dynamic
from seamline.model.entry import Kind
from seamline.model.evidence import Message
from seamline.tree.tree import Tree

_TRIPLETS = {
    3: "i386-linux-gnu",
    21: "powerpc64le-linux-gnu",
    22: "s390x-linux-gnu",
    40: "arm-linux-gnueabihf",
    62: "x86_64-linux-gnu",
    183: "aarch64-linux-gnu",
    243: "riscv64-linux-gnu",
    258: "loongarch64-linux-gnu",
}
_MUSL = re.compile(r"/ld-musl-([\w.-]+)\.so\.1$")
_LOADERS = re.compile(
    r"ld-linux[\w.-]*\.so\.\d|ld64\.so\.\d|ld-musl-[\w.-]+\.so\.1|ld\.so\.1|linux-vdso\.so\.1"
)
_MOST = 4096


class Libraries:
    """The libraries of one image as its loaders find them. `facts` are of the visible ELF files by canonical path, `texts`
    the small files of /etc, `path` the value of LD_LIBRARY_PATH."""

    def __init__(
        self, tree: Tree, facts: Mapping[bytes, Dynamic], texts: Mapping[bytes, bytes], path: str = ""
    ) -> None:
        self._tree = tree
        self.facts = facts
        self._environment = [folder for folder in path.split(":") if folder]
        self._configured = list(_configured(texts))
        self._names: dict[str, list[bytes]] = {}
        for each in facts:
            self._names.setdefault(each.rpartition(b"/")[2].decode("utf-8", "replace"), []).append(each)

    def loader(self, fact: Dynamic) -> bytes | None:
        """The path of the loader that a program names; None where it is not there."""
        return self._file(fact.interpreter)

    def find(self, name: str, by: bytes, start: bytes | None = None) -> bytes | None:
        """The library `name` that the ELF file at `by` gets, when the program at `start` loads it; None for none."""
        fact = self.facts[by]
        if "/" in name:
            return self._file(name)
        for folder in self._folders(fact, by, start):
            found = self._file(posixpath.join(folder, name))
            if found is not None and self._fits(found, fact):
                return found
        return None

    def anywhere(self, name: str, fact: Dynamic) -> bytes | None:
        """A file of this name for the same machine, wherever it lies."""
        return next((path for path in self._names.get(name, ()) if self._fits(path, fact)), None)

    def unmet(self, path: bytes) -> Iterator[Message]:
        """What the ELF file at `path` will not find. A library may be loaded by a program that knows more folders: of it
        only what is nowhere in the image counts."""
        fact = self.facts[path]
        if fact.interpreter and self.loader(fact) is None:
            yield Message("elf-no-loader", {"loader": fact.interpreter})
            return
        newer: set[str] = set()
        for name in fact.needed:
            found = self.find(name, path)
            lies = self.anywhere(name, fact) if found is None else None
            if found is None and not _LOADERS.fullmatch(name):
                if lies is None:
                    yield Message("elf-no-library", {"library": name})
                elif fact.is_program:
                    yield Message("elf-library-elsewhere", {"library": name, "path": _text(lies)})
            have = self.facts.get(found or lies or b"")
            for library, version in fact.wants:
                if library == name and have is not None and have.has and version not in have.has:
                    newer.add(f"{library} {version}")
        for each in sorted(newer):
            library, _, version = each.partition(" ")
            has = self.facts.get(self.find(library, path) or self.anywhere(library, fact) or b"")
            args = {"library": library, "version": version, "newest": _newest(has, version)}
            yield Message("elf-no-version", args)

    def _folders(self, fact: Dynamic, by: bytes, start: bytes | None) -> Iterator[str]:
        if not fact.runpath:
            yield from self._named(fact.rpath, by)
            if start is not None and start != by and not self.facts[start].runpath:
                yield from self._named(self.facts[start].rpath, start)
        yield from self._environment
        yield from self._named(fact.runpath, by)
        musl = _MUSL.search(fact.interpreter) or any("libc.musl" in name for name in fact.needed)
        if musl:
            yield from ("/lib", "/usr/local/lib", "/usr/lib")
            return
        yield from self._configured
        triplet = _TRIPLETS.get(fact.machine, "")
        bits = "64" if fact.is_64 else ""
        for root in ("/lib", "/usr/lib", "/usr/local/lib"):
            if triplet:
                yield f"{root}/{triplet}"
        yield from (f"/lib{bits}", f"/usr/lib{bits}", "/lib", "/usr/lib")
        if fact.machine == 3:
            yield from ("/lib32", "/usr/lib32")

    def _named(self, folders: str, by: bytes) -> Iterator[str]:
        """The folders of an RPATH or RUNPATH with its variables filled. Source: ld.so(8), "Dynamic string tokens"."""
        origin = "/" + _text(by.rpartition(b"/")[0])
        fact = self.facts[by]
        values = {"ORIGIN": origin, "LIB": "lib64" if fact.is_64 else "lib", "PLATFORM": ""}
        for folder in folders.split(":") if folders else ():
            for name, value in values.items():
                folder = folder.replace(f"${{{name}}}", value).replace(f"${name}", value)  # noqa: PLW2901
            yield folder or "/"

    def _file(self, path: str) -> bytes | None:
        plain = posixpath.normpath(path).lstrip("/").encode("utf-8", "surrogateescape")
        entry = self._tree.resolve(plain)
        if entry is None or entry.kind not in (Kind.FILE, Kind.HARDLINK):
            return None
        return self._tree.canonical(entry.path)

    def _fits(self, path: bytes, fact: Dynamic) -> bool:
        other = self.facts.get(path)
        return other is None or (other.machine == fact.machine and other.is_64 == fact.is_64)


def _configured(texts: Mapping[bytes, bytes]) -> Iterator[str]:
    """The folders of ld.so.conf and of what it includes. Source: ldconfig(8)."""
    for path, data in sorted(texts.items()):
        if path == b"etc/ld.so.conf" or path.startswith(b"etc/ld.so.conf.d/"):
            for line in data.decode("utf-8", "replace").splitlines():
                folder = line.partition("#")[0].strip()
                if folder.startswith("/"):
                    yield folder


def _newest(fact: Dynamic | None, version: str) -> str:
    """The newest of the same family that a library defines."""
    family = version.rpartition("_")[0] + "_"
    same = [each for each in (fact.has if fact is not None else ()) if each.startswith(family)]
    numbered = [each for each in same if re.fullmatch(r"[\d.]+", each[len(family) :])]
    return max(numbered, key=lambda each: [int(n) for n in each[len(family) :].split(".") if n], default="-")


def closure_of(libraries: Libraries, starts: Sequence[bytes]) -> set[bytes]:
    """The ELF files that programs need to be loaded, themselves too: their loaders, their libraries, and those of these."""
    found: set[bytes] = set()
    pending = [(path, path) for path in starts]
    while pending and len(found) < _MOST:
        path, start = pending.pop()
        fact = libraries.facts.get(path)
        if path in found:
            continue
        found.add(path)
        if fact is None:
            continue
        named = [libraries.find(name, path, start) or libraries.anywhere(name, fact) for name in fact.needed]
        if fact.interpreter:
            named.append(libraries.loader(fact))
        pending += [(each, start) for each in named if each is not None]
    return found


def _text(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
