"""What an indicator is: it measures one portrait, and says which way is better, if any."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from enum import IntEnum

import msgspec

from seamline.model.comparison import IndicatorLine, Measured
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait

LESS, MORE, NEITHER = "less", "more", ""
_MOST_NAMES = 12
UNKNOWN = Measured(shown=Message("measured-unknown", {}))
NONE = Measured(shown=Message("measured-none", {}))


class Needs(IntEnum):
    """What must have been read for a measure to hold."""

    NOTHING = 0
    FILES = 1
    PACKAGES = 2


_FILES_UNREAD = frozenset(("layer-not-read", "not-readable"))
"""Gaps behind which any file may be, or its deletion."""
_PACKAGES_UNREAD = _FILES_UNREAD | frozenset(
    ("unreadable-file", "no-package-found", "document-without-packages", "package-database-elsewhere", "package-database-empty")
)  # fmt: skip
"""Gaps behind which packages may be."""
_DATABASES = frozenset(("apk", "dpkg", "pacman", "rpm"))
"""Readers of whole databases of packages."""


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a comparison. `better` is LESS, MORE or NEITHER; `needs` is what the measure is taken from."""

    id: str
    measure: Callable[[Portrait], Measured]
    better: str = NEITHER
    needs: Needs = Needs.NOTHING

    def of(self, portrait: Portrait, unread: Container[Needs]) -> Measured:
        """The value; of an image that was read in part what was found of it, which orders nothing: what was not read may hold
        more, or take away what is below it."""
        found = self.measure(portrait)
        if found.shown == UNKNOWN.shown or self.needs not in unread:
            return found
        if found.shown.id == "measured-number" and found.number:
            shown = Message("measured-number-partly", found.shown.args)
            return msgspec.structs.replace(found, shown=shown, number=None)
        return UNKNOWN


def unread_of(portrait: Portrait) -> frozenset[Needs]:
    """What measures need and was not read, or not all of it."""
    messages = [gap.message for gap in portrait.gaps]
    unread = {Needs.FILES: _FILES_UNREAD, Needs.PACKAGES: _PACKAGES_UNREAD}
    return frozenset(
        needs for needs, ids in unread.items() if any(_hides(message, ids) for message in messages)
    )


def _hides(message: Message, unread: frozenset[str]) -> bool:
    """One package of a language that cannot be read costs itself alone; a database costs all of it."""
    if message.id == "unreadable-file" and message.args.get("reader") not in _DATABASES:
        return False
    return message.id in unread


def compared(
    indicators: Iterable[Indicator], a: Mapping[str, Measured], b: Mapping[str, Measured]
) -> Iterator[IndicatorLine]:
    """Both images' values of every indicator."""
    for each in indicators:
        left, right = a[each.id], b[each.id]
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
