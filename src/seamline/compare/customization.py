"""The indicators of customization."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from seamline.compare.indicator import LESS, MORE, NONE, UNKNOWN, Indicator, Needs, counted
from seamline.model.comparison import Measured
from seamline.model.customization import Changes, KnobVerdict
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.readiness import Readiness, Ready

_ORDER = {Ready.NO: 0, Ready.WITH_SETTINGS: 1, Ready.AS_IS: 2}
_LOW_PORT = 1024
_MOST_PATHS = 3


def _changed(portrait: Portrait) -> Measured:
    """Packages, files and base files over the base."""
    if not portrait.customization.base:
        return NONE
    found = {each.kind: each for each in portrait.customization.changes}
    files, packages = found.get("file", Changes(kind="file")), found.get("package", Changes(kind="package"))
    crossed = files.replaced + files.removed
    if not (packages.added or files.added or crossed):
        return NONE
    args = {"packages": packages.added, "files": files.added, "crossed": crossed}
    return Measured(
        shown=Message("measured-changes", args),
        number=files.added + crossed,
        named=(portrait.customization.base,),
    )


def _knob(name: str) -> Callable[[Portrait], Measured]:
    def measure(portrait: Portrait) -> Measured:
        knob = next((each for each in portrait.customization.knobs if each.name == name), None)
        if knob is None or knob.verdict == KnobVerdict.UNKNOWN:
            return UNKNOWN
        works = knob.verdict == KnobVerdict.WORKS
        return Measured(shown=Message("knob-works" if works else "knob-no-effect", {}), number=float(works))

    return measure


def _start_knobs(portrait: Portrait) -> Measured:
    """The variables that start scripts read, and the templates that they fill."""
    found = portrait.customization
    read = counted((each.side, each.name) for each in found.knobs if each.why.id == "variable-read")
    if not found.templates:
        return read
    args: dict[str, str | int] = {"number": int(read.number or 0), "templates": len(found.templates)}
    return msgspec.structs.replace(read, shown=Message("measured-knobs", args))


def _megabytes(sized: Iterable[tuple[Side, int]]) -> Measured:
    by_side = dict.fromkeys(Side, 0)
    for side, size in sized:
        by_side[side] += size
    total = sum(by_side.values())
    return Measured(
        shown=Message("measured-megabytes", {"mb": f"{total / 1e6:.1f}"}),
        number=total,
        system=round(by_side[Side.SYSTEM] / 1e6, 1),
        application=round(by_side[Side.APPLICATION] / 1e6, 1),
        unknown=round(by_side[Side.UNKNOWN] / 1e6, 1) or None,
    )


def _waste(portrait: Portrait) -> Measured:
    return _megabytes((each.side, each.size_bytes) for each in portrait.customization.waste)


def _bytes(portrait: Portrait) -> Measured:
    sides = portrait.inspect.sides
    return _megabytes((side, getattr(sides, side.value).size_bytes) for side in Side)


def _needed(portrait: Portrait) -> Measured:
    """What the closure of the start command takes, of all."""
    found = portrait.customization
    if found.needed_bytes is None or not found.total_bytes:
        return UNKNOWN
    args = {"mb": f"{found.needed_bytes / 1e6:.1f}", "of": f"{found.total_bytes / 1e6:.1f}"}
    return Measured(shown=Message("measured-needed", args), number=found.needed_bytes / found.total_bytes)


def _least_privilege(portrait: Portrait) -> Measured:
    """The worst of the three verdicts, with what stands against them."""
    ready = portrait.audit.readiness
    if ready is None:
        return UNKNOWN
    verdicts = (ready.non_root, ready.read_only, ready.no_capabilities)
    if Ready.NO in verdicts:
        return Measured(shown=Message("privilege-no", {"why": _against(ready)}), number=_ORDER[Ready.NO])
    if Ready.UNKNOWN in verdicts:
        return UNKNOWN
    is_ready = (
        not ready.writes and not any(port < _LOW_PORT for port in ready.ports) and not ready.capabilities
    )
    if is_ready:
        return Measured(shown=Message("privilege-as-is", {}), number=_ORDER[Ready.AS_IS])
    shown = Message("privilege-with-settings", {"why": _against(ready)})
    return Measured(shown=shown, number=_ORDER[Ready.WITH_SETTINGS])


def _against(ready: Readiness) -> str:
    """Paths, ports, capabilities: names that need no words."""
    paths = [each.path for each in ready.writes]
    shown = [*paths[:_MOST_PATHS], *(["..."] if len(paths) > _MOST_PATHS else [])]
    ports = [f":{port}" for port in ready.ports if port < _LOW_PORT]
    return " ".join((*shown, *ports, *ready.capabilities))


def _runs_as(portrait: Portrait) -> Measured:
    who = portrait.audit.runs_as
    if who.uid is None:
        return UNKNOWN
    is_root = Message("measured-root", {}) if who.is_root else Message("measured-uid", {"uid": who.uid})
    return Measured(shown=is_root, number=float(not who.is_root))


INDICATORS = (
    Indicator(id="bytes", measure=_bytes, better=LESS, needs=Needs.FILES),
    Indicator(id="changed-over-base", measure=_changed, needs=Needs.FILES),
    Indicator(id="time-zone", measure=_knob("TZ"), better=MORE, needs=Needs.FILES),
    Indicator(id="language", measure=_knob("LANG"), better=MORE, needs=Needs.FILES),
    Indicator(id="locale", measure=_knob("LC_ALL"), better=MORE, needs=Needs.FILES),
    Indicator(id="own-certificates", measure=_knob("SSL_CERT_FILE"), better=MORE, needs=Needs.FILES),
    Indicator(id="start-knobs", measure=_start_knobs, better=MORE, needs=Needs.FILES),
    Indicator(id="waste", measure=_waste, better=LESS, needs=Needs.FILES),
    Indicator(id="needed", measure=_needed, better=MORE, needs=Needs.FILES),
    Indicator(id="runs-as", measure=_runs_as, better=MORE),
    Indicator(id="least-privilege", measure=_least_privilege, better=MORE, needs=Needs.FILES),
)
"""`needed` is better where more of the image is needed: less of it could go."""
