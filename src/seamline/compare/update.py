"""The indicators of updates and maintenance."""

from __future__ import annotations

from seamline.compare.indicator import LESS, Indicator, days
from seamline.model.comparison import Measured
from seamline.model.portrait import Portrait


def _newest_age(portrait: Portrait) -> Measured:
    ages = [part.age_days for part in portrait.updates.parts if part.age_days is not None]
    return days(min(ages, default=None))


INDICATORS = (Indicator(id="newest-part-age", measure=_newest_age, better=LESS),)
