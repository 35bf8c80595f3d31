"""Programs that nobody accounts for: no package lists them, no build says what it is, no package's folder holds them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from seamline.model.package import Install
from seamline.model.program import Program, ProgramKind
from seamline.tree.tree import Tree

_NATIVE = (ProgramKind.NATIVE, ProgramKind.PACKED)
_FOLDER_ECOSYSTEMS = ("npm", "nuget")


def unaccounted(
    tree: Tree, programs: Iterable[Program], installs: Iterable[Install], supplied: Container[bytes]
) -> Iterator[Program]:
    """The native programs of `programs` that are in no package; `supplied` are canonical paths that packages brought."""
    proofs: set[bytes] = set()
    folders: set[bytes] = set()
    for install in installs:
        proofs.update(map(tree.canonical, install.proofs))
        folders.update(tree.canonical(folder) for folder in _folders(install))
    folders.discard(b"")
    for program in programs:
        if program.kind in _NATIVE:
            path = tree.canonical(program.entry.path)
            if path not in supplied and path not in proofs and not _inside(path, folders):
                yield program


def _folders(install: Install) -> Iterator[bytes]:
    """The folders in which everything belongs to this package."""
    proof = install.proofs[0]
    if install.package.ecosystem in _FOLDER_ECOSYSTEMS:
        yield proof.rpartition(b"/")[0]
    elif install.package.ecosystem == "gem":
        home, _, file = proof.rpartition(b"/specifications/")
        yield home + b"/gems/" + file.removesuffix(b".gemspec")


def _inside(path: bytes, folders: set[bytes]) -> bool:
    while path:
        path = path.rpartition(b"/")[0]
        if path in folders:
            return True
    return False
