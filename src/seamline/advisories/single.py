"""One package for a newer one: upgrades of what some team's own file installs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from seamline.advisories.ecosystems import is_distribution
from seamline.advisories.floors import Yard, action_key, is_package_flaw
from seamline.advisories.forecast import at_version
from seamline.advisories.upgrades import fixes_of, in_order, upgrade_command
from seamline.advisories.verdict import Verdict
from seamline.model.advisory import Status
from seamline.model.evidence import Message
from seamline.model.finding import Action, Finding
from seamline.model.package import Install
from seamline.model.purl import install_key

_MOST_PATHS = 3
_ROUNDS = 4


def package_actions(findings: Sequence[Finding], taken: AbstractSet[str], yard: Yard) -> Iterator[Action]:
    """One action for all places of one version of a package; packages of a base are renewed with it, a distribution's by
    building again. What was taken by other acts stays with them."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        if finding.key not in taken and _is_mendable(finding) and _is_single(finding, yard):
            purl = finding.purl.partition("@")[0]
            groups.setdefault((purl, finding.version, finding.side.value), []).append(finding)
    known = {each.key for each in findings}  # what has no fix or was ignored is nothing new either
    for members in groups.values():
        action = _upgrade(members, known, yard)
        if action is not None:
            yield action


def _is_mendable(finding: Finding) -> bool:
    return finding.status == Status.FIXED.value and is_package_flaw(finding) and not finding.suppressed


def _is_single(finding: Finding, yard: Yard) -> bool:
    """Whether a file of one's own asks for it: the image's, or that of a base that one's own team builds."""
    floor, install = yard.floor_of(finding), yard.installs[finding.install]
    return not is_distribution(install) and floor.is_ours and yard.place_of(install).position > floor.cut


def _upgrade(members: Sequence[Finding], known: AbstractSet[str], yard: Yard) -> Action | None:
    installs = list({each.install: yard.installs[each.install] for each in members}.values())
    best = _best(members, installs, yard)
    if best is None:
        return None
    target, after = best
    first = members[0]
    mended = [each for each in members if not after.has(each)]
    brings = {key: flaw.id for key, flaw in after.beside.items() if key not in known}
    source = yard.copied_from.get(first.layer)
    args = {
        "package": first.package,
        "version": first.version,
        "target": target,
        "paths": _paths(members),
        "source": source.name if source is not None else "",
    }
    what = "copy-newer" if source else "upgrade-package" if args["paths"] else "upgrade-somewhere"
    return Action(
        key=action_key("upgrade", first.purl.partition("@")[0], first.version, first.side.value),
        what="copy-newer" if source else "upgrade",
        message=Message(what, args),
        command=f"COPY --from={source.name}   # {first.package} >= {target}"
        if source is not None
        else upgrade_command(installs[0], first.package, target),
        owner=first.owner,
        side=first.side,
        mends=tuple(each.key for each in mended),
        adds=tuple(sorted(set(brings.values()))),
        brings=tuple(sorted(brings)),
        leaves=len(members) - len(mended),
    )


class _After(NamedTuple):
    """What would be found at another version: of each install (by its key now), and of all that share their names, by the keys
    of a fresh scan."""

    own: Mapping[str, Sequence[Verdict]]
    beside: Mapping[str, Verdict]

    def has(self, finding: Finding) -> bool:
        return any(flaw.id == finding.id for flaw in self.own[finding.install])

    def number(self) -> int:
        return sum(len(each) for each in self.own.values())


def _after(installs: Sequence[Install], target: str, yard: Yard) -> _After:
    moved = {install_key(each): at_version(each, target) for each in installs}
    group = [moved.get(install_key(each), each) for each in yard.names.namesakes(installs)]
    there = {install_key(each): each for each in group}  # what came to be the same is one
    return _After(
        own={key: tuple(yard.judge([each]).values()) for key, each in moved.items()},
        beside=yard.judge(there.values()),
    )


def _best(members: Sequence[Finding], installs: Sequence[Install], yard: Yard) -> tuple[str, _After] | None:
    """The lowest version that leaves and brings the least, and what would then be found; None where none mends anything."""
    names = {each.id for each in members}
    tried: dict[str, _After] = {}
    targets = fixes_of(members)
    for _ in range(_ROUNDS):
        for target in targets:
            tried[target] = _after(installs, target, yard)
        # what a fixed version brings anew may be fixed further up
        told = [flaw for after in tried.values() for flaws in after.own.values() for flaw in flaws]
        fixes = {text for flaw in told if flaw.id not in names for text in flaw.fixed_in}
        targets = tuple(sorted(fixes - tried.keys()))
        if not targets:
            break
    ordered = in_order(members[0].ecosystem, tried)
    best = min(ordered, key=lambda target: (tried[target].number(), ordered.index(target)), default=None)
    if best is None or all(tried[best].has(each) for each in members):
        return None
    return best, tried[best]


def _paths(members: Sequence[Finding]) -> str:
    shown = sorted(
        {
            f"/{_without_record(each.paths[0])}" + (f"!{each.inside}" if each.inside else "")
            for each in members
            if each.paths
        }
    )
    return ", ".join(shown[:_MOST_PATHS]) + (" ..." if len(shown) > _MOST_PATHS else "")


def _without_record(path: str) -> str:
    """The folder of a package that one file in it only describes."""
    folder, _, name = path.rpartition("/")
    return folder if folder and name in ("METADATA", "PKG-INFO", "package.json") else path
