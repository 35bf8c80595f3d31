"""One package for a newer one: upgrades of what some team's own file installs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

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
_MOST_NAMESAKES = 64
"""Of more copies of one package without a path than any image has, what the others would be numbered by is left out: each act
would judge them all."""


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
    best = _best(members, installs[0], yard)
    if best is None:
        return None
    target, left = best
    first = members[0]
    mended = [each for each in members if each.id not in left]
    brings = {key: flaw.id for key, flaw in _beside(installs, target, yard).items() if key not in known}
    source = yard.copied_from.get(first.layer) if first.layer is not None else None
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


def _beside(installs: Sequence[Install], target: str, yard: Yard) -> Mapping[str, Verdict]:
    """What a fresh scan would find of these installs at another version and of all that share their names."""
    moved = {install_key(each): at_version(each, target) for each in installs}
    namesakes = yard.names.namesakes(installs)
    if len(namesakes) > _MOST_NAMESAKES:
        namesakes = tuple(installs)
    group = [moved.get(install_key(each), each) for each in namesakes]
    return yard.judge({install_key(each): each for each in group}.values())  # what came to be the same is one


def _best(members: Sequence[Finding], install: Install, yard: Yard) -> tuple[str, frozenset[str]] | None:
    """The lowest version that leaves and brings the least, and the flaws that it has; None where none mends anything. What one
    install has at a version all have, for they are one package."""
    names = {each.id for each in members}
    tried: dict[str, Collection[Verdict]] = {}
    targets = fixes_of(members)
    for _ in range(_ROUNDS):
        for target in targets:
            tried[target] = yard.judge([at_version(install, target)]).values()
        # what a fixed version brings anew may be fixed further up
        brought = [flaw for found in tried.values() for flaw in found if flaw.id not in names]
        targets = tuple(sorted({text for flaw in brought for text in flaw.fixed_in} - tried.keys()))
        if not targets:
            break
    ordered = in_order(members[0].ecosystem, tried)
    best = min(ordered, key=lambda target: (len(tried[target]), ordered.index(target)), default=None)
    if best is None:
        return None
    left = frozenset(flaw.id for flaw in tried[best])
    return None if names <= left else (best, left)


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
