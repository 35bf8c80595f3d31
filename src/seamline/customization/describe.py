"""One image's customization as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from seamline.customization.changes import file_changes, package_changes, setting_changes, tally_files
from seamline.customization.knobs import Bench, knobs
from seamline.customization.start_scripts import start_scripts, started_programs
from seamline.customization.templates import templates
from seamline.customization.waste import WasteHeap
from seamline.customization.weights import weights
from seamline.model.customization import Customization, Knob
from seamline.model.entry import Entry
from seamline.model.image import Config
from seamline.model.package import Install, Side
from seamline.model.seam import Base, Inventory, Setting, Stratum
from seamline.tree.tree import Tree

_PROGRAMS = {"node": "node", "java": "java", "python": "python", "go": "go"}


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at: the tree, the sides of paths and installs, the settings with their sides, the base that the system
    side ends with and what it holds, the configuration, the shell scripts and locale names of the image, which variables its
    other programs and templates read at which line, and the paths that its start command names."""

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


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of an image, the place among them of every row of its tree, and the package that installed each path."""

    strata: tuple[Stratum, ...]
    places: Sequence[int]
    suppliers: Mapping[bytes, str]

    def side_of_row(self, row: int) -> Side:
        return self.strata[self.places[row]].side


def customization(sight: Sight, parts: Parts) -> Customization:
    """What was changed, which knobs work, what is left over."""
    tree = sight.tree
    heap = WasteHeap(tree, parts.side_of_row)
    for folder, names in tree.folders():
        heap.add(folder, names)
    tally = tally_files(tree, parts.places, [each.side != Side.SYSTEM for each in parts.strata])
    scripts = start_scripts(tree, sight.start, sight.scripts)
    filled = templates(tree, scripts, _environment(sight.config))
    return Customization(
        base=sight.base.reference if sight.base is not None else "",
        changes=(
            file_changes(tally, tree, sight.side_of),
            package_changes(sight.installs, sight.side_of_install, sight.inventory),
            setting_changes(sight.settings, sight.base),
        ),
        knobs=knobs(tree, _bench(sight, scripts, filled)),
        waste=heap.found(sight.side_of),
        total_bytes=tally.total_bytes,
        templates=filled,
        weights=weights(tree, parts.strata, parts.places, parts.suppliers),
    )


def tested_knobs(sight: Sight) -> tuple[Knob, ...]:
    """The knobs alone: an audit shows nothing else of a customization."""
    scripts = start_scripts(sight.tree, sight.start, sight.scripts)
    filled = templates(sight.tree, scripts, _environment(sight.config))
    return knobs(sight.tree, _bench(sight, scripts, filled))


def _environment(config: Config) -> dict[str, str]:
    """The variables that an image sets."""
    return dict(pair.partition("=")[::2] for pair in config.env)


def _bench(sight: Sight, scripts: Mapping[bytes, str], filled: Sequence[str]) -> Bench:
    programs = started_programs(sight.tree, sight.start, sight.scripts)
    paths = (*programs, *(path.encode("utf-8", "surrogateescape") for path in filled))
    top = sight.settings[-1].side if sight.settings else Side.UNKNOWN
    return Bench(
        environment=_environment(sight.config),
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
