"""Bytes that nothing needs at run time, by side: what builds leave, documentation, locales, duplicates, hidden content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from seamline.model.customization import Waste
from seamline.model.entry import FILE, Entry
from seamline.model.package import Side
from seamline.tree.tree import Tree

SideOf = Callable[[Entry], Side]
_BELOW = (
    ("package lists", (b"var/lib/apt/lists/", b"var/lib/dnf/repos/")),
    ("caches", (b"var/cache/", b"root/.cache/", b"root/.npm/", b"root/.m2/repository/", b"root/.gradle/caches/", b"root/.cargo/registry/", b"root/.composer/cache/", b"usr/local/share/.cache/")),
    ("documentation", (b"usr/share/doc/", b"usr/share/man/", b"usr/share/info/", b"usr/share/gtk-doc/", b"usr/share/help/", b"usr/share/doc-base/", b"usr/local/share/doc/", b"usr/local/share/man/")),
    ("locales", (b"usr/share/locale/", b"usr/share/i18n/", b"usr/lib/locale/")),
    ("headers", (b"usr/include/", b"usr/local/include/", b"usr/lib/pkgconfig/", b"usr/share/pkgconfig/")),
    ("compilers", (b"usr/libexec/gcc/", b"usr/lib/gcc/", b"usr/lib/llvm", b"usr/local/go/pkg/", b"usr/lib/rustlib/")),
    ("debug symbols", (b"usr/lib/debug/",)),
    ("logs", (b"var/log/", b"tmp/", b"var/tmp/")),
)  # fmt: skip
_VERSION_CONTROL = re.compile(rb"/\.(?:git|svn|hg)/")
_TESTS = re.compile(rb"/(?:tests?|__tests__|testing)/")
_LIBRARIES = (b"/site-packages/", b"/dist-packages/", b"/node_modules/", b"lib/python")
_ENDS = {b"a": "headers", b"la": "headers", b"o": "headers", b"pc": "headers", b"h": "headers", b"hpp": "headers", b"debug": "debug symbols", b"pdb": "debug symbols"}  # fmt: skip
_BINARIES = (b"usr/bin/", b"usr/local/bin/", b"bin/")
_COMPILERS = re.compile(
    rb"(?:[\w]+-[\w-]+-)?(?:gcc|g\+\+|cc|c\+\+|cpp|clang|clang\+\+|ld|as|make|cmake|rustc|cargo|javac|cc1)(?:[-.]\d[\w.]*)?"
)
_NEEDED = (b"usr/lib/locale/C.", b"var/lib/apt/lists/lock")
_MOST = 4
_SMALL = 1 << 16
_ALL_BELOW = tuple(folder for _, folders in _BELOW for folder in folders)


def kind_of(path: bytes) -> str:
    """What a path is left over from; empty for what an image may need."""
    folder, slash, name = path.rpartition(b"/")
    kind = _kind_below(folder + slash)
    if kind:
        return "" if path.startswith(_NEEDED) else kind
    if path.startswith(_BINARIES):
        return "compilers" if _COMPILERS.fullmatch(name) else ""
    stem, dot, end = name.rpartition(b".")
    return _ENDS.get(end, "") if dot and stem else ""


@lru_cache(1)  # a tree is gone through folder by folder
def _kind_below(folder: bytes) -> str:
    """What everything in a folder (`usr/share/doc/`) is left over from; empty where the names in it decide."""
    if folder.startswith(_ALL_BELOW):
        return next(kind for kind, folders in _BELOW if folder.startswith(folders))
    if _VERSION_CONTROL.search(folder):
        return "version control"
    return "tests" if _TESTS.search(folder) and any(each in folder for each in _LIBRARIES) else ""


class WasteHeap:
    """What nothing needs, gathered entry by entry, by kind and side."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, Side], list[Entry]] = {}
        self._contents: set[bytes] = set()

    def add(self, entry: Entry, side: Side) -> None:
        """Looks at one visible path."""
        if entry.kind != FILE:
            return
        kind = kind_of(entry.path)
        if not kind and entry.size_bytes >= _SMALL and entry.content_key:
            kind = "duplicates" if entry.content_key in self._contents else ""
            self._contents.add(entry.content_key)
        if kind:
            self._files.setdefault((kind, side), []).append(entry)

    def found(self, tree: Tree, side_of: SideOf) -> tuple[Waste, ...]:
        """Every kind on every side that has any, the largest first; with it what higher layers replaced or deleted."""
        for _, hidden in tree.hidden():
            for entry in hidden:
                if entry.kind == FILE and entry.size_bytes:
                    self._files.setdefault(("hidden", side_of(entry)), []).append(entry)
        lines = [_line(kind, side, files) for (kind, side), files in self._files.items()]
        return tuple(sorted(lines, key=lambda each: (-each.size_bytes, each.kind, each.side)))


def _line(kind: str, side: Side, files: list[Entry]) -> Waste:
    largest = sorted(files, key=lambda each: (-each.size_bytes, each.path))[:_MOST]
    return Waste(
        kind=kind,
        side=side,
        files=len(files),
        size_bytes=sum(each.size_bytes for each in files),
        examples=tuple(_examples(largest)),
    )


def _examples(files: list[Entry]) -> Iterator[str]:
    return (each.path.decode("utf-8", "backslashreplace") for each in files)
