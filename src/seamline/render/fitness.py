"""A base's fitness and the duties of its images in a terminal: each fact with what it says, for, against or not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.fitness import Duty, Fitness
from seamline.render.layout import left, plain, width, wrapped
from seamline.render.scan_acts import owner_word
from seamline.render.words import word

_COLUMNS = 80
_FACTS = ("renewal", "feed", "fixed-tags", "support", "tags-stay")
_MOST_TAGS = 3


def write_fitness(fitness: Fitness, language: str) -> str:
    """The lines, ending in a newline."""
    head = word("fitness", language, holds=len(fitness.holds), fails=len(fitness.fails), all=len(_FACTS))
    lines = [head]
    label = max(width(word(f"fact-{name}", language)) for name in _FACTS)
    for name in _FACTS:
        mark = "[x]" if name in fitness.holds else "[!]" if name in fitness.fails else "[?]"
        start = f"  {mark} {left(word(f'fact-{name}', language), label)}  "
        for line in wrapped(_told(name, fitness, language).split(" "), _COLUMNS - width(start)):
            lines.append(start + line)
            start = " " * width(start)
    return "\n".join(lines) + "\n"


def _told(name: str, fitness: Fitness, language: str) -> str:
    match name:
        case "renewal":
            told = word("fact-renewed", language, day=fitness.renewed or "-", days=fitness.age_days)
            if fitness.cadence_days is None:
                return told
            return (
                f"{told}; {word('fact-cadence', language, days=fitness.cadence_days, images=fitness.images)}"
            )
        case "feed":
            if not fitness.is_studied:
                return word("fact-unstudied", language)
            if not fitness.feed:
                return word("fact-no-feed", language)
            return word("fact-fed", language, name=fitness.feed, day=fitness.feed_newest)
        case "fixed-tags":
            if not fitness.has_tags:
                return word("fact-on-disk", language)
            if not fitness.fixed_tags:
                return word("fact-no-fixed-tags", language)
            shown = ", ".join(map(plain, fitness.fixed_tags[-_MOST_TAGS:]))
            return word("fact-some-fixed-tags", language, number=len(fitness.fixed_tags), names=shown)
        case "support":
            return _support(fitness, language)
        case _:
            if not fitness.has_tags:
                return word("fact-on-disk", language)
            if not fitness.moved:
                return word("fact-stayed", language)
            return word("semicolon", language).join(
                word(
                    "fact-moved-release" if each.is_release else "fact-moved",
                    language,
                    tag=plain(each.tag),
                    number=len(each.digests),
                )
                for each in fitness.moved
            )


def _support(fitness: Fitness, language: str) -> str:
    if not fitness.ends and "support" not in fitness.fails:
        return word("fact-no-end-known", language)
    told = word("fact-ends", language, day=fitness.ends)
    if fitness.extended_ends:
        told += "; " + word("fact-extended", language, day=fitness.extended_ends)
    return told


def write_duties(name: str, duties: Sequence[Duty], language: str) -> str:
    """Who does what for images on a base, a paragraph a side, ending in a newline."""
    lines = [word("duties-of", language, name=plain(name)), ""]
    for duty in duties:
        lines += _duty(duty, language)
    lines += wrapped(word("duties-clock", language).split(" "), _COLUMNS)
    return "\n".join(lines) + "\n"


def _duty(duty: Duty, language: str) -> Iterator[str]:
    contact = f"  ({plain(duty.contact)})" if duty.contact else ""
    side = left(word(f"side-of-{duty.side.value}", language), 18)
    yield f" {side}{owner_word(duty.owner, language)}{contact}"
    does = word(
        _does(duty), language, publisher=plain(duty.publisher), base=plain(duty.base or duty.publisher)
    )
    rows = [("duty-does", does)]
    if duty.side.value == "system":
        rows.insert(0, ("duty-publisher", plain(duty.publisher) or word("severity-unknown", language)))
    if duty.side.value != "unknown":
        rows.append(("duty-deadlines", _deadlines(duty, language)))
    for label, told in rows:
        start = f"   {left(word(label, language), 16)}"
        for line in wrapped(told.split(" "), _COLUMNS - width(start)):
            yield start + line
            start = " " * width(start)
    yield ""


def _does(duty: Duty) -> str:
    """The id of what an owner does. Nobody can follow the images of who is not known, nor of what lies on a disk alone."""
    if duty.side.value != "system":
        return f"duty-{duty.side.value}"
    if duty.builds:
        return "duty-system-own"
    if not duty.publisher:
        return "duty-system-nobody"
    return "duty-system-on-disk" if duty.is_on_disk else "duty-system"


def _deadlines(duty: Duty, language: str) -> str:
    parts = [
        f"{word(f'severity-{severity}', language)} "
        + (word("days", language, days=days) if days is not None else word("no-deadline", language))
        for severity, days in duty.days
    ]
    kev = (
        word("duty-kev-cisa", language)
        if duty.kev_days is None
        else word("duty-kev", language, days=duty.kev_days)
    )
    return word("comma", language).join((*parts, kev))
