"""What a comparison means, in words: what each image is for, whose duty is what, how much risk is inherited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator

import msgspec

from seamline.compare.indicator import Needs
from seamline.compare.security import findings_of, fixable_of, is_judged
from seamline.compare.update import base_of
from seamline.model.comparison import Delta
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.readiness import Ready

_MOST_STEP = 48
_NOBODY = "nobody yet"
"""The owner of what no team is named for, as reports carry it."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one image alone, by group: what it is and whose, then how it may run and how old its base is. `is_whole`:
    everything was read that may hold packages; `is_judged`: there were advisories to judge by."""

    first: tuple[tuple[Message, ...], ...]
    last: tuple[tuple[Message, ...], ...]
    kind: str
    is_whole: bool
    is_judged: bool


def said_of(letter: str, portrait: Portrait, unread: Container[Needs]) -> Said:
    """What is said of the image that stands as A or B."""
    is_whole, kind = Needs.PACKAGES not in unread, portrait.inspect.kind
    image: dict[str, str | int] = {"image": letter}
    return Said(
        first=(
            () if is_whole else (Message("partly-read", image),),
            (Message(f"is-{kind}", image),),
            tuple(_duties(letter, portrait)),
            tuple(_risk(letter, portrait, is_whole=is_whole)),
        ),
        last=(
            tuple(_privilege(letter, portrait)) if Needs.FILES not in unread else (),
            tuple(_behind(letter, portrait)),
        ),
        kind=kind,
        is_whole=is_whole,
        is_judged=is_judged(portrait),
    )


def conclude(a: Said, b: Said, difference: Delta) -> Iterator[Message]:
    """The sentences, the most telling first; what is alike is said of A and then of B."""
    yield from _in_turn(a.first, b.first)
    is_comparable = all(each.is_whole and each.is_judged for each in (a, b))
    if is_comparable and a.kind == b.kind:
        yield _moved(difference)
    yield from _in_turn(a.last, b.last)


def _in_turn(a: Iterable[Iterable[Message]], b: Iterable[Iterable[Message]]) -> Iterator[Message]:
    for left, right in zip(a, b, strict=True):
        yield from left
        yield from right


def _duties(letter: str, portrait: Portrait) -> Iterator[Message]:
    """Who keeps which share, where two teams do."""
    parts, sides = portrait.updates.parts, portrait.inspect.sides
    if len(parts) > 1 and parts[0].owner != parts[-1].owner:
        total = sum(each.size_bytes for each in (sides.system, sides.application, sides.unknown)) or 1
        share = round(100 * sides.system.size_bytes / total)
        args: dict[str, str | int] = {
            "image": letter,
            "owner": parts[0].owner,
            "share": share,
            "then": parts[-1].owner,
        }
        yield Message("duty-shared", args)
    elif parts and parts[0].side == Side.UNKNOWN and parts[0].owner == _NOBODY:
        yield Message("duty-of-nobody", {"image": letter})
    elif parts:
        yield Message("duty-of-one", {"image": letter, "owner": parts[0].owner})


def _risk(letter: str, portrait: Portrait, *, is_whole: bool) -> Iterator[Message]:
    """How many of the fixable findings come with the base, and which own step brought most of the others."""
    fixable = fixable_of(portrait)
    if not fixable and not is_whole:
        return
    if not is_judged(portrait) and not fixable:
        yield Message("not-judged", {"image": letter})
        return
    if not fixable:
        number = sum(1 for _ in findings_of(portrait))
        yield Message("nothing-fixable" if number else "nothing-open", {"image": letter, "number": number})
        return
    inherited = sum(each.side == Side.SYSTEM for each in fixable)
    own = [each for each in fixable if each.side != Side.SYSTEM]
    if not own:
        yield Message("fixable-of-base", {"image": letter, "number": len(fixable)})
        return
    args: dict[str, str | int] = {
        "image": letter,
        "number": len(fixable),
        "inherited": inherited,
        "own": len(own),
    }
    layer, _ = Counter(each.layer for each in own).most_common(1)[0] if own else (-1, 0)
    step = next((each.created_by for each in portrait.inspect.image.layers if each.position == layer), "")
    short = " ".join(step.split()).removeprefix("/bin/sh -c ")[:_MOST_STEP]
    yield (
        Message("inherited-and-own-step", {**args, "step": short})
        if short
        else Message("inherited-and-own", args)
    )


def _moved(difference: Delta) -> Message:
    lines = [each for each in difference.others if each.kind == "finding"]
    come, gone = (sum(each.counts[at] for each in lines) for at in (0, 1))
    return Message("findings-moved", {"gone": gone, "come": come})


def _privilege(letter: str, portrait: Portrait) -> Iterator[Message]:
    ready = portrait.audit.readiness
    if ready is None or portrait.inspect.kind != "application":
        return
    verdicts = (ready.non_root, ready.read_only, ready.no_capabilities)
    if Ready.NO in verdicts:
        yield Message("privileges-needed", {"image": letter})
    elif Ready.UNKNOWN not in verdicts:
        yield Message("privileges-not-needed", {"image": letter})


def _behind(letter: str, portrait: Portrait) -> Iterator[Message]:
    base = base_of(portrait)
    if base is not None and base.behind_days:
        args: dict[str, str | int] = {"image": letter, "days": base.behind_days, "newest": base.newest}
        yield Message("base-is-behind", args)
