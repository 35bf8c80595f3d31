"""Bytes that nothing needs at run time: what builds leave, documentation, locales, duplicates, hidden content.

They are gathered by place (the layer or the part of an image that brought them), whose side may be told later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest

import msgspec

from seamline.expression import expression
from seamline.model.customization import Waste
from seamline.model.entry import FILE, Entry, path_text
from seamline.model.package import Side
from seamline.tree.tree import Tree

_File = tuple[int, bytes]
"""The size of a file, negative so that the largest sorts first, and its path."""
_BELOW = (
    ("package lists", (b"var/lib/apt/lists/", b"var/lib/dnf/repos/")),
    ("caches", (b"var/cache/", b"root/.cache/", b"root/.npm/", b"root/.m2/repository/", b"root/.gradle/caches/", b"root/.cargo/registry/", b"root/.composer/cache/", b"usr/local/share/.cache/")),
    ("documentation", (b"usr/share/doc/", b"usr/share/man/", b"usr/share/info/", b"usr/share/gtk-doc/", b"usr/share/help/", b"usr/share/doc-base/", b"usr/local/share/doc/", b"usr/local/share/man/")),
    ("locales", (b"usr/share/locale/", b"usr/share/i18n/", b"usr/lib/locale/")),
    ("headers", (b"usr/include/", b"usr/local/include/", b"usr/lib/pkgconfig/", b"usr/share/pkgconfig/")),
    ("compilers", (b"usr/libexec/gcc/", b"usr/lib/gcc/", b"usr/lib/llvm", b"usr/lib/go-", b"usr/share/go-", b"usr/local/go/", b"usr/lib/rustlib/", b"usr/local/rustup/", b"usr/local/cargo/")),
    ("debug symbols", (b"usr/lib/debug/",)),
    ("logs", (b"var/log/", b"tmp/", b"var/tmp/")),
)  # fmt: skip
_VERSION_CONTROL = expression(rb"/\.(?:git|svn|hg)/")
_CACHES = expression(
    rb"home/[^/]+/(?:\.cache|\.npm|\.m2/repository|\.gradle/caches|\.cargo/registry|\.composer/cache)/"
)
_TESTS = expression(rb"/(?:tests?|__tests__|testing)/")
_LIBRARIES = (b"/site-packages/", b"/dist-packages/", b"/node_modules/", b"lib/python")
_ENDS = {b"a": "headers", b"la": "headers", b"o": "headers", b"pc": "headers", b"h": "headers", b"hpp": "headers", b"debug": "debug symbols", b"pdb": "debug symbols"}  # fmt: skip
_BINARIES = (b"usr/bin/", b"usr/local/bin/", b"bin/")
_COMPILERS = expression(
    rb"(?:[\w]+-[\w-]+-)?(?:gcc|g\+\+|cc|c\+\+|cpp|clang|clang\+\+|lto-dump|gcov(?:-dump|-tool)?|ld(?:\.(?:bfd|gold|lld))?|as|ar|nm|ranlib|strip|objcopy|objdump|readelf|strings|elfedit|dwp|gprof(?:ng)?|gp-[\w-]+|addr2line|make|cmake|rustc|cargo|javac|jlink|jmod|cc1)(?:[-.]\d[\w.]*)?"
)
_OF_COMPILERS = expression(
    rb"lib(?:[alt]san|hwasan|ubsan|bfd|opcodes|ctf|ctf-nobfd|sframe|gprofng|cc1)[-.].*"
)
"""Libraries of compilers: GCC's sanitizers, what programs that are built to be tested load, and binutils' own."""
_SHARED = frozenset((b"usr/lib/", b"usr/lib64/", b"lib64/", b"lib/"))
_OF_JDKS = (b"src.zip", b"ct.sym")
"""Beside a JVM's `modules`: its sources, and what javac needs to compile for elder versions."""
_NEEDED = (b"usr/lib/locale/C.", b"var/lib/apt/lists/lock")
_MOST = 4
_SMALL = 1 << 16
_ENDINGS = tuple(b"." + end for end in _ENDS)
_ALL_BELOW = tuple(folder for _, folders in _BELOW for folder in folders)


def kinds_in(folder: bytes, names: Iterable[bytes]) -> dict[bytes, str]:
    """The names in a folder (`usr/share/doc/`) that an image does not need, each with what it is left over from."""
    kind = _kind_below(folder)
    if kind:
        return {name: kind for name in names if not (folder + name).startswith(_NEEDED)}
    if folder.startswith(_BINARIES):
        return {name: "compilers" for name in names if _COMPILERS.fullmatch(name)}
    parts = [name.rpartition(b".") for name in names if name.endswith(_ENDINGS)]
    left = {b".".join((stem, end)): _ENDS[end] for stem, _, end in parts if stem}
    if folder in _SHARED or folder.endswith(b"-linux-gnu/"):
        left |= {name: "compilers" for name in names if name[:3] == b"lib" and _OF_COMPILERS.fullmatch(name)}
    elif folder.endswith(b"/lib/") and b"modules" in names:
        left |= {name: "compilers" for name in names if name in _OF_JDKS}
    return left


def _kind_below(folder: bytes) -> str:
    """What everything in a folder (`usr/share/doc/`) is left over from; empty where the names in it decide."""
    if folder.startswith(_ALL_BELOW):
        return next(kind for kind, folders in _BELOW if folder.startswith(folders))
    if folder.endswith(b"/jmods/"):  # what jlink builds a runtime from; no program runs them
        return "compilers"
    if b"/." in folder and _VERSION_CONTROL.search(folder):
        return "version control"
    if folder.startswith(b"home/") and _CACHES.match(folder):
        return "caches"
    is_test = (
        b"/test" in folder or b"/__tests__/" in folder
    )  # most are not, which a plain search tells sooner
    return "tests" if is_test and _TESTS.search(folder) and any(each in folder for each in _LIBRARIES) else ""


class Heap(msgspec.Struct, frozen=True, array_like=True):
    """What one place has of one kind; `largest` are the first files by size, with which a size stands negative."""

    kind: str
    place: int
    files: int
    size_bytes: int
    largest: tuple[_File, ...]


class WasteHeap:
    """What nothing needs, gathered folder by folder, by kind and place. `places` has the place of every row of the tree."""

    def __init__(self, tree: Tree, places: Sequence[int]) -> None:
        self._tree = tree
        self._places = places
        self._large = {row for row, size in enumerate(tree.sizes) if size >= _SMALL}
        self._files: dict[tuple[str, int], list[_File]] = {}
        self._copies: dict[bytes, list[tuple[bytes, int]]] = {}

    def add(self, folder: bytes, names: Mapping[bytes, int]) -> None:
        """Looks at what one folder of the tree shows."""
        prefix = folder + b"/" if folder else b""
        left = kinds_in(prefix, names)
        for name, kind in left.items():
            self._put(kind, prefix + name, names[name])
        if self._large.isdisjoint(names.values()):
            return
        for name in names.keys() - left.keys():
            key = self._tree.key(names[name]) if names[name] in self._large else b""
            if key and self._tree.kinds[names[name]] == FILE:
                self._copies.setdefault(key, []).append((prefix + name, names[name]))

    def _put(self, kind: str, path: bytes, row: int) -> None:
        if self._tree.kinds[row] == FILE:
            place = (kind, self._places[row])
            self._files.setdefault(place, []).append((-self._tree.sizes[row], path))

    def found(self, place_of: Callable[[Entry], int]) -> tuple[Heap, ...]:
        """Every kind at every place that has any; with it what higher layers replaced or deleted. Of equal files all but the lowest
        are copies: who came later brought them."""
        origins = self._tree.origins
        for copies in self._copies.values():
            for path, row in sorted(copies, key=lambda each: (origins[each[1]], each[0]))[1:]:
                self._put("duplicates", path, row)
        for path, hidden in self._tree.hidden():
            for entry in hidden:
                if entry.kind == FILE and entry.size_bytes:
                    place = ("hidden", place_of(entry))
                    self._files.setdefault(place, []).append((-entry.size_bytes, path))
        return tuple(
            Heap(kind, place, len(files), -sum(size for size, _ in files), tuple(nsmallest(_MOST, files)))
            for (kind, place), files in self._files.items()
        )


def by_side(heaps: Iterable[Heap], sides: Sequence[Side]) -> tuple[Waste, ...]:
    """Every kind on every side that has any, the largest first. `sides` has the side of every place."""
    found: dict[tuple[str, Side], list[Heap]] = {}
    for heap in heaps:
        found.setdefault((heap.kind, sides[heap.place]), []).append(heap)
    lines = [_line(kind, side, same) for (kind, side), same in found.items()]
    return tuple(sorted(lines, key=lambda each: (-each.size_bytes, each.kind, each.side)))


def _line(kind: str, side: Side, heaps: Sequence[Heap]) -> Waste:
    largest = nsmallest(_MOST, (file for heap in heaps for file in heap.largest))
    return Waste(
        kind=kind,
        side=side,
        files=sum(heap.files for heap in heaps),
        size_bytes=sum(heap.size_bytes for heap in heaps),
        examples=tuple(path_text(path) for _, path in largest),
    )
