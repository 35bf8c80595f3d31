"""Everything in the visible tree that an intruder could use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from seamline.model.audit import Account, LeftFile, RunsAs, SurfaceLine
from seamline.model.entry import Entry
from seamline.surface.accounts import Earlier, account_lines
from seamline.surface.boot import boot_scripts
from seamline.surface.environment import Variable, from_environment
from seamline.surface.left_files import left_file, left_names, version_controls
from seamline.surface.persistence import KEY_FILES, KEY_FOLDER, authorized_key, persistence
from seamline.surface.placed import Placed
from seamline.surface.privileges import PathSetter, of_entry, readable, telling_rows, writable
from seamline.surface.program_table import LISTENERS
from seamline.surface.programs import Elsewhere, programs
from seamline.tree.tree import Tree


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a search stands on: small configuration files by path, the applets of each busybox, the accounts, whom the
    image runs as, its PATH and who set it, and the paths that its start command names; the folder where its processes start, the
    variables of its environment, the paths of its native programs, and the texts of account files by layer."""

    texts: Mapping[bytes, bytes]
    applets: Mapping[bytes, Sequence[str]]
    accounts: tuple[Account, ...]
    runs_as: RunsAs
    path: str
    start: tuple[bytes, ...]
    path_by: PathSetter = PathSetter()
    folder: str = "/"
    variables: tuple[Variable, ...] = ()
    natives: Collection[bytes] = frozenset()
    earlier: Earlier = {}


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The surface, by kind, path and name, and the files that a build left behind."""

    surface: tuple[SurfaceLine, ...]
    left: tuple[LeftFile, ...]


class Spots(msgspec.Struct, frozen=True, array_like=True):
    """The visible paths that must be looked at one by one: those that may let somebody do something, files of keys, what has the
    name of a daemon, and what looks left behind. They are found folder by folder."""

    telling: tuple[bytes, ...]
    keys: tuple[bytes, ...]
    daemons: tuple[bytes, ...]
    left: tuple[bytes, ...]


def spots_of(tree: Tree) -> Spots:
    """The spots of a tree, which is gone through once."""
    telling: list[bytes] = []
    keys: list[bytes] = []
    daemons: list[bytes] = []
    left: list[bytes] = []
    rows, controls = telling_rows(tree), version_controls(folder for folder, _ in tree.folders())
    for folder, names in tree.folders():
        prefix = folder + b"/" if folder else b""
        if not rows.isdisjoint(names.values()):
            telling += (prefix + name for name in sorted(name for name, row in names.items() if row in rows))
        if folder.endswith(KEY_FOLDER):
            keys += (prefix + name for name in sorted(KEY_FILES & names.keys()))
        daemons += (prefix + name for name in sorted(LISTENERS & names.keys()))
        left += (prefix + name for name in sorted(left_names(prefix, names, controls)))
    return Spots(tuple(telling), tuple(keys), tuple(daemons), tuple(left))


def find_surface(placed: Placed, ground: Ground, spots: Spots) -> Found:
    """What an intruder could use, and what nothing needs; `spots` are those of the tree."""
    found = [
        *programs(placed, ground.path, ground.applets),
        *writable(placed, ground.path, ground.runs_as, ground.path_by),
        *readable(placed),
        *account_lines(placed, ground.accounts, ground.texts, ground.earlier),
        *persistence(placed, ground.texts, ground.runs_as, ground.start),
        *boot_scripts(placed, ground.texts),
        *from_environment(placed, ground.variables, ground.runs_as, ground.folder),
    ]
    elsewhere = Elsewhere(placed, ground.path, ground.natives, found)
    for entry in _entries(placed, spots.telling):
        found += of_entry(placed, entry)
    for entry in _entries(placed, spots.keys):
        found += authorized_key(placed, entry, ground.texts.get(entry.path))
    found += elsewhere.daemons(_entries(placed, spots.daemons))
    left: list[LeftFile] = []
    for entry in _entries(placed, spots.left):
        left += left_file(placed, entry)
    found.sort(key=lambda line: (line.kind, line.path, line.name))
    return Found(surface=tuple(found), left=tuple(left))


def _entries(placed: Placed, paths: Iterable[bytes]) -> Iterator[Entry]:
    return (entry for path in paths if (entry := placed.tree.at(path)) is not None)
