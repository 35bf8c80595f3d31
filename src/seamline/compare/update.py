"""The indicators of updates and maintenance."""

from __future__ import annotations

from seamline.compare.indicator import LESS, MORE, Indicator, days
from seamline.model.comparison import Measured
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.update import PartAge

_UNKNOWN = Measured(shown=Message("measured-unknown", {}))


def _newest_age(portrait: Portrait) -> Measured:
    ages = [part.age_days for part in portrait.updates.parts if part.age_days is not None]
    return days(min(ages, default=None))


def _base(portrait: Portrait) -> PartAge | None:
    """The topmost known base of the system side."""
    bases = [part for part in portrait.updates.parts if part.reference and part.side == Side.SYSTEM]
    return bases[-1] if bases else None


def _pinned(portrait: Portrait) -> Measured:
    base = _base(portrait)
    if base is None:
        return _UNKNOWN
    is_pinned = base.pin == "digest"
    return Measured(shown=Message(f"pin-{base.pin.replace(' ', '-')}", {}), number=float(is_pinned))


def _behind(portrait: Portrait) -> Measured:
    base = _base(portrait)
    return days(base.behind_days if base is not None else None)


def _support(portrait: Portrait) -> Measured:
    """The earliest end of security support of anything inside."""
    kept = [each for each in portrait.updates.support if each.days_left is not None]
    if not kept:
        return _UNKNOWN
    first = min(kept, key=lambda each: each.days_left or 0)
    return Measured(shown=Message("measured-day", {"day": first.ends}), number=first.days_left)


def _lag(portrait: Portrait) -> Measured:
    found = portrait.updates.lags
    by_side = {each.side: float(each.median_days) for each in found}
    worst = max((each.median_days for each in found), default=None)
    if worst is None:
        return Measured(shown=Message("measured-none", {}), number=0)
    return Measured(
        shown=Message("measured-days", {"number": worst}),
        number=worst,
        system=by_side.get(Side.SYSTEM, 0),
        application=by_side.get(Side.APPLICATION, 0),
    )


def _actor(portrait: Portrait) -> Measured:
    """Who begins when the operating system has a hole."""
    lowest = portrait.updates.parts[0] if portrait.updates.parts else None
    return Measured(shown=Message("measured-text", {"text": lowest.acts})) if lowest is not None else _UNKNOWN


def _way(portrait: Portrait) -> Measured:
    """The acts by which a fix of the lowest part reaches users."""
    lowest = portrait.updates.parts[0] if portrait.updates.parts else None
    if lowest is None:
        return _UNKNOWN
    kind = "pulled" if lowest.forces[0] == "pull" else "built"
    return Measured(shown=Message(f"way-{kind}", {}), number=len(lowest.forces))


INDICATORS = (
    Indicator(id="newest-part-age", measure=_newest_age, better=LESS),
    Indicator(id="base-pin", measure=_pinned, better=MORE),
    Indicator(id="behind-its-line", measure=_behind, better=LESS),
    Indicator(id="support-ends", measure=_support, better=MORE),
    Indicator(id="fix-lag", measure=_lag, better=LESS),
    Indicator(id="who-acts", measure=_actor),
    Indicator(id="way-to-users", measure=_way, better=LESS),
)
