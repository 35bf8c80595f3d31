"""What a build left behind that no running container needs: package lists and caches, build files, version control."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seamline.model.audit import LeftFile
from seamline.model.entry import Entry, Kind
from seamline.model.seam import Stratum
from seamline.tree.tree import Tree

_FOLDERS = (
    ("package list", b"var/lib/apt/lists"),
    ("package cache", b"var/cache/apt"),
    ("package cache", b"var/cache/apk"),
    ("package cache", b"var/cache/yum"),
    ("package cache", b"var/cache/dnf"),
    ("package cache", b"var/cache/libdnf5"),
    ("package cache", b"var/cache/zypp"),
    ("package cache", b"var/cache/pacman/pkg"),
    ("package cache", b"root/.cache/pip"),
    ("package cache", b"root/.npm/_cacache"),
    ("package cache", b"usr/local/share/.cache/yarn"),
    ("package cache", b"root/.cache/go-build"),
    ("package cache", b"root/.m2/repository"),
)
_BUILD_FILES = frozenset(
    (b"Dockerfile", b"Containerfile", b"docker-compose.yml", b"docker-compose.yaml", b"compose.yaml", b"compose.yml", b".dockerignore", b".gitlab-ci.yml", b"Jenkinsfile")
)  # fmt: skip
_VERSION_CONTROL = frozenset((b".git", b".svn", b".hg"))
_EMPTY = (b"lock", b"partial", b".lock")


def left_files(
    tree: Tree, stratum_of: Callable[[Entry], Stratum], supplied: Callable[[bytes], str]
) -> Iterator[LeftFile]:
    """The files and folders; those that a distribution package brought are that package's own (documentation, examples)."""
    for kind, folder in _FOLDERS:
        for entry in tree.under(folder):
            if entry.kind == Kind.FILE and entry.size_bytes and not entry.path.endswith(_EMPTY):
                yield _left(kind, entry, entry.size_bytes, stratum_of)
    for entry in tree.entries():
        name = entry.path.rpartition(b"/")[2]
        if name in _BUILD_FILES and entry.kind == Kind.FILE and not supplied(entry.path):
            yield _left("build file", entry, entry.size_bytes, stratum_of)
        elif name in _VERSION_CONTROL and entry.kind == Kind.DIRECTORY and tree.at(entry.path + b"/HEAD"):
            size = sum(each.size_bytes for each in tree.under(entry.path) if each.kind == Kind.FILE)
            yield _left("version control", entry, size, stratum_of)


def _left(kind: str, entry: Entry, size: int, stratum_of: Callable[[Entry], Stratum]) -> LeftFile:
    stratum = stratum_of(entry)
    path = entry.path.decode("utf-8", "backslashreplace")
    return LeftFile(kind=kind, path=path, stratum=stratum.name, side=stratum.side, size_bytes=size)
