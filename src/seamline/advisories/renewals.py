"""Building a floor again: on the newest base of its line, or with the distribution's newest packages; or asking its maker to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from seamline.advisories.floors import Effect, Floor, Yard, action_key, obsolete_upgrades, pinned
from seamline.advisories.judge import lacking
from seamline.model.evidence import Message, first_names
from seamline.model.finding import Action, Finding, due_first
from seamline.model.package import Install, Side
from seamline.model.seam import Base

_MOST_NAMES = 6


def renewal(floor: Floor, members: Sequence[Finding], effect: Effect | None, yard: Yard) -> list[Action]:
    """The action of a floor for the findings whose fix it must take up; what it would not mend is left to wait."""
    if not members:
        return []
    unknown = [each for each in members if _is_unknown(each)]
    if effect is None:
        return [_learn(floor, members, floor.onto)]
    if unknown:
        return [_learn(floor, members, _newest_of(floor, yard))]
    if not floor.is_ours and floor.base is not None:
        return [_ask(floor, members)]
    if not floor.is_ours and floor.onto is None:
        return [_look_for_newer(floor, members, yard)]
    mended = [each for each in members if each.key in effect.mends]
    return [_build(floor, mended, effect, yard)] if mended else []


def _is_unknown(finding: Finding) -> bool:
    """Whether nobody knows if the newest of a base's line has the fix, for its content was never learnt."""
    first = next(iter(lacking(finding.way)), None)
    return first is not None and first.has_fix is None


def _action(floor: Floor, mended: Sequence[Finding], **fields: object) -> Action:
    sides = {each.side for each in mended}
    values = {
        "key": action_key(
            str(fields["what"]), floor.name, floor.onto.digest or "" if floor.onto is not None else ""
        ),
        "owner": floor.owner,
        "side": sides.pop() if len(sides) == 1 else floor.side,
        "mends": tuple(each.key for each in mended),
        **fields,
    }
    return Action(**values)  # type: ignore[arg-type]


def _build(floor: Floor, mended: Sequence[Finding], effect: Effect, yard: Yard) -> Action:
    """Built again here; what it brings anew and leaves is known before."""
    what, message, command = _act(floor, mended, yard)
    return _action(
        floor,
        mended,
        what=what,
        message=message,
        command=command,
        adds=tuple(sorted(set(effect.brings.values()))),
        brings=tuple(sorted(effect.brings)),
        gone=tuple(sorted(effect.gone)),
        leaves=len(effect.left),
        detail=tuple(_details(floor, mended, yard)),
    )


def _act(floor: Floor, mended: Sequence[Finding], yard: Yard) -> tuple[str, Message, str]:
    onto, below = floor.onto, floor.below
    if onto is not None and below is not None:
        args = {
            "base": onto.reference,
            "digest": onto.digest or "",
            "created": onto.created[:10],
            "old": below.created[:10],
            "part": floor.name,
        }
        if floor.base is not None:
            return "rebuild", Message("rebuild-base-on", args), f"FROM {pinned(onto)}"
        if not floor.is_ours:
            return "pull", Message("pull-newer", args), f"docker pull {pinned(onto)}"
        return "bump-base", Message("stand-on-newer-base", args), f"FROM {pinned(onto)}"
    names = sorted({yard.installs[each.install].package.name for each in mended})
    rebuilt: dict[str, str | int] = {
        "packages": len(names),
        "names": first_names(names, _MOST_NAMES),
        "part": floor.name,
    }
    if floor.base is not None:
        return (
            "rebuild",
            Message("rebuild-base", rebuilt),
            f"docker build --pull --no-cache -t {quote(floor.name)} .",
        )
    return "rebuild", Message("rebuild-layer", rebuilt), "docker build --pull --no-cache ."


def _details(floor: Floor, mended: Sequence[Finding], yard: Yard) -> Iterator[Message]:
    """How many of them are of the base and how many of one's own steps; which upgrades in place are shadowed."""
    own = [each for each in mended if yard.place_of(yard.installs[each.install]).position > floor.cut]
    if own and len(own) < len(mended):
        yield Message("mends-by-part", {"base": len(mended) - len(own), "own": len(own)})
    upgraded = {each.package for each in own if each.is_changed_above}
    if upgraded and floor.base is None:
        yield Message(
            "upgraded-in-place", {"number": len(upgraded), "names": ", ".join(sorted(upgraded)[:_MOST_NAMES])}
        )


def _ask(floor: Floor, mended: Sequence[Finding]) -> Action:
    """Somebody else's base lacks what its distribution, or the base below, has. Once it was built again its name makes that
    known here; layers that no known image is have none, and say what to do about that."""
    named = _is_name(floor.name)
    return _action(
        floor,
        mended,
        what="renew-base",
        message=lacks(floor.name, due_first(mended) or mended[0]),
        command=f"seamline base add {quote(floor.name)} --study" if named else "",
        detail=(Message("known-once-built" if named else _unnamed(floor.name), {"base": floor.name}),),
    )


def _is_name(reference: str) -> bool:
    """Whether an image can be asked for by this: layers have no name, and a digest alone names no place."""
    return (
        not reference.startswith("sha256:")
        and " " not in reference
        and (":" in reference or "@" in reference)
    )


def _unnamed(part: str) -> str:
    """What to do about a part that has no name of its own: layers that no known image is, or that several are."""
    return "name-that-part" if ":" not in part or part.startswith("sha256:") else "tell-which-base"


def lacks(base: str, finding: Finding) -> Message:
    """That `base` has to be built again, with since when the place before it has the fix of a finding."""
    had = [step for step in finding.way if step.has_fix]
    day, source = (had[-1].day, had[-1].place) if had else ("", "")
    args = {"base": base, "source": source, "id": finding.id, "day": day}
    what = "base-lacks-the-fix" if _is_name(base) else "part-lacks-the-fix"
    if not day:
        return Message(f"{what}-undated", args)
    is_change = finding.deadline is not None and finding.deadline.because == "modified"
    by = had[-1] is finding.way[0] and (is_change or not finding.published)
    return Message(f"{what}-by" if by else what, args)


def _newest_of(floor: Floor, yard: Yard) -> Base | None:
    """The newest known one of the base that a floor is: what stands on that could move to it."""
    return next((each.onto for each in yard.floors if each.below == floor.base), None)


def _learn(floor: Floor, members: Sequence[Finding], onto: Base | None) -> Action:
    """The newest of a line is known by its name only."""
    name = onto.reference if onto is not None else floor.name
    return _action(
        floor,
        members,
        what="renew-base",
        message=Message("base-content-unknown", {"base": name}),
        command=f"seamline base add {quote(name)} --study",
    )


def _look_for_newer(floor: Floor, mended: Sequence[Finding], yard: Yard) -> Action:
    return _action(
        floor,
        mended,
        what="renew-base",
        message=Message("no-newer-image-known", {"image": yard.pulled_as or yard.image}),
        command=f"docker pull {yard.pulled_as}" if yard.pulled_as else "",
    )


def drop_upgrades(yard: Yard) -> Iterator[Action]:
    """Upgrades in place that the newest base makes needless: a debt, which mends nothing and goes away with the step."""
    floor = yard.floors[-1]
    if floor.onto is None or not floor.is_ours:
        return
    for layer, installs in obsolete_upgrades(floor, yard):
        place = yard.place_of(installs[0])
        yield Action(
            key=action_key("drop-upgrade", floor.onto.digest or floor.onto.reference, str(layer)),
            what="drop-upgrade",
            message=Message("drop-upgrade", _dropped(floor.onto, layer, installs)),
            command=f"FROM {pinned(floor.onto)}",
            owner=place.owner,
            side=place.side if place.side != Side.UNKNOWN else floor.side,
            mends=(),
            detail=(Message("without-the-step", {"step": step}),) if (step := yard.step_of(layer)) else (),
        )


def _dropped(onto: Base, layer: int, installs: Sequence[Install]) -> dict[str, str | int]:
    names = sorted({each.package.name for each in installs})
    return {
        "names": first_names(names, _MOST_NAMES),
        "layer": layer,
        "base": onto.reference,
        "created": onto.created[:10],
    }
