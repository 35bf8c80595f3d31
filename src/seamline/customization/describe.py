"""One image's customization as a whole: the tree is gone through once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from seamline.customization.changes import FileTally, package_changes, setting_changes
from seamline.customization.knobs import Bench, knobs, templates
from seamline.customization.start_scripts import start_scripts, started_programs
from seamline.customization.waste import WasteHeap
from seamline.customization.weights import Scales
from seamline.model.customization import Customization
from seamline.model.entry import DIRECTORY, Entry
from seamline.model.image import Config
from seamline.model.package import Install, Side
from seamline.model.seam import Base, Inventory, Setting, Stratum
from seamline.tree.tree import Tree

_PROGRAMS = {"node": "node", "java": "java", "python": "python", "go": "go"}


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at: the tree, the sides of paths and installs, the settings with their sides, the base that the system
    side ends with and what it holds, the configuration, the shell scripts and locale names of the image, which variables its
    other programs and templates read at which line, the paths that its start command names, the part of a path, and the
    package that installed it."""

    tree: Tree
    side_of: Callable[[Entry], Side]
    installs: tuple[Install, ...]
    side_of_install: Callable[[Install], Side]
    settings: tuple[Setting, ...]
    base: Base | None
    inventory: Inventory | None
    config: Config
    scripts: Mapping[bytes, bytes]
    reads: Mapping[bytes, Sequence[tuple[str, int]]]
    locales: tuple[str, ...]
    start: tuple[bytes, ...]
    stratum_of: Callable[[Entry], Stratum]
    suppliers: Mapping[bytes, str]


def customization(sight: Sight) -> Customization:
    """What was changed, which knobs work, what is left over."""
    files, heap, scales = FileTally(), WasteHeap(), Scales(sight.suppliers)
    for entry in sight.tree.entries():
        if entry.kind == DIRECTORY:
            continue
        stratum = sight.stratum_of(entry)
        side = stratum.side
        scales.add(entry, stratum)
        files.add(entry, side)
        heap.add(entry, side)
    scripts = start_scripts(sight.tree, sight.start, sight.scripts)
    filled = templates(sight.tree, scripts)
    return Customization(
        base=sight.base.reference if sight.base is not None else "",
        changes=(
            files.changes(sight.tree, sight.side_of),
            package_changes(sight.installs, sight.side_of_install, sight.inventory),
            setting_changes(sight.settings, sight.base),
        ),
        knobs=knobs(sight.tree, _bench(sight, scripts, filled)),
        waste=heap.found(sight.tree, sight.side_of),
        total_bytes=files.total_bytes,
        templates=filled,
        weights=scales.weights(),
    )


def _bench(sight: Sight, scripts: Mapping[bytes, str], filled: Sequence[str]) -> Bench:
    programs = started_programs(sight.tree, sight.start, sight.scripts)
    paths = (*programs, *(path.encode("utf-8", "surrogateescape") for path in filled))
    top = sight.settings[-1].side if sight.settings else Side.UNKNOWN
    return Bench(
        environment=dict(pair.partition("=")[::2] for pair in sight.config.env),
        locales=sight.locales,
        scripts=scripts,
        reads={path: sight.reads[path] for path in paths if path in sight.reads},
        runtimes=frozenset(_runtimes(sight)),
        side=top,
    )


def _runtimes(sight: Sight) -> set[str]:
    """The runtimes that the image really starts programs with: found as programs, or by what is packed into a Go one."""
    found = set()
    for install in sight.installs:
        package = install.package
        if package.ecosystem in ("generic", "deb", "rpm", "apk"):
            name = package.name.rstrip("0123456789.-").removesuffix("-minimal").removesuffix("-jre-headless")
            found |= {_PROGRAMS[name]} if name in _PROGRAMS else set()
            found |= {"java"} if name.startswith(("openjdk", "java-", "temurin")) else set()
            found |= {"node"} if name == "nodejs" else set()
        elif package.ecosystem == "golang":  # what is told of a Go program is in that program
            found.add("go")
    return found
