"""One image's customization as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from seamline.customization.bulk import Bulk
from seamline.customization.changes import file_changes, package_changes, setting_changes, tallied
from seamline.customization.knobs import Bench, knobs
from seamline.customization.start_scripts import start_scripts, started_programs
from seamline.customization.templates import templates
from seamline.customization.waste import by_side
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
    """The parts of an image, its bulk, and for each place that this tells of the part that it is of."""

    strata: tuple[Stratum, ...]
    bulk: Bulk
    part_of: Sequence[int]


def customization(sight: Sight, parts: Parts) -> Customization:
    """What was changed, which knobs work, what is left over."""
    tree, bulk = sight.tree, parts.bulk
    sides = [parts.strata[at].side for at in parts.part_of]
    own = tallied(bulk.tallies, [side != Side.SYSTEM for side in sides])
    scripts = start_scripts(tree, sight.start, sight.scripts)
    filled = templates(tree, scripts, _environment(sight.config))
    return Customization(
        base=sight.base.reference if sight.base is not None else "",
        changes=(
            file_changes(own, tree, sight.side_of),
            package_changes(sight.installs, sight.side_of_install, sight.inventory),
            setting_changes(sight.settings, sight.base),
        ),
        knobs=knobs(tree, _bench(sight, scripts, filled)),
        waste=by_side(bulk.heaps, sides),
        total_bytes=own.total_bytes,
        templates=filled,
        weights=weights(bulk.loads, parts.strata, parts.part_of),
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
