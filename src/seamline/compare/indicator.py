"""What an indicator is: it measures one portrait, and says which way is better, if any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from seamline.model.comparison import IndicatorLine, Measured
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait

LESS, MORE, NEITHER = "less", "more", ""


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


def counted(sides: Iterable[Side | str]) -> Measured:
    """A number of things, with how many of them each side has."""
    found = list(sides)
    return Measured(
        shown=Message("measured-number", {"number": len(found)}),
        number=len(found),
        system=sum(side == Side.SYSTEM for side in found),
        application=sum(side == Side.APPLICATION for side in found),
    )


def days(number: int | None) -> Measured:
    """A number of days, or that nobody knows it."""
    if number is None:
        return Measured(shown=Message("measured-unknown", {}))
    return Measured(shown=Message("measured-days", {"number": number}), number=number)
