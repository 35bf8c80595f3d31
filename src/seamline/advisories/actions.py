"""What mends findings: every fixable finding under the one act that mends it, the others under waiting.

Pure. What an act would leave and add is judged over the packages that would then be there, before anything is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import msgspec

from seamline.advisories.forecast import Judge, at_version, on_base
from seamline.advisories.judge import Place
from seamline.model.advisory import Status
from seamline.model.evidence import Message
from seamline.model.finding import Action, Finding
from seamline.model.package import Install, Side
from seamline.model.seam import Base
from seamline.versions.orders import UnreadableVersion, order_of

_DISTRIBUTIONS = frozenset(("deb", "rpm", "apk", "alpm"))
_KEY_BYTES = 8


class Yard(msgspec.Struct, frozen=True, kw_only=True):
    """What deciding needs: the image's name and its installs by key, where they stand, the newest known base of a
    stratum's line (None where the base is the newest, or unknown), the judge of forecasts, and whether the image is one
    that somebody else builds (`pull` instead of rebuilding)."""

    image: str
    installs: Mapping[str, Install]
    place_of: Callable[[Install], Place]
    newer: Callable[[Base], Base | None]
    judge: Judge
    is_pulled: bool = False


def decide(findings: Sequence[Finding], yard: Yard) -> tuple[tuple[Finding, ...], tuple[Action, ...]]:
    """The findings with their actions' keys, and the actions: those that mend most urgent things first."""
    actions = [
        *_base_actions(findings, yard),
        *_package_actions(findings, yard),
        *_rebuilds(findings, yard),
    ]
    mended = {key for action in actions for key in action.mends}
    actions += _waits([each for each in findings if each.key not in mended and not each.suppressed])
    actions = sorted(map(_dated(findings), actions), key=_order)
    of: dict[str, list[str]] = {}
    for action in actions:
        for key in action.mends:
            of.setdefault(key, []).append(action.key)
    named = tuple(
        msgspec.structs.replace(finding, actions=tuple(dict.fromkeys(of.get(finding.key, ()))))
        for finding in findings
    )
    return named, tuple(actions)


def _key(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "backslashreplace"), digest_size=_KEY_BYTES).hexdigest()


def _open(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings that count and have a fix."""
    return (each for each in findings if each.status == Status.FIXED.value and not each.suppressed)


def _base_actions(findings: Sequence[Finding], yard: Yard) -> Iterator[Action]:
    """Standing on a newer digest of the same line, forecast package by package."""
    strata: dict[str, list[Finding]] = {}
    for finding in findings:
        place = yard.place_of(yard.installs[finding.install])
        if place.base is not None and not finding.suppressed:
            strata.setdefault(place.stratum, []).append(finding)
    for stratum, members in strata.items():
        base = yard.place_of(yard.installs[members[0].install]).base
        newer = yard.newer(base) if base is not None else None
        if base is None or newer is None:
            continue
        action = _onto(base, newer, stratum, members, yard)
        if action is not None:
            yield action


def _onto(base: Base, newer: Base, stratum: str, members: Sequence[Finding], yard: Yard) -> Action | None:
    standing = [each for each in yard.installs.values() if yard.place_of(each).stratum == stratum]
    message = Message(
        "stand-on-newer-base",
        {
            "base": newer.reference,
            "digest": newer.digest or "",
            "created": newer.created[:10],
            "old": base.created[:10],
        },
    )
    reference = f"{newer.reference}@{newer.digest}" if newer.digest else newer.reference
    command = f"docker pull {reference}" if yard.is_pulled else f"FROM {reference}"
    if newer.inventory is None:
        return None
    before = {(each.id, yard.installs[each.install].package.name) for each in members}
    after = yard.judge(on_base(standing, newer.inventory))
    mends = tuple(
        each.key for each in members if (each.id, yard.installs[each.install].package.name) not in after
    )
    adds = tuple(sorted({flaw for flaw, name in after if (flaw, name) not in before}))
    if not mends:
        return None
    return Action(
        key=_key("bump-base", stratum, newer.digest or newer.reference),
        what="pull" if yard.is_pulled else "bump-base",
        message=message,
        command=command,
        owner=members[0].owner,
        side=members[0].side,
        mends=mends,
        adds=adds,
        leaves=len(members) - len(mends),
    )


def _package_actions(findings: Sequence[Finding], yard: Yard) -> Iterator[Action]:
    """Upgrades of packages that the file of some team installs, one action an install's package and version."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in _open(findings):
        install = yard.installs[finding.install]
        if install.package.ecosystem not in _DISTRIBUTIONS and yard.place_of(install).base is None:
            purl = finding.purl.partition("@")[0]
            groups.setdefault((purl, finding.version, finding.side.value), []).append(finding)
    for (purl, version, side), members in groups.items():
        target = lowest_mending(members)
        if target is None:
            continue
        install = yard.installs[members[0].install]
        after = yard.judge([at_version(install, target)])
        mends = tuple(each.key for each in members if (each.id, install.package.name) not in after)
        adds = sorted({flaw for flaw, _ in after} - {each.id for each in members})
        paths = sorted({path for each in members for path in _shown_paths(each)})
        args = {
            "package": members[0].package,
            "version": version,
            "target": target,
            "paths": ", ".join(paths[:3]),
        }
        if mends:
            yield Action(
                key=_key("upgrade", purl, version, side),
                what="upgrade",
                message=Message("upgrade-package", args),
                command=upgrade_command(install, members[0].package, target),
                owner=members[0].owner,
                side=members[0].side,
                mends=mends,
                adds=tuple(adds),
                leaves=len(members) - len(mends),
            )


def _shown_paths(finding: Finding) -> Iterator[str]:
    for path in finding.paths[:1]:
        yield f"/{path}" + (f"!{finding.inside}" if finding.inside else "")


def lowest_mending(findings: Iterable[Finding]) -> str | None:
    """The lowest version that mends as much as any does: of every flaw's fixes the nearest above, the highest of those."""
    needed: list[tuple[bytes, str]] = []
    for finding in findings:
        order = order_of(finding.ecosystem)
        if order is None:
            return None
        try:
            current = order(finding.version)
            above = [(order(text), text) for text in finding.fixed_in]
        except UnreadableVersion:
            continue
        nearest = min((pair for pair in above if pair[0] > current), default=None)
        if nearest is not None:
            needed.append(nearest)
    return max(needed)[1] if needed else None


def upgrade_command(install: Install, package: str, target: str) -> str:
    """What to type where the package is asked for; a line to change where its file is the team's own."""
    match install.package.ecosystem:
        case "pypi":
            return f"pip install '{package}>={target}'"
        case "npm":
            return f"npm install {package}@{target}"
        case "golang":
            if package == "stdlib":
                return f"go get go@{target} toolchain@go{target}, and build again"
            return f"go get {package}@v{target.removeprefix('v')}, and build again"
        case "cargo":
            return f"cargo update -p {package} --precise {target}, and build again"
        case "gem":
            return f"bundle update {package}   # >= {target}"
        case "composer":
            return f"composer require {package}:^{target}"
        case "nuget":
            return f"dotnet add package {package} --version {target}"
        case "maven":
            return f"set {package.replace('/', ':')} to {target} in pom.xml or build.gradle, and build again"
        case _:
            return f"build with {package} {target}"


def _rebuilds(findings: Sequence[Finding], yard: Yard) -> Iterator[Action]:
    """Distribution packages that a build step installs: the same step today brings the fixed ones."""
    groups: dict[str, list[Finding]] = {}
    for finding in _open(findings):
        install = yard.installs[finding.install]
        place = yard.place_of(install)
        if install.package.ecosystem in _DISTRIBUTIONS and place.base is None:
            groups.setdefault(place.stratum, []).append(finding)
    for stratum, members in groups.items():
        upgraded = sum(each.layer != each.origin_layer for each in members)
        packages = sorted({yard.installs[each.install].package.name for each in members})
        yield Action(
            key=_key("rebuild", stratum),
            what="rebuild",
            message=Message(
                "rebuild-layer",
                {"packages": len(packages), "names": ", ".join(packages[:6]), "part": stratum},
            ),
            command=f"docker pull {yard.image}" if yard.is_pulled else "docker build --pull --no-cache .",
            owner=members[0].owner,
            side=members[0].side,
            mends=tuple(each.key for each in members),
            detail=(Message("upgraded-in-place", {"number": upgraded}),) if upgraded else (),
        )


def _waits(findings: Sequence[Finding]) -> Iterator[Action]:
    """What nobody can mend now; and what is mended elsewhere, but not here yet."""
    stuck = [each for each in findings if each.status == Status.FIXED.value]
    groups: dict[tuple[str, Side], list[Finding]] = {}
    for each in stuck:
        groups.setdefault((each.owner, each.side), []).append(each)
    for (owner, side), members in groups.items():
        bases = sorted({each.stratum for each in members})
        yield Action(
            key=_key("renew-base", owner, side.value),
            what="renew-base",
            message=Message("no-newer-base-known", {"bases": ", ".join(bases[:3])}),
            command="seamline base add " + " ".join(bases[:3])
            if bases[0]
            else "seamline base add <its base image>",
            owner=owner,
            side=side,
            mends=tuple(each.key for each in members),
        )
    unfixed = [each for each in findings if each.status in (Status.NO_FIX.value, Status.WILL_NOT_FIX.value)]
    if unfixed:
        oldest = min((each.published for each in unfixed if each.published), default="")
        yield Action(
            key=_key("wait"),
            what="wait",
            message=Message("wait-for-fix", {"number": len(unfixed), "oldest": oldest}),
            command="",
            owner="",
            side=Side.UNKNOWN,
            mends=tuple(each.key for each in unfixed),
        )


def _dated(findings: Sequence[Finding]) -> Callable[[Action], Action]:
    """An action is due when the first of its findings is."""
    by_key = {finding.key: finding for finding in findings}

    def dated(action: Action) -> Action:
        due = min(
            (d for key in action.mends if (d := by_key[key].deadline) is not None),
            key=lambda d: d.due,
            default=None,
        )
        if due is None:
            return action
        return msgspec.structs.replace(action, due=due.due, days_left=due.days_left)

    return dated


def _order(action: Action) -> tuple[int, str, int, str]:
    return (action.what == "wait", action.due or "9999", -len(action.mends), action.key)


def rebuild_word(actions: Iterable[Action]) -> str:
    """needed, useless or unknown: whether building the same file again today would mend anything."""
    kinds = {action.what for action in actions if action.mends}
    if kinds & {"rebuild", "bump-base"}:
        return "needed"
    return "unknown" if "renew-base" in kinds else "useless"
