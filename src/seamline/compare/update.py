"""The indicators of updates and maintenance."""

from __future__ import annotations

import msgspec

from seamline.compare.indicator import LESS, MORE, NONE, UNKNOWN, Indicator, Needs, days
from seamline.compare.security import is_judged
from seamline.model.comparison import Measured
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.update import PartAge

_PINS = {"digest": 3, "date tag": 2, "release tag": 1, "point release": 1, "moving tag": 0}
"""How exactly a name says which image is meant."""


def _newest_age(portrait: Portrait) -> Measured:
    return days(min(_ages(portrait), default=None))


def _oldest_age(portrait: Portrait) -> Measured:
    return days(max(_ages(portrait), default=None))


def _ages(portrait: Portrait) -> list[int]:
    return [part.age_days for part in portrait.updates.parts if part.age_days is not None]


def base_of(portrait: Portrait) -> PartAge | None:
    """The topmost known base of the system side."""
    bases = [part for part in portrait.updates.parts if part.reference and part.side == Side.SYSTEM]
    return bases[-1] if bases else None


def _pinned(portrait: Portrait) -> Measured:
    base = base_of(portrait)
    if base is None or not base.pin:
        return UNKNOWN
    shown = Message(f"pin-{base.pin.replace(' ', '-')}", {})
    return Measured(shown=shown, number=_PINS.get(base.pin))


def _behind(portrait: Portrait) -> Measured:
    base = base_of(portrait)
    if base is None or base.behind_days is None:
        return UNKNOWN
    args: dict[str, str | int] = {"number": base.behind_days, "images": base.behind}
    return Measured(shown=Message("measured-behind", args), number=base.behind_days)


def _support(portrait: Portrait) -> Measured:
    """The earliest end of security support of anything inside, with the extended one."""
    kept = [each for each in portrait.updates.support if each.days_left is not None or each.ended]
    if not kept:
        why = portrait.updates.support_unknown
        return Measured(shown=why) if why is not None else UNKNOWN
    first = min(kept, key=lambda each: (each.days_left is not None, each.days_left))
    args: dict[str, str | int] = {"day": first.ends, "extended": first.extended_ends}
    identifier = "measured-support" if first.extended_ends > first.ends else "measured-day"
    if not first.ends:
        identifier = "measured-support-ended"
    return Measured(
        shown=Message(identifier, args), number=first.days_left, named=(f"{first.product} {first.cycle}",)
    )


def _lag(portrait: Portrait) -> Measured:
    found = portrait.updates.lags
    by_side = {each.side: float(each.median_days) for each in found}
    worst = max((each.median_days for each in found), default=None)
    if worst is None:
        return NONE if is_judged(portrait) else UNKNOWN
    return Measured(
        shown=Message("measured-days", {"number": worst}),
        number=worst,
        system=by_side.get(Side.SYSTEM, 0),
        application=by_side.get(Side.APPLICATION, 0),
    )


def _actor(portrait: Portrait) -> Measured:
    """Who begins when the operating system has a hole, and who goes on."""
    parts = portrait.updates.parts
    if not parts:
        return UNKNOWN
    first, last = parts[0].owner, parts[-1].owner
    if first == last or parts[0].forces[:1] == ("pull",):
        return Measured(shown=Message("measured-owner", {"owner": parts[0].acts or first}))
    return Measured(shown=Message("measured-owners", {"owner": first, "then": last}))


def _way(portrait: Portrait) -> Measured:
    """The acts by which a fix of the lowest part reaches users."""
    lowest = portrait.updates.parts[0] if portrait.updates.parts else None
    if lowest is None:
        return UNKNOWN
    kinds = {"pull": "pulled", "rebuild": "built", "rebuild or rebase": "rebased"}
    return Measured(
        shown=Message(f"way-{kinds.get(lowest.forces[0], 'built')}", {}),
        number={"pull": 1, "rebuild": 2}.get(lowest.forces[0], 3),
    )


def _cadence(portrait: Portrait) -> Measured:
    base = base_of(portrait)
    return days(base.cadence_days if base is not None else None)


def _repeatable(portrait: Portrait) -> Measured:
    note = next((each for each in portrait.updates.notes if each.id.startswith("build-")), None)
    if note is None:
        return UNKNOWN
    known = {"build-repeatable": 2, "build-undated": 1, "build-not-known-repeatable": None}
    shown = msgspec.structs.replace(note, id=f"short-{note.id}")
    return Measured(shown=shown, number=known.get(note.id))


def _unpinned(portrait: Portrait) -> Measured:
    """The names that one's own build steps install without a version; nobody knows without a history."""
    if not portrait.inspect.image.config.history:
        return UNKNOWN
    notes = [each for each in portrait.updates.notes if each.id == "inputs-unpinned"]
    number = sum(int(each.args["number"]) for each in notes)
    managers = tuple(str(each.args["manager"]) for each in notes)
    return Measured(shown=Message("measured-number", {"number": number}), number=number, named=managers)


INDICATORS = (
    Indicator(id="newest-part-age", measure=_newest_age, better=LESS),
    Indicator(id="oldest-part-age", measure=_oldest_age, better=LESS),
    Indicator(id="base-pin", measure=_pinned, better=MORE),
    Indicator(id="behind-its-line", measure=_behind, better=LESS),
    Indicator(id="cadence", measure=_cadence),
    Indicator(id="support-ends", measure=_support, better=MORE, needs=Needs.PACKAGES),
    Indicator(id="fix-lag", measure=_lag, better=LESS, needs=Needs.PACKAGES),
    Indicator(id="who-acts", measure=_actor),
    Indicator(id="way-to-users", measure=_way, better=LESS),
    Indicator(id="unpinned-inputs", measure=_unpinned, better=LESS),
    Indicator(id="repeatable", measure=_repeatable, better=MORE),
)
