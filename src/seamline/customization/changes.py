"""What an image changed over the parts of its system side: files, packages, settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from seamline.model.customization import Changes
from seamline.model.entry import DIRECTORY, OPAQUE, WHITEOUT, Entry, path_text
from seamline.model.image import Config
from seamline.model.package import Install, Side
from seamline.model.report import SettingLine
from seamline.model.seam import Base, Inventory, Setting, package_label
from seamline.tree.tree import Tree

_MOST = 12
_NO_CONTENT = (DIRECTORY, WHITEOUT, OPAQUE)
SideOf = Callable[[Entry], Side]


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """The visible files at one place, and their bytes."""

    place: int
    files: int
    size_bytes: int


class FileTally(msgspec.Struct, frozen=True, kw_only=True):
    """The visible files that stand above the system side and their bytes; `total_bytes` are those of all files."""

    files: int
    size_bytes: int
    total_bytes: int


def tally(tree: Tree, places: Sequence[int]) -> Iterator[Tally]:
    """What stands at each place. `places` has the place of every row of the tree."""
    return (Tally(place, *counts) for place, counts in tree.counts(places).items())


def tallied(tallies: Iterable[Tally], is_own: Sequence[bool]) -> FileTally:
    """What stands at those places that are one's own."""
    every = list(tallies)
    own = [each for each in every if is_own[each.place]]
    return FileTally(
        files=sum(each.files for each in own),
        size_bytes=sum(each.size_bytes for each in own),
        total_bytes=sum(each.size_bytes for each in every),
    )


def file_changes(own: FileTally, tree: Tree, side_of: SideOf) -> Changes:
    """The files added, those that took a system file's place, and the system files that are gone."""
    replaced, removed = over_base(tree, side_of)
    return Changes(
        kind="file",
        added=own.files - len(replaced),
        replaced=len(replaced),
        removed=len(removed),
        added_bytes=own.size_bytes,
        examples=tuple(f"/{path_text(path)}" for path in (*replaced, *removed)[:_MOST]),
    )


def over_base(tree: Tree, side_of: SideOf) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """The paths of the system side whose content a layer above replaced, and those that it removed. What the system side left
    of a path is what counts, however many layers above changed it; what it removed itself was not there to be changed."""
    replaced, removed = [], []
    for path, hidden in sorted(tree.hidden()):
        left = next((each for each in reversed(hidden) if side_of(each) == Side.SYSTEM), None)
        if left is None or left.kind in _NO_CONTENT:
            continue
        visible = tree.at(path)
        if visible is None:
            removed.append(path)
        elif visible.kind != DIRECTORY and side_of(visible) != Side.SYSTEM:
            replaced.append(path)
    return replaced, removed


def package_changes(
    installs: Iterable[Install], side_of: Callable[[Install], Side], inventory: Inventory | None
) -> Changes:
    """The installs above the system side: new ones, base packages in another version there, and those of the base's
    `inventory` that are gone (none where nobody has studied the base)."""
    every = list(installs)
    above = [each for each in every if side_of(each) != Side.SYSTEM]
    old = {label.partition("=")[0] for label in inventory.packages} if inventory is not None else set()
    replaced = [
        each for each in above if package_label(each).partition("=")[0] in old or each.is_changed_above
    ]
    removed = packages_gone(every, inventory)
    shown = [package_label(each).partition("/")[2] for each in (*replaced, *above)]
    return Changes(
        kind="package",
        added=len(above) - len(replaced),
        replaced=len(replaced),
        removed=len(removed),
        examples=tuple(dict.fromkeys((*shown, *(label.partition("/")[2] for label in removed))))[:_MOST],
    )


def packages_gone(installs: Iterable[Install], inventory: Inventory | None) -> tuple[str, ...]:
    """The packages of a base's `inventory` that are no longer there, each with its ecosystem: `deb/login`."""
    old = {label.partition("=")[0] for label in inventory.packages} if inventory is not None else set()
    return tuple(sorted(old - {package_label(each).partition("=")[0] for each in installs}))


def setting_changes(settings: Iterable[Setting | SettingLine], base: Base | None) -> Changes:
    """The settings that the system side has not made; one that the base has too is a replaced one."""
    own = [each for each in settings if each.side != Side.SYSTEM]
    before = set(_set_by(base.config)) if base is not None else set()
    replaced = [each for each in own if (each.kind, each.key) in before]
    names = [f"{each.kind} {each.key}".strip() for each in own]
    return Changes(
        kind="setting", added=len(own) - len(replaced), replaced=len(replaced), examples=tuple(names[:_MOST])
    )


def _set_by(config: Config) -> Iterator[tuple[str, str]]:
    """The settings of a configuration as (kind, key)."""
    yield from (("env", pair.partition("=")[0]) for pair in config.env)
    yield from (("label", key) for key in config.labels)
    single = (
        ("user", config.user),
        ("entrypoint", config.entrypoint),
        ("command", config.command),
        ("workdir", config.working_dir),
        ("stop-signal", config.stop_signal),
        ("healthcheck", config.healthcheck),
    )
    yield from ((kind, "") for kind, value in single if value)
