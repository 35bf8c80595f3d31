"""Updates, customization, the packages, and what was not checked."""

from __future__ import annotations

from html import escape

from seamline.model.customization import Customization, Fork, Waste
from seamline.model.portrait import Portrait
from seamline.model.update import PartAge
from seamline.render.customizing import needed, run_time
from seamline.render.gaps import gap_text
from seamline.render.layout import megabytes
from seamline.render.page.charts import Bar
from seamline.render.page.html import Child, Markup, join, tag
from seamline.render.page.parts import Tongue, listing, rows, side_bars
from seamline.render.readiness import manifest, ready_word, reasons, verdicts, want_word
from seamline.render.updating import lag_lines, note_lines, part_lines

_LEAST_WASTE_BYTES = 50_000


def updates(portrait: Portrait, tongue: Tongue) -> Markup:
    """The age of each part, what a newer base brings and breaks, how long anything is supported."""
    found = portrait.updates
    heads = tongue.heads(
        "page-part", "column-side", "page-made", "page-pin", "page-newest", "page-behind", "page-acts"
    )
    support = (
        (
            each.product,
            each.cycle,
            tongue.side(each.side),
            tongue.word("measured-support-ended") if each.ended and not each.ends else each.ends or "-",
            each.extended_ends or "-",
            tongue.due(each.days_left),
        )
        for each in found.support
    )
    parts = (
        join((part.reference or tongue.part(part.stratum), listing(part_lines(part, tongue.language))))
        for part in reversed(found.parts)
    )
    return join(
        (
            rows(
                heads,
                (_part(each, tongue) for each in reversed(found.parts)),
                caption=tongue.word("page-updates-told"),
            ),
            listing(parts),
            tag("h3", tongue.word("indicator-support-ends"))
            if found.support or found.support_unknown is not None
            else None,
            tag("p", tongue.say(found.support_unknown)) if found.support_unknown is not None else None,
            rows(
                tongue.heads(
                    "page-product", "page-cycle", "column-side", "page-ends", "page-extended", "page-due"
                ),
                support,
                caption=tongue.word("indicator-support-ends"),
            )
            if found.support
            else None,
            listing(
                f"{side}{tongue.word('colon')}{text}" for side, text in lag_lines(found, tongue.language)
            ),
            listing(note_lines(found, tongue.language)),
        )
    )


def _part(part: PartAge, tongue: Tongue) -> tuple[Child, ...]:
    unknown = tongue.word("measured-unknown")
    args = {"number": part.behind_days or 0, "images": part.behind}
    behind = unknown if part.behind_days is None else tongue.word("measured-behind", **args)
    return (
        part.reference or tongue.part(part.stratum),
        tongue.side(part.side),
        _made(part, tongue),
        tongue.word(f"pin-{part.pin.replace(' ', '-')}") if part.pin else unknown if part.reference else "-",
        part.newest or "-",
        behind if part.reference else "-",
        tongue.owner(part.acts),
    )


def _made(part: PartAge, tongue: Tongue) -> str:
    if not part.created:
        return tongue.word("measured-unknown")
    days = tongue.word("measured-days", number=part.age_days or 0)
    return part.created + tongue.word("aside", text=days)


def customization(portrait: Portrait, tongue: Tongue) -> Markup:
    """What was changed, which knobs work, what nothing needs."""
    found = portrait.customization
    return join(
        (
            *_changes(found, tongue),
            *_knobs(found, tongue),
            _run_time(portrait, tongue),
            *_waste(found, tongue),
            fork_told(found.fork, tongue) if found.fork is not None else None,
        )
    )


def _changes(found: Customization, tongue: Tongue) -> tuple[Markup, ...]:
    if not found.base:
        return (tag("p", tongue.word("page-no-base")),)
    heads = tongue.heads("page-kind", "page-added", "page-replaced", "page-removed", "page-examples")
    body = (
        (
            tongue.word(f"change-{each.kind}"),
            str(each.added),
            str(each.replaced),
            str(each.removed),
            ", ".join(each.examples[:6]),
        )
        for each in found.changes
    )
    caption = tongue.word("indicator-changed-over-base")
    return (
        tag("p", tongue.word("page-over-base", base=found.base)),
        rows(heads, body, numbers=(1, 2, 3), caption=caption),
    )


def _knobs(found: Customization, tongue: Tongue) -> tuple[Markup, ...]:
    heads = tongue.heads("page-setting", "page-verdict", "page-why")
    body = (
        (
            tag("span", f"{each.name}={each.value}" if each.value else each.name, class_="mono"),
            tag("span", tongue.word(f"knob-{each.verdict.value.replace(' ', '-')}"), class_="term"),
            tongue.say(each.why) + (f" -> {tongue.say(each.add)}" if each.add is not None else ""),
        )
        for each in found.knobs
    )
    return (tag("h3", tongue.heading("knobs")), rows(heads, body, caption=tongue.word("knobs")))


def _waste(found: Customization, tongue: Tongue) -> tuple[Markup, ...]:
    """A bar a kind, its sides end to end."""
    kinds: dict[str, list[Waste]] = {}
    for each in found.waste:
        kinds.setdefault(each.kind, []).append(each)
    charts = []
    for kind, lines in kinds.items():
        if sum(each.size_bytes for each in lines) >= _LEAST_WASTE_BYTES:
            pieces = tuple((f"f-{each.side.value}", each.size_bytes, _sized(each, tongue)) for each in lines)
            charts.append(Bar(label=tongue.word(f"waste-{kind.replace(' ', '-')}"), pieces=pieces))
    title = tongue.word("indicator-waste")
    return (tag("h3", title), side_bars(charts, title, tongue)) if charts else ()


def _sized(each: Waste, tongue: Tongue) -> str:
    return f"{tongue.word(f'side-{each.side.value}')} {megabytes(each.size_bytes)} MB"


def _run_time(portrait: Portrait, tongue: Tongue) -> Markup:
    """Who it runs as, what it writes, ports, volumes, templates, and what it needs of all."""
    told = (
        *run_time(portrait, tongue.language),
        (tongue.word("indicator-needed"), needed(portrait, tongue.language)),
    )
    return listing(f"{label}{tongue.word('colon')}{text}" for label, text in told)


def fork_told(fork: Fork, tongue: Tongue) -> Markup:
    """The record of a fork; what must be carried is a list of its own, a line a kind."""
    from seamline.render.forked import fork_lines  # noqa: PLC0415 - few images are forks

    told: list[tuple[str, list[str]]] = []
    for label, text in fork_lines(fork, tongue.language):
        if label:
            told.append((label, []))
        told[-1][1].append(text)
    lines = (
        f"{label}{tongue.word('colon')}{texts[0]}" if len(texts) == 1 else join((label, listing(texts)))
        for label, texts in told
    )
    return join((tag("h3", tongue.word("fork").capitalize()), listing(lines)))


def privilege(portrait: Portrait, tongue: Tongue) -> Markup:
    """Whether it can run with least privilege, what stops it, and how it would."""
    found = portrait.audit.readiness
    if found is None:
        return tag("p", tongue.word("measured-unknown"))
    heads = tongue.heads("page-kind", "page-verdict", "page-why")
    body = (
        (
            want_word(want, tongue.language),
            ready_word(ready, tongue.language),
            listing(reasons(found, want, tongue.language)),
        )
        for want, ready in verdicts(found)
    )
    return join(
        (
            rows(heads, body, caption=tongue.word("least-privilege")),
            tag("p", tongue.word("ready-run-line")),
            tag("pre", tag("code", found.run_line)),
            tag("p", tongue.word("kubernetes-says")),
            tag("pre", tag("code", join([Markup(escape(manifest(found)))]))),
        )
    )


def packages(portrait: Portrait, tongue: Tongue) -> Markup:
    """Everything inside."""
    heads = tongue.heads("column-name", "page-version", "column-kind", "column-side", "page-part")
    body = (
        (each.name, each.version, each.ecosystem, tongue.side(each.side), tongue.part(each.stratum))
        for each in portrait.packages
    )
    return tongue.every(len(portrait.packages), rows(heads, body, caption=tongue.word("page-packages")))


def not_checked(portrait: Portrait, tongue: Tongue) -> Markup:
    """What could not be read or decided."""
    gaps = [gap_text(gap, tongue.language) for gap in portrait.gaps]
    return listing(gaps) if gaps else tag("p", tongue.word("nothing"))
