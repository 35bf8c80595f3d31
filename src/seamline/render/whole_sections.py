"""Everything about one image in words, by dimension: (label, text) pairs that a terminal and Markdown lay out in their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seamline.model.advisory import Status
from seamline.model.audit import Verdict
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.update import PartAge, Support
from seamline.render.customizing import needed, run_time
from seamline.render.forked import fork_lines
from seamline.render.layout import megabytes
from seamline.render.readiness import ready_word, verdicts, want_word
from seamline.render.severity import is_judged, nothing_found
from seamline.render.updating import lag_lines, note_lines, part_lines
from seamline.render.words import owner_name, part_name, say, word

Pair = tuple[str, str]
_SIDES = (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN)
_MOST_KNOBS = 24
_LEAST_BYTES = 50_000


def sections(portrait: Portrait, language: str) -> tuple[tuple[str, tuple[Pair, ...]], ...]:
    """(heading, pairs) of the three dimensions; an empty label goes on with the one before."""
    return (
        (word("dimension-security", language), tuple(_security(portrait, language))),
        (word("dimension-update", language), tuple(_updates(portrait, language))),
        (word("dimension-customization", language), tuple(_customization(portrait, language))),
    )


def _by_side(counts: Counter[Side], language: str) -> str:
    return word("comma", language).join(
        f"{word(f'side-{side.value}', language)} {counts[side]}" for side in _SIDES if counts[side]
    )


def _security(portrait: Portrait, language: str) -> Iterator[Pair]:
    found = [each for each in portrait.scan.findings if not each.suppressed]
    fixable = [each for each in found if each.status == Status.FIXED.value]
    if found or is_judged(portrait.scan):
        late = sum(each.deadline is not None and each.deadline.is_overdue for each in fixable)
        text = word("whole-findings", language, number=len(found), fixable=len(fixable), late=late)
        sides = _by_side(Counter(each.side for each in found), language)
        yield word("card-findings", language), text + (word("aside", language, text=sides) if sides else "")
    else:
        yield word("card-findings", language), nothing_found(portrait.scan, language)
    audit = portrait.audit
    label = word("whole-rules", language)
    for side in _SIDES:
        names = dict.fromkeys(r.id for r in audit.rules if r.verdict == Verdict.FAIL and r.side == side.value)
        if names:
            told = word("count-fail", language, number=len(names))
            yield (
                label,
                f"{word(f'side-{side.value}', language)} {told}{word('colon', language)}{' '.join(names)}",
            )
            label = ""
    for kind in dict.fromkeys(line.kind for line in audit.surface):
        counts = Counter(line.side for line in audit.surface if line.kind == kind)
        yield word(f"surface-{kind.replace(' ', '-').lower()}", language), _by_side(counts, language)
    secrets = len({line.group for line in audit.secrets})
    yield word("indicator-secrets", language), str(secrets) if secrets else word("nothing", language)
    if audit.readiness is not None:
        ready = (f"{want_word(w, language)}{word('colon', language)}{ready_word(r, language)}" for w, r in verdicts(audit.readiness))  # fmt: skip
        yield word("whole-privilege", language), word("comma", language).join(ready)


def support_day(kept: Support, language: str) -> str:
    """When support ends, the extended one too where it goes on longer."""
    if kept.ended and not kept.ends:
        return word("measured-support-ended", language)
    if kept.extended_ends > kept.ends:
        return word("measured-support", language, day=kept.ends, extended=kept.extended_ends)
    return kept.ends


def _updates(portrait: Portrait, language: str) -> Iterator[Pair]:
    found = portrait.updates
    for part in reversed(found.parts):
        yield part.reference or part_name(part.stratum, language), _age(part, language)
        yield from (("", text) for text in part_lines(part, language))
    if found.support_unknown is not None:
        yield word("indicator-support-ends", language), say(found.support_unknown, language)
    for kept in found.support:
        side = word(f"side-{kept.side.value}", language)
        day = support_day(kept, language)
        days = -(kept.days_left or 0)
        over = word("whole-over", language, days=days) if days > 0 else ""
        told = f"{side} · {word('indicator-support-ends', language)} {day}"
        yield f"{kept.product} {kept.cycle}", f"{told} · {over}" if over else told
    yield from lag_lines(found, language)
    label = word("whole-besides", language)
    for text in note_lines(found, language):
        yield label, text
        label = ""


def _age(part: PartAge, language: str) -> str:
    unknown = word("measured-unknown", language)
    told = [word(f"side-{part.side.value}", language), owner_name(part.owner, language)]
    if part.created:
        made = "whole-made" if part.age_days else "whole-made-today"
        told.append(word(made, language, day=part.created, days=part.age_days or 0))
    if part.reference:
        pin = word(f"pin-{part.pin.replace(' ', '-')}", language) if part.pin else unknown
        told.append(f"{word('page-pin', language)}{word('colon', language)}{pin}")
        args: dict[str, str | int] = {"number": part.behind_days or 0, "images": part.behind}
        behind = unknown if part.behind_days is None else word("measured-behind", language, **args)
        told.append(f"{word('page-behind', language)}{word('colon', language)}{behind}")
    return " · ".join(told)


def _customization(portrait: Portrait, language: str) -> Iterator[Pair]:
    found = portrait.customization
    label = word("indicator-changed-over-base", language)
    yield label, found.base or word("page-no-base", language)
    for each in found.changes if found.base else ():
        args: dict[str, str | int] = {"added": each.added, "replaced": each.replaced, "removed": each.removed}
        counts = word("fork-counts", language, **args)
        if each.altered_configuration:
            counts += f" · {word('whole-altered', language, number=each.altered_configuration)}"
        yield word(f"change-{each.kind}", language), counts
    for knob in found.knobs[:_MOST_KNOBS]:
        verdict = word(f"knob-{knob.verdict.value.replace(' ', '-')}", language)
        add = f" -> {say(knob.add, language)}" if knob.add is not None else ""
        name = f"{knob.name}={knob.value}" if knob.value else knob.name
        yield name, f"{verdict}{word('colon', language)}{say(knob.why, language)}{add}"
    yield from run_time(portrait, language)
    yield from _weights(portrait, language)
    if found.fork is not None:
        yield word("fork", language), ""
        yield from fork_lines(found.fork, language)


def _weights(portrait: Portrait, language: str) -> Iterator[Pair]:
    found = portrait.customization
    kinds: dict[str, dict[Side, int]] = {}
    for each in found.waste:
        kinds.setdefault(each.kind, {})[each.side] = each.size_bytes
    label = word("indicator-waste", language)
    for kind, sizes in kinds.items():
        if sum(sizes.values()) >= _LEAST_BYTES:
            told = (f"{word(f'side-{side.value}', language)} {megabytes(sizes[side])} MB" for side in _SIDES if sizes.get(side))  # fmt: skip
            name = word(f"waste-{kind.replace(' ', '-')}", language)
            yield label, f"{name}{word('colon', language)}{word('comma', language).join(told)}"
            label = ""
    yield word("indicator-needed", language), needed(portrait, language)
