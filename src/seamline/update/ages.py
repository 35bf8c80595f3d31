"""How old each part of an image is, how its base is named, and how far it is behind that base's line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from seamline.model.day import day_of, days_between
from seamline.model.finding import Action
from seamline.model.report import StratumLine
from seamline.model.seam import Base
from seamline.model.update import PartAge

_FIRST_IMAGES = "2013-03-01"
"""When the first container images were released. Source: Docker's changelog, 0.1.0, 2013-03-23."""
_REBUILDS = ("bump-base", "rebuild", "pull")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part with what the ledger knows of it: its base, the later images of that base's line (oldest first), every
    image of the line, how the base is named and by which name it could be pinned, who keeps it, whether one's own team
    builds it, the day that it was made, and whether both it and the newest of its line were looked into."""

    line: StratumLine
    owner: str
    is_ours: bool
    created: str
    base: Base | None = None
    later: tuple[Base, ...] = ()
    every: tuple[Base, ...] = ()
    pin: str = ""
    propose: str = ""
    is_compared: bool = False


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What the scan foretells: its actions, by the key of each finding the part that it lies in, and whether there were
    advisories to judge by."""

    actions: tuple[Action, ...]
    places: Mapping[str, int]
    is_judged: bool


def ages(parts: Sequence[Part], forecast: Forecast, today: str) -> tuple[PartAge, ...]:
    """The parts bottom up; what a move of each would mend is what the actions of the scan foretell."""
    return tuple(_age(at, parts, forecast, today) for at in range(len(parts)))


def _age(at: int, parts: Sequence[Part], forecast: Forecast, today: str) -> PartAge:
    part, top = parts[at], parts[-1]
    created = dated(part.created)
    base, newest = part.base, part.later[-1] if part.later else None
    mends, below, adds = _foretold(at, part, forecast)
    is_alone = bool(part.propose) and base is not None and base.index_digest is None
    return PartAge(
        stratum=part.line.name,
        side=part.line.side,
        owner=part.owner,
        created=created,
        age_days=days_between(created, today),
        reference=base.reference if base is not None else "",
        pin=part.pin,
        propose=part.propose,
        propose_platform=base.platform if is_alone and base is not None else "",
        newest=newest.reference if newest is not None else "",
        newest_created=dated(newest.created) if newest is not None else "",
        behind_days=_behind(part, newest),
        behind=len(part.later),
        cadence_days=cadence(part.every),
        mends=mends,
        adds=adds,
        mends_below=below,
        is_compared=part.is_compared,
        forces=forced(part, top),
        acts=next((each.owner for each in parts[at:] if each.is_ours), top.owner),
    )


def _behind(part: Part, newest: Base | None) -> int | None:
    if newest is None:
        return 0 if part.every else None
    return days_between(dated(part.created), dated(newest.created))


def _foretold(at: int, part: Part, forecast: Forecast) -> tuple[int | None, int | None, int | None]:
    """What a move to the newest of the line mends, how much of that comes with the base itself, and what it brings."""
    if part.base is None:
        return None, None, None
    if not part.later:
        return 0, None, 0
    moves = [each for each in forecast.actions if each.what in _REBUILDS]
    move = _move(part.later[-1], moves)
    if move is None:  # the scan names every act that mends something
        is_known = part.is_compared and forecast.is_judged
        return (0 if is_known else None), None, None
    below = sum(forecast.places.get(key, at + 1) <= at for key in move.mends)
    return len(move.mends), below, len(move.adds)


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
    days = sorted({day for each in line if (day := dated(each.created))})
    gaps = [gap for one, other in pairwise(days) if (gap := days_between(one, other)) is not None]
    return median_days(sorted(gaps)) if gaps else None


def median_days(rising: Sequence[int]) -> int:
    """The middle one of some days in rising order, or what lies between the middle two, rounded to even."""
    return round((rising[(len(rising) - 1) // 2] + rising[len(rising) // 2]) / 2)


def dated(created: str) -> str:
    """The day of a moment; empty where no image can be that old, which is what tools write that leave the moment out."""
    day = day_of(created)
    return day if day >= _FIRST_IMAGES else ""
