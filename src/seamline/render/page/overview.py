"""What the image is: figures at a glance, the strata as a cut, the bytes as a treemap."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.model.audit import Verdict
from seamline.model.customization import Weighed
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.render.audit import by_rule, verdict_of
from seamline.render.layout import count, megabytes
from seamline.render.page.charts import Band, Tile, cut, treemap
from seamline.render.page.html import Markup, join, tag
from seamline.render.page.parts import Tongue, cards, listing, rows, sides_legend
from seamline.render.severity import is_judged

_MOST_TILES = 120
_MOST_REASONS = 8


def head(portrait: Portrait, tongue: Tongue) -> Markup:
    """The image's name, what it is in a sentence, and the figures that people look for first."""
    inspected, image = portrait.inspect, portrait.inspect.image
    distribution = inspected.distribution
    system = (distribution.pretty_name or distribution.id) if distribution is not None else "-"
    moment = tongue.word("as-of", day=portrait.as_of[:10])
    sentence = " · ".join((tongue.word(f"kind-{inspected.kind}"), system, image.platform, moment))
    return join(
        (
            tag("h1", image.reference),
            tag("p", sentence),
            tag("p", image.digest or tongue.word("no-digest"), class_="soft mono"),
            cards(_figures(portrait, tongue)),
        )
    )


def _figures(portrait: Portrait, tongue: Tongue) -> tuple[tuple[str, str], ...]:
    counted = [each for each in portrait.scan.findings if not each.suppressed]
    known = bool(counted) or is_judged(portrait.scan)
    late = sum(each.deadline is not None and each.deadline.is_overdue for each in counted)
    failed = sum(verdict_of(lines) == Verdict.FAIL for lines in by_rule(portrait.audit.rules).values())
    sides = portrait.inspect.sides
    size = sum(each.size_bytes for each in (sides.system, sides.application, sides.unknown))
    return (
        (tongue.word("card-size"), f"{megabytes(size)} MB"),
        (tongue.word("card-packages"), count(len(portrait.packages))),
        (tongue.word("card-findings"), count(len(counted)) if known else tongue.word("measured-unknown")),
        (tongue.word("card-overdue"), count(late) if known else tongue.word("measured-unknown")),
        (tongue.word("card-rules"), count(failed)),
        (tongue.word("card-support"), _support_ends(portrait, tongue)),
    )


def _support_ends(portrait: Portrait, tongue: Tongue) -> str:
    why = portrait.updates.support_unknown
    if why is not None:
        return tongue.say(why)
    if any(each.ended and not each.ends for each in portrait.updates.support):
        return tongue.word("measured-support-ended")
    return min((each.ends for each in portrait.updates.support if each.ends), default="-")


def strata(portrait: Portrait, tongue: Tongue) -> Markup:
    """The parts as a cut with the seam drawn in, and why it is there."""
    parts = list(reversed(portrait.inspect.strata))
    bands = []
    for at, part in enumerate(parts):
        below = parts[at + 1].side if at + 1 < len(parts) else None
        note = tongue.word(
            "page-band",
            side=tongue.word(f"side-{part.side.value}"),
            packages=part.weight.packages,
            files=part.weight.files,
            mb=megabytes(part.weight.size_bytes),
        )
        bands.append(
            Band(
                name=part.base.reference if part.base is not None else tongue.part(part.name),
                side=part.side.value,
                weight=part.weight.size_bytes,
                note=note,
                is_seam=below == Side.SYSTEM and part.side != Side.SYSTEM,
            )
        )
    reasons = dict.fromkeys(tongue.say(each.message) for part in parts for each in part.evidence)
    return join(
        (
            cut(bands, tongue.word("seam"), tongue.word("page-strata-told")),
            listing(list(reasons)[:_MOST_REASONS]),
        )
    )


def weights(portrait: Portrait, tongue: Tongue) -> Markup:
    """Every package as large as its files, coloured by side, and as a table."""
    found = portrait.customization.weights
    if not found:
        return tag("p", tongue.word("nothing"))
    tiles = [
        Tile(
            name=_name(each, tongue),
            side=each.side.value,
            weight=each.size_bytes,
            title=f"{_name(each, tongue)}: {megabytes(each.size_bytes)} MB, {tongue.part(each.stratum)}",
        )
        for each in found[:_MOST_TILES]
    ]
    rest: dict[Side, int] = {}
    for each in found[_MOST_TILES:]:
        rest[each.side] = rest.get(each.side, 0) + each.size_bytes
    for side, size in rest.items():
        name = tongue.word("page-rest")
        tiles.append(Tile(name=name, side=side.value, weight=size, title=f"{name}: {megabytes(size)} MB"))
    return join(
        (
            sides_legend((f"f-{each.side.value}" for each in found), tongue),
            treemap(tiles, tongue.word("page-weights-told")),
            tongue.every(len(found), _weighed(found, tongue)),
        )
    )


def _weighed(found: Sequence[Weighed], tongue: Tongue) -> Markup:
    heads = tongue.heads("column-name", "column-mb", "column-side", "page-part")
    body = (
        (
            _name(each, tongue),
            megabytes(each.size_bytes),
            tongue.side(each.side),
            tongue.part(each.stratum),
        )
        for each in found
    )
    return rows(heads, body, numbers=(1,), caption=tongue.word("page-weights"))


def _name(weight: Weighed, tongue: Tongue) -> str:
    return weight.package or tongue.word("page-own-files")
