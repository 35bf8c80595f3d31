"""What an indicator is: it measures one portrait, and says which way is better, if any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from seamline.model.comparison import IndicatorLine, Measured
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait

LESS, MORE, NEITHER = "less", "more", ""
_MOST_NAMES = 12
UNKNOWN = Measured(shown=Message("measured-unknown", {}))
NONE = Measured(shown=Message("measured-none", {}))


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a comparison. `better` is LESS, MORE or NEITHER."""

    id: str
    measure: Callable[[Portrait], Measured]
    better: str = NEITHER


def compared(indicators: Iterable[Indicator], a: Portrait, b: Portrait) -> Iterator[IndicatorLine]:
    """Both images' values of every indicator."""
    for each in indicators:
        left, right = each.measure(a), each.measure(b)
        yield IndicatorLine(
            id=each.id,
            a=left,
            b=right,
            better=_better(each.better, left.number, right.number),
            why=Message(f"better-{each.better}", {}) if each.better else None,
        )


def _better(way: str, a: float | None, b: float | None) -> str:
    if not way or a is None or b is None or a == b:
        return ""
    return "a" if (a < b) == (way == LESS) else "b"


def counted(found: Iterable[tuple[Side | str, str]]) -> Measured:
    """A number of things, given as (side, name), with how many of them each side has."""
    things = list(found)
    sides = [side for side, _ in things]
    own = sorted(things, key=lambda each: each[0] == Side.SYSTEM)
    return Measured(
        shown=Message("measured-number", {"number": len(things)}),
        number=len(things),
        system=sides.count(Side.SYSTEM),
        application=sides.count(Side.APPLICATION),
        unknown=sides.count(Side.UNKNOWN) or None,
        named=tuple(dict.fromkeys(name for _, name in own if name))[:_MOST_NAMES],
    )


def days(number: int | None) -> Measured:
    """A number of days, or that nobody knows it."""
    if number is None:
        return UNKNOWN
    return Measured(shown=Message("measured-days", {"number": number}), number=number)
