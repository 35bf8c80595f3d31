"""The indicators of customization."""

from __future__ import annotations

from collections.abc import Callable

from seamline.compare.indicator import LESS, MORE, Indicator, counted
from seamline.model.comparison import Measured
from seamline.model.customization import KnobVerdict
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait


def _changed(portrait: Portrait) -> Measured:
    """The files over the base: added, replaced and removed."""
    files = next((each for each in portrait.customization.changes if each.kind == "file"), None)
    if files is None or not portrait.customization.base:
        return Measured(shown=Message("measured-none", {}))
    args = {"added": files.added, "replaced": files.replaced, "removed": files.removed}
    number = files.added + files.replaced + files.removed
    return Measured(shown=Message("measured-changes", args), number=number)


def _knob(name: str) -> Callable[[Portrait], Measured]:
    def measure(portrait: Portrait) -> Measured:
        knob = next((each for each in portrait.customization.knobs if each.name == name), None)
        verdict = knob.verdict if knob is not None else KnobVerdict.UNKNOWN
        shown = Message(f"knob-{verdict.value.replace(' ', '-')}", {})
        return Measured(shown=shown, number={"works": 1, "no effect": 0}.get(verdict.value))

    return measure


def _start_knobs(portrait: Portrait) -> Measured:
    """The variables that start scripts read."""
    return counted(each.side for each in portrait.customization.knobs if each.why.id == "variable-read")


def _waste(portrait: Portrait) -> Measured:
    """What nothing needs at run time, in bytes, with the sides' shares."""
    by_side = dict.fromkeys(Side, 0)
    for each in portrait.customization.waste:
        by_side[each.side] += each.size_bytes
    total = sum(by_side.values())
    return Measured(
        shown=Message("measured-megabytes", {"mb": f"{total / 1e6:.1f}"}),
        number=total,
        system=round(by_side[Side.SYSTEM] / 1e6, 1),
        application=round(by_side[Side.APPLICATION] / 1e6, 1),
    )


INDICATORS = (
    Indicator(id="changed-over-base", measure=_changed),
    Indicator(id="time-zone", measure=_knob("TZ"), better=MORE),
    Indicator(id="locale", measure=_knob("LC_ALL"), better=MORE),
    Indicator(id="own-certificates", measure=_knob("SSL_CERT_FILE"), better=MORE),
    Indicator(id="start-knobs", measure=_start_knobs),
    Indicator(id="waste", measure=_waste, better=LESS),
)
