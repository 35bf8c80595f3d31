"""One package for a newer one: upgrades of what some team's own file installs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from seamline.advisories.commands import Askers, copy_command, upgrade_command
from seamline.advisories.fixed_versions import fixes_of, in_order
from seamline.advisories.floors import Yard, action_key, is_package_flaw
from seamline.advisories.forecast import at_version
from seamline.advisories.series import Series
from seamline.advisories.verdict import Flaw
from seamline.model.advisory import Status
from seamline.model.evidence import Message, first_names
from seamline.model.finding import Action, Finding
from seamline.model.package import Install
from seamline.model.purl import install_key

_MOST_PATHS = 3
_ROUNDS = 4


def upgrades(
    findings: Sequence[Finding], taken: AbstractSet[str], series: Series, yard: Yard
) -> Iterator[Action]:
    """One action for all places of one version of a package; packages of a base are renewed with it, a distribution's by
    building again. What was taken by other acts stays with them."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        if finding.key not in taken and _is_mendable(finding) and _is_single(finding, yard):
            purl = finding.purl.partition("@")[0]
            groups.setdefault((purl, finding.version, finding.side.value), []).append(finding)
    askers = Askers(yard.installs if groups else {})
    for members in groups.values():
        action = _upgrade(members, series, yard, askers)
        if action is not None:
            yield action


def _is_mendable(finding: Finding) -> bool:
    return finding.status == Status.FIXED.value and is_package_flaw(finding) and not finding.suppressed


def _is_single(finding: Finding, yard: Yard) -> bool:
    """Whether a file of one's own asks for it: the image's, or that of a base that one's own team builds."""
    floor, install = yard.floor_of(finding), yard.installs[finding.install]
    return (
        not install.package.is_distributed and floor.is_ours and yard.place_of(install).position > floor.cut
    )


def _upgrade(members: Sequence[Finding], series: Series, yard: Yard, askers: Askers) -> Action | None:
    installs = list({each.install: yard.installs[each.install] for each in members}.values())
    best = _best(members, installs[0], yard)
    if best is None:
        return None
    target, left = best
    first = members[0]
    moved = _moved(installs, target, yard)
    mended = [each for each in members if each.id not in left or each.install not in moved]
    there = [(flaw, yard.names.of(install)) for install in moved.values() for flaw in left]
    change = series.without(series.of(map(install_key, installs)), there)
    source = yard.copied_from.get(first.layer) if first.layer is not None else None
    args = {
        "package": first.package,
        "version": first.version,
        "target": _as_written(first, target),
        "paths": _paths(members),
        "source": source.name if source is not None else "",
    }
    what = "copy-newer" if source else "upgrade-package" if args["paths"] else "upgrade-somewhere"
    return Action(
        key=action_key("upgrade", first.purl.partition("@")[0], first.version, first.side.value),
        what="copy-newer" if source else "upgrade",
        message=Message(what, args),
        command=copy_command(source.name, source.folder)
        if source is not None
        else upgrade_command(installs, first.package, target, askers),
        owner=first.owner,
        side=first.side,
        mends=tuple(each.key for each in mended),
        adds=tuple(sorted(set(change.brings.values()))),
        brings=tuple(sorted(change.brings)),
        gone=tuple(sorted(change.gone)),
        leaves=len(members) - len(mended),
        detail=() if source else tuple(_beside(installs, target, askers)),
    )


def _beside(installs: Sequence[Install], target: str, askers: Askers) -> Iterator[Message]:
    """What Gradle is told where Maven has a command; which packages ask for this one too, in a range that an image does not tell."""
    package = installs[0].package
    if package.ecosystem == "maven":
        yield Message("line-for-gradle", {"line": f"{package.namespace}:{package.name}:{target}"})
    names = askers.refusing(installs)
    if names:
        yield Message("asked-for-by", {"names": first_names(names, _MOST_PATHS)})


def _as_written(finding: Finding, target: str) -> str:
    """A version as the installed one is written: Go's say `v`, its advisories do not."""
    return f"v{target}" if finding.ecosystem == "Go" and finding.version.startswith("v") else target


def _moved(installs: Sequence[Install], target: str, yard: Yard) -> Mapping[str, Install]:
    """The installs at another version, by their keys of today; without those that come to be the same as another."""
    there = yard.installs.keys() - {install_key(each) for each in installs}
    moved: dict[str, Install] = {}
    for each in installs:
        made = at_version(each, target)
        key = install_key(made)
        if key not in there:
            moved[install_key(each)] = made
            there |= {key}
    return moved


def _best(members: Sequence[Finding], install: Install, yard: Yard) -> tuple[str, frozenset[str]] | None:
    """The lowest version that leaves and brings the least, and the flaws that it has; None where none mends anything. What one
    install has at a version all have, for they are one package."""
    tried: dict[str, Collection[Flaw]] = {}
    _try(fixes_of(members), install, tried, yard)
    if all(
        tried.values()
    ):  # one record has no fix, or a lower one, where another goes on to a higher version
        now = yard.judge([install]).values()
        _try(
            _bounds(members[0], (*now, *(flaw for found in tried.values() for flaw in found))),
            install,
            tried,
            yard,
        )
    ordered = in_order(members[0].ecosystem, tried)
    best = min(ordered, key=lambda target: (len(tried[target]), ordered.index(target)), default=None)
    if best is None:
        return None
    left = frozenset(flaw.id for flaw in tried[best])
    return None if {each.id for each in members} <= left else (best, left)


def _try(targets: Iterable[str], install: Install, tried: dict[str, Collection[Flaw]], yard: Yard) -> None:
    """Judges the package at versions; what one of them has may be fixed further up, which is tried too."""
    for _ in range(_ROUNDS):
        targets = tuple(sorted(set(targets) - tried.keys()))
        for target in targets:
            tried[target] = yard.judge([at_version(install, target)]).values()
        targets = {text for target in targets for flaw in tried[target] for text in flaw.fixed_in}


def _bounds(finding: Finding, flaws: Iterable[Flaw]) -> Iterable[str]:
    """Every version above the installed one that the records of these flaws call fixed, of whichever range."""
    texts = {each.fixed for flaw in flaws for hit in flaw.hits for each in hit.affected.ranges if each.fixed}
    ordered = in_order(finding.ecosystem, {*texts, finding.version})
    return ordered[ordered.index(finding.version) + 1 :] if finding.version in ordered else ()


def _paths(members: Sequence[Finding]) -> str:
    shown = sorted(
        {
            f"/{_without_record(each.paths[0])}" + (f"!{each.inside}" if each.inside else "")
            for each in members
            if each.paths
        }
    )
    return first_names(shown, _MOST_PATHS)


def _without_record(path: str) -> str:
    """The folder of a package that one file in it only describes."""
    folder, _, name = path.rpartition("/")
    return folder if folder and name in ("METADATA", "PKG-INFO", "package.json") else path
