"""What mends findings: every fixable finding under the one act that mends it, the others under waiting.

Pure. What an act would leave and add is judged over the packages that would then be there, before anything is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seamline.advisories.floors import Effect, Floor, Yard, action_key, effect_of, is_package_flaw
from seamline.advisories.judge import lacking
from seamline.advisories.renewals import drop_upgrades, renewal
from seamline.advisories.series import Series
from seamline.advisories.upgrades import upgrades
from seamline.model.advisory import Status
from seamline.model.day import days_between
from seamline.model.evidence import Message
from seamline.model.finding import Action, Finding
from seamline.model.package import Side


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The findings with their actions' keys; the actions, the most urgent first; what building the image again today would
    mend, and whether that could be judged."""

    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    rebuild_mends: tuple[str, ...]
    rebuild: str


def decide(findings: Sequence[Finding], yard: Yard) -> Decided:
    """Each counted finding under one action."""
    counted = [each for each in findings if not each.suppressed]
    series = Series(each for each in findings if is_package_flaw(each))
    effects = {floor.name: effect_of(floor, findings, series, yard) for floor in yard.floors}
    actions, again = _copies(findings, series, yard)
    taken = {key for action in actions for key in action.mends}
    actions += upgrades(findings, taken, series, yard)
    taken |= {key for action in actions for key in action.mends}
    built: dict[str, Effect] = {}
    for floor in reversed(yard.floors):  # the image first: what it can mend itself it need not wait for
        if floor.base is not None:
            unmended = [each for each in counted if each.key not in taken and is_package_flaw(each)]
            made = _removals(unmended, series, yard)
            actions += made
            taken |= {key for action in made for key in action.mends}
        members = [
            each
            for each in counted
            if each.key not in taken and is_package_flaw(each) and _acts_here(each, floor, effects, yard)
        ]
        made = renewal(floor, members, effects[floor.name], yard)
        actions += made
        built |= {action.key: effect for action in made if (effect := effects[floor.name]) is not None}
        taken |= {key for action in made for key in action.mends}
        made = list(
            _of_sources(floor, [each for each in members if each.key not in taken], findings, series, yard)
        )
        actions += made
        taken |= {key for action in made for key in action.mends}
    actions += drop_upgrades(yard)
    actions += _others([each for each in counted if not is_package_flaw(each)], yard)
    taken |= {key for action in actions for key in action.mends}
    actions += _waits([each for each in counted if each.key not in taken], yard)
    rebuilt = effects[yard.floors[-1].name]
    if rebuilt is not None:
        rebuilt = msgspec.structs.replace(rebuilt, mends=rebuilt.mends | again)
    actions = list(_meanwhile(actions, built, rebuilt))
    return _decided(findings, _finished(actions, findings), rebuilt, yard)


def _copies(findings: Sequence[Finding], series: Series, yard: Yard) -> tuple[list[Action], frozenset[str]]:
    """What copying runtimes again mends, and the keys of what building the same file again does of that."""
    if not yard.copied_from:
        return [], frozenset()
    from seamline.advisories.copies import copied_again, copies  # noqa: PLC0415 - few images need it

    actions = list(copies(findings, series, yard))
    return actions, copied_again(actions, yard)


def _removals(unmended: Sequence[Finding], series: Series, yard: Yard) -> list[Action]:
    """What taking away tools that nothing uses mends."""
    from seamline.advisories.removal import removals  # noqa: PLC0415 - only images on bases need it

    return list(removals(unmended, series, yard))


def _of_sources(
    floor: Floor, left: Sequence[Finding], findings: Sequence[Finding], series: Series, yard: Yard
) -> Iterator[Action]:
    """What is to be set right in the image's own package sources for the findings that are left."""
    if not any(each.key in yard.refused for each in left):
        return
    from seamline.advisories.sourcing import source_actions  # noqa: PLC0415 - few images need it

    yield from source_actions(floor, left, findings, series, yard)


def _meanwhile(
    actions: Sequence[Action], built: Mapping[str, Effect], rebuilt: Effect | None
) -> Iterator[Action]:
    """The acts, those that overlap saying so. Somebody else's base lacks the fix of a package that steps above it upgrade: the
    base's owner acts, and the finding is counted there alone; yet building again here upgrades the package again."""
    asked = {key for each in actions if each.what == "renew-base" for key in each.mends}
    for action in actions:
        if action.what == "renew-base":
            told, number = "rebuilt-meanwhile", len(rebuilt.mends & set(action.mends)) if rebuilt else 0
        else:
            told, number = (
                "mends-meanwhile",
                len(built[action.key].mends & asked) if action.key in built else 0,
            )
        if number:
            detail = (*action.detail, Message(told, {"number": number}))
            yield msgspec.structs.replace(action, detail=detail)
        else:
            yield action


def _acts_here(finding: Finding, floor: Floor, effects: dict[str, Effect | None], yard: Yard) -> bool:
    """Whether a floor is where a finding's fix must be taken up; what has no fix is mended where the newer base lacks the
    package, which only the image itself can tell."""
    if finding.status == Status.FIXED.value:
        return yard.floor_of(finding) is floor
    effect = effects[floor.name]
    return floor is yard.floors[-1] and effect is not None and finding.key in effect.mends


def _decided(
    findings: Sequence[Finding], actions: Sequence[Action], rebuilt: Effect | None, yard: Yard
) -> Decided:
    urgent = {each.key: at for at, each in enumerate(findings)}
    ordered = tuple(sorted(actions, key=lambda action: _order(action, urgent)))
    of: dict[str, list[str]] = {}
    for action in ordered:
        for key in action.mends:
            of.setdefault(key, []).append(action.key)
    counted = {each.key for each in findings if not each.suppressed}
    mends = tuple(sorted(rebuilt.mends & counted)) if rebuilt is not None else ()
    unknown = rebuilt is None or any(action.what == "renew-base" for action in ordered)
    return Decided(
        findings=tuple(
            msgspec.structs.replace(each, actions=tuple(dict.fromkeys(of.get(each.key, ()))))
            for each in findings
        ),
        actions=ordered,
        rebuild_mends=mends if yard.floors[-1].is_ours else (),
        rebuild="needed" if mends else "unknown" if unknown else "useless",
    )


def _others(findings: Sequence[Finding], yard: Yard) -> Iterator[Action]:
    """Ends of support, and tags that moved."""
    for finding in findings:
        ended = finding.ecosystem == "end of life"
        args = {"product": finding.package, "version": finding.version, "day": finding.published}
        told = finding.evidence[0].message if ended and finding.evidence else None
        still = told is not None and told.id == "ended-extended"
        what = "move-while-extended" if still else "move-to-a-supported-release" if ended else "pin-by-digest"
        yield Action(
            key=action_key("next-release" if ended else "pin", finding.key),
            what="next-release" if ended else "pin",
            message=Message(what, {**args, "extended": told.args["extended"]} if told and still else args),
            command=yard.advice if ended else f"FROM {finding.package}@{finding.version}",
            owner=finding.owner,
            side=finding.side,
            mends=(finding.key,),
        )


def _waits(findings: Sequence[Finding], yard: Yard) -> Iterator[Action]:
    """What nobody can mend now: what may still get a fix, what has one that no act brings (the newest image of somebody else
    lacks it too), and what its publisher will not mend, where waiting is in vain."""
    never = [each for each in findings if each.status == Status.WILL_NOT_FIX.value]
    fixed = [each for each in findings if each.status == Status.FIXED.value]
    ended = (Status.WILL_NOT_FIX.value, Status.FIXED.value)
    yet = [each for each in findings if each.status not in ended]
    if yet:
        yield _wait("wait", yet, yard)
    if fixed:
        yield _wait("fix-not-brought", fixed, yard)
    if never:
        yield _wait("will-not-fix", never, yard)


def _wait(told: str, findings: Sequence[Finding], yard: Yard) -> Action:
    oldest = min((each.published[:10] for each in findings if each.published), default="")
    args: dict[str, str | int] = {"number": len(findings)}
    if oldest:
        args |= {"oldest": oldest, "days": days_between(oldest, yard.today) or 0}
    return Action(
        key=action_key(told),
        what="wait",
        message=Message(f"{told}-since" if oldest else f"{told}-undated", args),
        command=yard.advice if told == "will-not-fix" else "",
        owner="",
        side=Side.UNKNOWN,
        mends=tuple(each.key for each in findings),
    )


def _finished(actions: Sequence[Action], findings: Sequence[Finding]) -> list[Action]:
    """The actions with their days, and with who waits for them."""
    of: dict[str, list[Finding]] = {}
    for finding in findings:
        of.setdefault(finding.key, []).append(finding)
    return [_dated(action, [each for key in action.mends for each in of.get(key, ())]) for action in actions]


def _dated(action: Action, own: Sequence[Finding]) -> Action:
    """An action is due when the first of its findings is; the owners further up the fix's way wait for it."""
    gone = action.gone if action.gone is not None and set(action.gone) != set(action.mends) else None
    due = min((each.deadline for each in own if each.deadline is not None), key=lambda d: d.due, default=None)
    waiting = {
        step.owner for each in own for step in lacking(each.way) if step.owner and step.owner != action.owner
    }
    return msgspec.structs.replace(
        action,
        due=due.due if due is not None else "",
        days_left=due.days_left if due is not None else None,
        waiting=tuple(sorted(waiting)) if action.what != "wait" else (),
        gone=gone,
    )


def _order(action: Action, urgent: Mapping[str, int]) -> tuple[int, int, str, int, str]:
    """What can be done before what must be waited for; then the one with the most urgent finding (`urgent` has each finding's
    place among all), by day, and by how much it mends."""
    rank = 2 if action.what == "wait" else 0 if action.mends else 1
    first = min((urgent[key] for key in action.mends if key in urgent), default=len(urgent))
    return (rank, first, action.due or "9999", -len(action.mends), action.key)
