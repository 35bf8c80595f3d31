"""What a build left behind that no running container needs: package lists and caches, build files, version control."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from seamline.model.audit import LeftFile
from seamline.model.entry import DIRECTORY, FILE, Entry, path_text
from seamline.surface.placed import Placed

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
_VERSION_CONTROL = (b".git", b".svn", b".hg")
_INSIDE = tuple(folder + b"/" for _, folder in _FOLDERS)
_EMPTY = (b"lock", b"partial", b".lock")


def version_controls(folders: Iterable[bytes]) -> frozenset[bytes]:
    """Those of the folders of a tree that hold somebody's version control."""
    return frozenset(folder for folder in folders if folder.endswith(_VERSION_CONTROL))


def left_names(folder: bytes, names: Collection[bytes], controls: Collection[bytes]) -> Sequence[bytes]:
    """The names in a folder (`var/cache/apt/`) that look left behind: hardly one of a tree does. `controls` are the folders
    of version control."""
    if folder.startswith(_INSIDE):
        return tuple(names)
    found = [name for name in _BUILD_FILES if name in names]
    if controls:
        found += [name for name in names if folder + name in controls]
    return found


def left_file(placed: Placed, entry: Entry) -> Iterator[LeftFile]:
    """A visible path that was left behind; what a distribution package brought is that package's own (documentation)."""
    path = entry.path
    if entry.kind == FILE:
        name = path.rpartition(b"/")[2]
        if path.startswith(_INSIDE):
            if entry.size_bytes and not path.endswith(_EMPTY):
                kind = next(kind for kind, folder in _FOLDERS if path.startswith(folder + b"/"))
                yield _left(kind, entry, entry.size_bytes, placed)
        elif name in _BUILD_FILES and not placed.supplier(path):
            yield _left("build file", entry, entry.size_bytes, placed)
    elif entry.kind == DIRECTORY and path.endswith(_VERSION_CONTROL) and placed.tree.at(path + b"/HEAD"):
        size = sum(each.size_bytes for each in placed.tree.under(path) if each.kind == FILE)
        yield _left("version control", entry, size, placed)


def _left(kind: str, entry: Entry, size: int, placed: Placed) -> LeftFile:
    stratum = placed.stratum_of(entry)
    path = path_text(entry.path)
    return LeftFile(kind=kind, path=path, stratum=stratum.name, side=stratum.side, size_bytes=size)
