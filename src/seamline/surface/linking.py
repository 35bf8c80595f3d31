"""Where the loader finds what native programs name: glibc's search and musl's, inside the image.

From 2.33 on glibc looks in `glibc-hwcaps/LEVEL` of each folder first, for each level that the processor has; so one image may
load other files on a newer processor. Here `level` is the highest that a processor has, empty for one that has none.

Sources: ld.so(8), ldconfig(8); glibc's elf/dl-load.c, `_dl_map_object`, and sysdeps/*/dl-hwcaps-subdirs.c; gABI 4.1 "Shared
Object Dependencies"; musl's ldso/dynlink.c, `load_library`, `fixup_rpath` and the default of /etc/ld-musl-ARCH.path.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seamline.expression import expression
from seamline.formats.elf_dynamic import Dynamic
from seamline.model.entry import Kind
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
_MUSL = expression(r"/ld-musl-([\w.-]+)\.so\.1$")
_OF_MUSL_ITSELF = expression(r"lib(?:c|pthread|rt|m|dl|util|xnet)\..*")
_LOADERS = expression(
    r"ld-linux[\w.-]*\.so\.\d|ld64\.so\.\d|ld-musl-[\w.-]+\.so\.1|ld\.so\.1|linux-vdso\.so\.1"
)
_LIBC_OF_MUSL = expression(r"libc\.musl-([\w.-]+)\.so\.1")
_MUSL_NAMES = {
    3: "i386",
    21: "powerpc64le",
    22: "s390x",
    40: "armhf",
    62: "x86_64",
    183: "aarch64",
    243: "riscv64",
    258: "loongarch64",
}
_PLATFORMS = {3: "i686", 62: "x86_64", 183: "aarch64"}
_I386, _AMD64 = 3, 62
_LEVELS = {
    21: ("power9", "power10", "power11"),
    22: ("z13", "z14", "z15", "z16", "z17"),
    62: ("x86-64-v2", "x86-64-v3", "x86-64-v4"),
}
_HWCAPS = "glibc-hwcaps"
_FIRST_WITH_LEVELS = "GLIBC_2.33"
_MOST = 4096


class Loaded(msgspec.Struct, frozen=True):
    """One name that was asked for while a program was loaded: the file that answers it (None for none), the path under
    which that was opened, which `$ORIGIN` is taken from, and which files asked, the program last."""

    name: str
    path: bytes | None
    opened: str
    askers: tuple[Loaded, ...] = ()


class Libraries:
    """The libraries of one image as its loaders find them. `facts` are of the visible ELF files by canonical path, `texts`
    the small files of /etc, `path` the value of LD_LIBRARY_PATH, `cache` what ldconfig wrote: a library's name, its file, and the level that it is for."""

    def __init__(
        self,
        tree: Tree,
        facts: Mapping[bytes, Dynamic],
        texts: Mapping[bytes, bytes],
        path: str = "",
        cache: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        self._tree = tree
        self.facts = facts
        self._texts = texts
        self._environment = [folder for folder in re.split("[:;]", path) if folder]
        self._cache: dict[str, list[tuple[str, str]]] = {}
        for name, file, level in cache:
            self._cache.setdefault(name, []).append((level, file))
        self._names: dict[str, list[bytes]] = {}
        self._levels: set[str] = set()
        for each in facts:
            folder, _, name_of_file = _text(each).rpartition("/")
            self._names.setdefault(name_of_file, []).append(each)
            if f"/{_HWCAPS}/" in folder:
                self._levels.add(folder.rpartition("/")[2])

    def loader(self, fact: Dynamic) -> bytes | None:
        """The path of the loader that a program names; None where it is not there."""
        return self._file(fact.interpreter)

    def find(self, name: str, by: bytes) -> bytes | None:
        """The library `name` that the ELF file at `by` gets when it is the first to be loaded; None for none."""
        return self._answer(name, (Loaded("", by, "/" + _text(by)),)).path

    def levels(self, fact: Dynamic) -> tuple[str, ...]:
        """The levels of processors, the lowest first, for which the image has libraries of their own that the loader of this
        program looks for."""
        known = [each for each in _LEVELS.get(fact.machine, ()) if each in self._levels]
        if not known or not fact.is_64:
            return ()
        library = next((self._c_library(lib) for lib in self._libs(fact) if self._c_library(lib)), None)
        has = self.facts[library].has if library is not None and library in self.facts else ()
        return () if has and _FIRST_WITH_LEVELS not in has else tuple(known)

    def anywhere(self, name: str, fact: Dynamic) -> bytes | None:
        """A file of this name for the same machine, wherever it lies."""
        name = name.rpartition("/")[2]
        return next((path for path in self._names.get(name, ()) if self._fits(path, fact)), None)

    def load(self, start: bytes, level: str = "") -> list[Loaded]:
        """Every name that starting the ELF file at `start` asks for, in the loader's order, each once."""
        first = Loaded("", start, "/" + _text(start))
        known: dict[str, bytes | None] = {}
        pending = [first]
        found: list[Loaded] = []
        while pending and len(found) < _MOST:
            by = pending.pop(0)
            fact = self.facts.get(by.path or b"")
            for name in fact.needed if fact is not None else ():
                if name in known or is_loader(name):
                    continue
                each = self._answer(name, (by, *by.askers), level)
                found.append(each)
                known[name] = each.path
                if each.path is None:
                    continue
                soname = self.facts[each.path].soname if each.path in self.facts else ""
                known.setdefault(soname, each.path)
                pending.append(each)
        return found

    def configured(self) -> set[bytes]:
        """The canonical folders of ld.so.conf and of what it includes, which ldconfig would look in."""
        return {self._tree.canonical(folder.strip("/").encode()) for folder in _configured(self._texts)}

    def _answer(self, name: str, askers: tuple[Loaded, ...], level: str = "") -> Loaded:
        fact = self.facts[askers[0].path or b""]
        musl = self._musl(askers)
        if musl and _OF_MUSL_ITSELF.fullmatch(name):
            return Loaded(name, self._file(f"/lib/ld-musl-{musl}.so.1"), "", askers)
        for place in self._places(name, askers, musl, level):
            found = self._file(place)
            if found is not None and (musl or self._fits(found, fact)):
                return Loaded(name, found, place, askers)
        return Loaded(name, None, "", askers)

    def _musl(self, askers: Sequence[Loaded]) -> str:
        """The architecture as musl spells it where its loader does the work; empty for glibc's."""
        fact = self.facts[askers[-1].path or b""]
        if fact.interpreter:
            named = _MUSL.search(fact.interpreter)
            return named[1] if named else ""
        for name in fact.needed:
            if named := _LIBC_OF_MUSL.fullmatch(name):
                return named[1]
        return _MUSL_NAMES.get(fact.machine, "") if "libc.so" in fact.needed else ""

    def _places(self, name: str, askers: Sequence[Loaded], musl: str, level: str) -> Iterator[str]:
        """The paths that are tried, in order."""
        fact = self.facts[askers[0].path or b""]
        if "/" in name:
            yield name if musl else _filled(name, askers[0], fact, self._libs(fact)[0])
            return
        if musl:
            yield from (posixpath.join(folder, name) for folder in self._of_musl(askers, musl))
            return
        own = _up_to(level, fact)
        yield from _within(self._of_glibc(fact, askers), name, own)
        listed = self._cache.get(name, ())
        for each in (*own, ""):
            yield from (file for level_of_file, file in listed if level_of_file == each)
        yield from _within(self._defaults(fact), name, own)

    def _of_glibc(self, fact: Dynamic, askers: Sequence[Loaded]) -> Iterator[str]:
        if not fact.runpath:
            for each in askers:
                own = self.facts[each.path or b""]
                yield from self._named("" if own.runpath else own.rpath, each, own)
        yield from self._environment
        yield from self._named(fact.runpath, askers[0], fact)

    def _of_musl(self, askers: Sequence[Loaded], architecture: str) -> Iterator[str]:
        yield from self._environment
        for each in askers:
            own = self.facts[each.path or b""]
            yield from self._named(own.runpath or own.rpath, each, own)
        text = self._texts.get(f"etc/ld-musl-{architecture}.path".encode())
        if text is None:
            yield from ("/lib", "/usr/local/lib", "/usr/lib")
            return
        yield from (folder for folder in re.split("[:\n]", text.decode("utf-8", "replace")) if folder)

    def _named(self, folders: str, by: Loaded, fact: Dynamic) -> Iterator[str]:
        """The folders of an RPATH or RUNPATH, its variables filled; an empty one is where the process stands."""
        for folder in folders.split(":") if folders else ():
            yield _filled(folder, by, fact, self._libs(fact)[0]) or "/"

    def _libs(self, fact: Dynamic) -> tuple[str, ...]:
        """The folder under / and /usr that the C library was built for: by machine (Debian's), by size (Fedora's), plain; all
        of them where the image has none."""
        x32 = fact.machine == _AMD64 and not fact.is_64
        triplet = "x86_64-linux-gnux32" if x32 else _TRIPLETS.get(fact.machine, "")
        bits = "libx32" if x32 else "lib64" if fact.is_64 else "lib"
        folders = (f"lib/{triplet}", bits, "lib")
        for folder in folders:
            if self._c_library(folder) is not None:
                return (folder,)
        return folders

    def _c_library(self, folder: str) -> bytes | None:
        return self._file(f"/{folder}/libc.so.6") or self._file(f"/usr/{folder}/libc.so.6")

    def _defaults(self, fact: Dynamic) -> Iterator[str]:
        libs = self._libs(fact)
        for lib in libs:
            yield from (f"/{lib}", f"/usr/{lib}")
        if "/" in libs[0] or not fact.is_64:
            yield from ("/lib", "/usr/lib")
        if fact.machine == _I386:
            yield from ("/lib32", "/usr/lib32")

    def _file(self, path: str) -> bytes | None:
        entry = self._tree.resolve(path.encode("utf-8", "surrogateescape"))
        if entry is None or entry.kind not in (Kind.FILE, Kind.HARDLINK):
            return None
        return self._tree.canonical(entry.path)

    def _fits(self, path: bytes, fact: Dynamic) -> bool:
        other = self.facts.get(path)
        return other is None or (other.machine == fact.machine and other.is_64 == fact.is_64)


def is_loader(name: str) -> bool:
    """Whether a library's name is the loader's, which is there before anything is looked for."""
    return bool(_LOADERS.fullmatch(name))


def closure_of(libraries: Libraries, starts: Sequence[bytes]) -> set[bytes]:
    """The ELF files that programs need to be loaded, themselves too: their loaders, their libraries, and those of these;
    a library that the loader would not find counts where it lies, and what any processor gets of each."""
    found: set[bytes] = set()
    pending = list(starts)
    while pending and len(found) < _MOST:
        path = pending.pop()
        fact = libraries.facts.get(path)
        if path in found:
            continue
        found.add(path)
        if fact is None:
            continue
        if fact.interpreter and (loader := libraries.loader(fact)) is not None:
            pending.append(loader)
        levels = ("", *libraries.levels(fact))
        for each in (each for level in levels for each in libraries.load(path, level)):
            asker = libraries.facts[each.askers[0].path or b""]
            if each.path is not None:
                found.add(each.path)
            elif (lies := libraries.anywhere(each.name, asker)) is not None:
                pending.append(lies)
    return found


def _up_to(level: str, fact: Dynamic) -> tuple[str, ...]:
    """The levels that a processor of this one has, the highest first, as they are looked for."""
    known = _LEVELS.get(fact.machine, ())
    return known[known.index(level) :: -1] if level in known else ()


def _within(folders: Iterator[str], name: str, levels: Sequence[str]) -> Iterator[str]:
    for folder in folders:
        yield from (posixpath.join(folder, _HWCAPS, each, name) for each in levels)
        yield posixpath.join(folder, name)


def _configured(texts: Mapping[bytes, bytes]) -> Iterator[str]:
    for path, data in sorted(texts.items()):
        if path == b"etc/ld.so.conf" or path.startswith(b"etc/ld.so.conf.d/"):
            for line in data.decode("utf-8", "replace").splitlines():
                folder = line.partition("#")[0].strip()
                if folder.startswith("/"):
                    yield folder


def _filled(text: str, by: Loaded, fact: Dynamic, lib: str) -> str:
    """`$ORIGIN`, `$LIB` and `$PLATFORM` filled. Source: ld.so(8), "Dynamic string tokens"."""
    if "$" not in text:
        return text
    values = {
        "ORIGIN": by.opened.rpartition("/")[0],
        "LIB": lib,
        "PLATFORM": _PLATFORMS.get(fact.machine, ""),
    }
    for name, value in values.items():
        text = _variable(name, text, value)
    return text


def _variable(name: str, text: str, value: str) -> str:
    return re.sub(rf"\$(?:{name}(?!\w)|\{{{name}\}})", lambda _: value, text)


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
