"""How old each part of an image is, how its base is named, and how far it is behind that base's line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from seamline.model.day import day_of, days_between
from seamline.model.finding import Action
from seamline.model.report import StratumLine
from seamline.model.seam import Base
from seamline.model.update import PartAge

_REBUILDS = ("bump-base", "rebuild", "pull")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part with what the ledger knows of it: its base, the later images of that base's line (oldest first), every
    image of the line, how the base is named and by which name it could be pinned, who keeps it, whether one's own team
    builds it, and the day that it was made."""

    line: StratumLine
    owner: str
    is_ours: bool
    created: str
    base: Base | None = None
    later: tuple[Base, ...] = ()
    every: tuple[Base, ...] = ()
    pin: str = ""
    propose: str = ""


def ages(parts: Sequence[Part], actions: Iterable[Action], today: str) -> tuple[PartAge, ...]:
    """The parts bottom up; what a move of each would mend is what the actions of the scan foretell."""
    moves = [each for each in actions if each.what in _REBUILDS]
    return tuple(_age(part, parts, moves, today) for part in parts)


def _age(part: Part, parts: Sequence[Part], moves: Sequence[Action], today: str) -> PartAge:
    created = part.created[:10]
    newest = part.later[-1] if part.later else None
    move = _move(newest, moves)
    top = parts[-1]
    return PartAge(
        stratum=part.line.name,
        side=part.line.side,
        owner=part.owner,
        created=created,
        age_days=days_between(created, today),
        reference=part.base.reference if part.base is not None else "",
        pin=part.pin,
        propose=part.propose,
        propose_platform=part.base.platform
        if part.propose and part.base is not None and part.base.index_digest is None
        else "",
        newest=newest.reference if newest is not None else "",
        newest_created=newest.created[:10] if newest is not None else "",
        behind_days=days_between(created, newest.created[:10])
        if newest is not None
        else 0
        if part.every
        else None,
        behind=len(part.later),
        cadence_days=cadence(part.every),
        mends=len(move.mends)
        if move is not None
        else 0
        if part.base is not None and newest is None
        else None,
        adds=len(move.adds) if move is not None else 0 if part.base is not None and newest is None else None,
        forces=forced(part, top),
        acts=part.owner if part.is_ours else top.owner,
    )


def _move(newest: Base | None, moves: Sequence[Action]) -> Action | None:
    """The action that takes a part to the newest image of its line."""
    if newest is None:
        return None
    names = {newest.digest, newest.reference}
    return next(
        (
            each
            for each in moves
            if names.intersection(
                (str(each.message.args.get("digest", "")), str(each.message.args.get("base", "")))
            )
        ),
        None,
    )


def forced(part: Part, top: Part) -> tuple[str, ...]:
    """What an update of a part takes before it runs anywhere: a base that others build on is renewed by its maker and then
    taken up from there; an image that one does not build is pulled."""
    if not top.is_ours:
        return ("pull", "restart")
    if part.base is None or part is top:
        return ("rebuild", "push", "pull", "restart")
    return ("rebuild or rebase", "push", "pull", "restart")


def cadence(line: Sequence[Base]) -> int | None:
    """The median number of days between two images of a line; None for fewer than two."""
    days = sorted({day for each in line if (day := day_of(each.created))})
    gaps = [gap for one, other in pairwise(days) if (gap := days_between(one, other)) is not None]
    return median_days(sorted(gaps)) if gaps else None


def median_days(rising: Sequence[int]) -> int:
    """The middle one of some days in rising order, or what lies between the middle two, rounded to even."""
    return round((rising[(len(rising) - 1) // 2] + rising[len(rising) // 2]) / 2)
