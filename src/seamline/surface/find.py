"""Everything in the visible tree that an intruder could use."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from seamline.model.audit import Account, LeftFile, RunsAs, SurfaceLine
from seamline.surface.accounts import Earlier, account_lines
from seamline.surface.boot import boot_scripts
from seamline.surface.environment import Variable, from_environment
from seamline.surface.left_files import left_file, left_names, version_controls
from seamline.surface.persistence import KEY_FILES, KEY_FOLDER, authorized_key, persistence
from seamline.surface.placed import Placed
from seamline.surface.privileges import PathSetter, of_entry, readable, telling_rows, writable
from seamline.surface.programs import Elsewhere, programs


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


def find_surface(placed: Placed, ground: Ground) -> Found:
    """What an intruder could use, and what nothing needs; the tree is gone through once, folder by folder."""
    tree = placed.tree
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
    left: list[LeftFile] = []
    telling, controls = telling_rows(tree), version_controls(folder for folder, _ in tree.folders())
    for folder, names in tree.folders():
        prefix = folder + b"/" if folder else b""
        if not telling.isdisjoint(names.values()):
            for name in sorted(name for name, row in names.items() if row in telling):
                found += of_entry(placed, tree.entry(names[name], prefix + name))
        found += elsewhere.daemons(prefix, names)
        if folder.endswith(KEY_FOLDER):
            for name in KEY_FILES & names.keys():
                text = ground.texts.get(prefix + name)
                found += authorized_key(placed, tree.entry(names[name], prefix + name), text)
        for name in sorted(left_names(prefix, names, controls)):
            left += left_file(placed, tree.entry(names[name], prefix + name))
    found.sort(key=lambda line: (line.kind, line.path, line.name))
    return Found(surface=tuple(found), left=tuple(left))
