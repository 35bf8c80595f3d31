"""What an update of each part takes and brings, in words."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.update import PartAge, Updates
from seamline.render.words import NOBODY, owner_name, say, word


def part_lines(part: PartAge, language: str) -> Iterator[str]:
    """Of one part: what a move to the newest of its line mends and brings, what an update takes and who begins, how often
    a new image comes, by which name to pin it."""
    if part.newest:
        yield _move(part, language)
    acts = word("comma", language).join(
        word(f"force-{each.replace(' ', '-')}", language) for each in part.forces
    )
    if part.acts == NOBODY:
        yield word("update-takes-alone", language, acts=acts)
    else:
        yield word("update-takes", language, acts=acts, owner=owner_name(part.acts, language))
    if part.cadence_days:
        yield word("update-cadence", language, days=part.cadence_days)
    if part.propose and part.pin != "digest":
        alone = "-alone" if part.propose_platform else ""
        yield word(f"update-pin{alone}", language, name=part.propose, platform=part.propose_platform)


def _move(part: PartAge, language: str) -> str:
    args: dict[str, str | int] = {"newest": part.newest, "mends": part.mends or 0, "adds": part.adds or 0}
    if part.mends is None:
        return word("update-mends-unknown", language, **args)
    if part.adds is None:
        return word("update-mends-none", language, **args)
    if part.mends_below is None or part.mends_below == part.mends:
        return word("update-mends", language, **args)
    parted = {"below": part.mends_below, "above": part.mends - part.mends_below}
    return word("update-mends-parted", language, **args, **parted)


def lag_lines(updates: Updates, language: str) -> Iterator[tuple[str, str]]:
    """(side, text): how long fixes have been waiting there."""
    for lag in updates.lags:
        args = {"number": lag.findings, "median": lag.median_days, "oldest": lag.oldest_days}
        yield word(f"side-{lag.side.value}", language), word("whole-waits", language, **args)


def note_lines(updates: Updates, language: str) -> Iterator[str]:
    """What a newer base would change in another major version, then what else an update meets."""
    changed = {each.stratum for each in updates.breaks}
    for part in updates.parts:
        if part.is_compared and part.stratum not in changed:
            yield word("update-breaks-nothing", language, newest=part.newest)
    for each in updates.breaks:
        yield word("page-breaks", language, name=each.name, now=each.now, then=each.then or "-")
    for note in updates.notes:
        yield say(note, language)
