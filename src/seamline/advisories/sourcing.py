"""Acts on an image's own package sources: what has to be set right before building again brings a fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.advisories.floors import Floor, Yard, action_key, effect_of
from seamline.advisories.series import Series
from seamline.model.evidence import Message
from seamline.model.finding import Action, Finding
from seamline.model.package_source import Change

_OF_PACKAGES = ("unhold", "version")
_MOST_REASONS = 3


def source_actions(
    floor: Floor, members: Sequence[Finding], findings: Sequence[Finding], series: Series, yard: Yard
) -> Iterator[Action]:
    """One act for all findings of a floor that ask for the same to be changed. What it mends is what building again brings once
    that is done."""
    groups: dict[tuple[tuple[str, str], ...], list[Finding]] = {}
    for each in members:
        if each.key in yard.refused and floor.is_ours:
            changes = yard.refused[each.key].changes
            kinds = tuple((one.kind, "" if one.kind in _OF_PACKAGES else one.what) for one in changes)
            groups.setdefault((*kinds, ("owner", each.owner)), []).append(each)
    for group in groups.values():
        action = _action(floor, group, findings, series, yard)
        if action is not None:
            yield action


def _action(
    floor: Floor, members: Sequence[Finding], findings: Sequence[Finding], series: Series, yard: Yard
) -> Action | None:
    refusals = [yard.refused[each.key] for each in members]
    changes = [change for refusal in refusals for change in refusal.changes]
    effect = effect_of(floor, findings, series, yard, frozenset(each.key for each in members))
    mended = [each for each in members if effect is not None and each.key in effect.mends]
    if effect is None or not mended:
        return None
    done = list(_together(changes))
    sides = {each.side for each in mended}
    what = "unhold" if done[0].kind in (*_OF_PACKAGES, "unpin") else "set-sources"
    told = dict.fromkeys(_told(refusal.evidence.message) for refusal in refusals)
    reasons = sorted(told, key=lambda each: each[0] == "package-goes-with")  # first what is kept itself
    return Action(
        key=action_key(what, floor.name, *(each.what for each in done)),
        what=what,
        message=done[0].message,
        command=" && ".join(dict.fromkeys(each.command for each in done if each.command))
        or (yard.advice if done[0].kind == "release" else ""),
        owner=mended[0].owner,
        side=sides.pop() if len(sides) == 1 else floor.side,
        mends=tuple(each.key for each in mended),
        adds=tuple(sorted(set(effect.brings.values()))),
        brings=tuple(sorted(effect.brings)),
        gone=tuple(sorted(effect.gone)),
        leaves=len(members) - len(mended),
        detail=(
            *(each.message for each in done[1:]),
            *(Message(name, dict(args)) for name, args in reasons[:_MOST_REASONS]),
        ),
    )


def _told(message: Message) -> tuple[str, tuple[tuple[str, str | int], ...]]:
    return message.id, tuple(message.args.items())


def _together(changes: Sequence[Change]) -> Iterator[Change]:
    """The changes, each once; those of packages as one that names them all."""
    names = sorted({each.what for each in changes if each.kind == "unhold"})
    if names:
        shown = " ".join(names)
        yield Change(
            "unhold", shown, Message("take-off-hold", {"names": ", ".join(names)}), f"apt-mark unhold {shown}"
        )
    found: dict[tuple[str, str], Change] = {}
    for each in changes:
        if each.kind != "unhold":
            found.setdefault((each.kind, each.what), each)
    yield from found.values()
