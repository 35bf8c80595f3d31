"""The places where an image's system can be mended, from the lowest base up to the image itself, and what building again at
one of them would change.

A floor that is built again asks the distribution for its newest packages and stands on the newest known base of the line
below; the floors above follow. What comes of that is judged over the packages that would then be there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import msgspec

from seamline.advisories.fixed_versions import fixes_of
from seamline.advisories.forecast import Judge, built_again, not_older, on_base, slot
from seamline.advisories.judge import Place, lacking
from seamline.advisories.keys import Names
from seamline.advisories.series import Series
from seamline.model.advisory import Status
from seamline.model.finding import Finding
from seamline.model.package import Install, Side
from seamline.model.package_source import Refusal
from seamline.model.purl import install_key
from seamline.model.seam import Base, Inventory, package_label

THIS_IMAGE = "this image"
ITS_SOURCES = "its package sources"
"""The place on a fix's way that an image's own sources are, where they lack it."""
_KEY_BYTES = 8


def action_key(*parts: str) -> str:
    """What names an action: its kind and what it acts on."""
    return blake2b("\0".join(parts).encode("utf-8", "backslashreplace"), digest_size=_KEY_BYTES).hexdigest()


def pinned(base: Base) -> str:
    """A base by name and digest."""
    return f"{base.reference}@{base.digest}" if base.digest else base.reference


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """One place. `base` is the base that it is, None for the image itself; `below` what it stands on, and `onto` the newest
    known one of that line (None where there is none). `cut` is the position of the topmost stratum that belongs to `below`,
    -1 for none. `is_ours` says that one's own team can build it."""

    name: str
    owner: str
    side: Side
    is_ours: bool
    base: Base | None = None
    below: Base | None = None
    onto: Base | None = None
    cut: int = -1


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """Where a layer was copied from: the base that holds its content, the folder that the COPY filled (empty for the root), and
    the newest known image of the base's line (None where there is none)."""

    name: str
    folder: str
    onto: Base | None = None


class Yard(msgspec.Struct, frozen=True, kw_only=True):
    """What deciding needs: the image's name, its installs by key, their names through rebuilds and where they stand, its floors bottom up (the image is the
    last), what a base holds, the judge of forecasts, the build step of a layer, where layers were copied from, the day of
    judgement, and the tools that something in the image names (None where nobody looked), the name to pull the image by,
    what tells other bases to stand on (nothing where only a document of an image is known), the user that the image runs as, and by
    the keys of findings why the image's own sources do not give their fixes."""

    image: str
    installs: Mapping[str, Install]
    names: Names
    place_of: Callable[[Install], Place]
    origin_of: Callable[[Install], Place]
    floors: Sequence[Floor]
    inventory_of: Callable[[Base], Inventory | None]
    judge: Judge
    step_of: Callable[[int], str]
    copied_from: Mapping[int, Copied]
    today: str
    uses: Callable[[], frozenset[str]] | None = None
    pulled_as: str = ""
    advice: str = ""
    user: str = ""
    refused: Mapping[str, Refusal] = {}

    def floor_of(self, finding: Finding) -> Floor:
        """Where the fix of a finding must be taken up next."""
        places = (step.place for step in lacking(finding.way) if step.place != ITS_SOURCES)
        name = next(places, THIS_IMAGE)
        return next((floor for floor in self.floors if floor.name == name), self.floors[-1])


class Effect(msgspec.Struct, frozen=True):
    """What building a floor again changes: keys of findings that go, those that a fresh scan no longer has, and those that come
    (with the flaw)."""

    mends: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    brings: Mapping[str, str] = {}
    left: frozenset[str] = frozenset()


def is_package_flaw(finding: Finding) -> bool:
    """Whether an advisory speaks of a package: ends of support and moved tags are findings of another kind."""
    return finding.ecosystem not in ("end of life", "tag")


def effect_of(
    floor: Floor,
    findings: Sequence[Finding],
    series: Series,
    yard: Yard,
    unlocked: Collection[str] = (),
) -> Effect | None:
    """The effect; None where nobody knows what the newer base holds. What the sources do not give stays away, but for the fixes
    of the findings whose keys are `unlocked`."""
    standing = [each for each in yard.installs.values() if yard.place_of(each).position <= floor.cut]
    above = [each for each in yard.installs.values() if yard.place_of(each).position > floor.cut]
    below: Iterable[Install] = standing
    if floor.onto is not None:
        inventory = yard.inventory_of(floor.onto)
        if inventory is None:
            return None
        gone = _taken_away(floor, standing, above, yard)
        below = (each for each in on_base(standing, inventory) if _name(each) not in gone)
    counted = [each for each in findings if is_package_flaw(each)]
    given = [each for each in counted if each.key not in yard.refused or each.key in unlocked]
    after = yard.judge(built_again(below, above, _fixed(given, above)))
    change = series.beside(counted, after)
    replaced = {
        each.key for each in counted if yard.place_of(yard.installs[each.install]).position <= floor.cut
    }
    return Effect(
        mends=change.mends,
        gone=change.gone,
        brings=change.brings,
        left=frozenset(replaced - change.mends),
    )


def _name(install: Install) -> str:
    return package_label(install).partition("=")[0]


def _taken_away(
    floor: Floor, standing: Iterable[Install], above: Iterable[Install], yard: Yard
) -> frozenset[str]:
    """The packages of a base that the steps above it remove, or replace by their own: they would do so again."""
    held = yard.inventory_of(floor.below) if floor.below is not None else None
    if held is None:
        return frozenset()
    left = {_name(each) for each in standing} | {_name(each) for each in above if each.package.is_distributed}
    return frozenset(label.partition("=")[0] for label in held.packages) - left


def _fixed(findings: Iterable[Finding], above: Iterable[Install]) -> Mapping[str, str]:
    """The versions that the distribution has fixed, for the packages of build steps: install key -> version."""
    keys = {install_key(each) for each in above if each.package.is_distributed}
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status == Status.FIXED.value and finding.install in keys:
            groups.setdefault(finding.install, []).append(finding)
    # the newest package is at least the highest of its fixes
    return {key: fixes[-1] for key, members in groups.items() if (fixes := fixes_of(members))}


def obsolete_upgrades(floor: Floor, yard: Yard) -> Iterator[tuple[int, tuple[Install, ...]]]:
    """The layers all of whose in-place upgrades of base packages the newest base has overtaken, with those packages."""
    inventory = yard.inventory_of(floor.onto) if floor.onto is not None else None
    if inventory is None:
        return
    there = {slot(each): each for each in on_base(tuple(yard.installs.values()), inventory)}
    layers: dict[int, list[Install]] = {}
    for install in yard.installs.values():
        if is_upgraded(install, floor.cut, yard):
            layers.setdefault(install.current_layer or 0, []).append(install)
    for layer, installs in sorted(layers.items()):
        if all((base := there.get(slot(each))) is not None and not_older(base, each) for each in installs):
            yield layer, tuple(installs)


def is_upgraded(install: Install, cut: int, yard: Yard) -> bool:
    """Whether a base below `cut` brought a package and a step above it another version."""
    return (
        install.package.is_distributed
        and install.is_changed_above
        and yard.origin_of(install).position <= cut < yard.place_of(install).position
    )
