"""One image's updates: ages and lines out of the ledger, support out of the advisories, what the scan foretells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from seamline.advisories.end_of_life import cycle_of_distribution, cycle_of_runtime, has_ended
from seamline.expression import expression
from seamline.model.advisory import Cycle
from seamline.model.day import days_between, noted
from seamline.model.evidence import Message
from seamline.model.finding import ScanReport
from seamline.model.package import Install
from seamline.model.report import Extent, InspectReport, StratumLine
from seamline.model.seam import (
    Base,
    Inventory,
    LayerSpan,
    full_name,
    is_on_disk,
    repository_of,
    short_name,
)
from seamline.model.update import Breaking, Support, Updates
from seamline.seam.history import steps_of
from seamline.seam.lines import is_fixed_tag, is_later, is_point_release, tag_of
from seamline.settings.file import Settings
from seamline.stores.advisory_index import WEATHER, Advisories
from seamline.stores.ledger import Bases
from seamline.update.ages import Forecast, Part, ages
from seamline.update.breaks import breaks
from seamline.update.inputs import unpinned
from seamline.update.lags import lags
from seamline.verbs.fix_way import Later, Places
from seamline.verbs.inspect import Seen
from seamline.verbs.mine import own_part
from seamline.verbs.scan import Terms
from seamline.verbs.stock import Stock

_DATE = expression(r"(?<!\d)20\d{6}(?!\d)")
_REPEATABLE = frozenset(("apko", "bazel", "ko", "jib"))


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What is known besides the image: bases and their later images, advisories, settings, the day of judgement; and where one's
    own build begins, where the user says so: `cut` is the image's stock with a part that begins there, `mine` the position of
    the first part of one's own."""

    known: Bases
    later: Later
    index: Advisories
    settings: Settings
    today: str
    mine: int | None = None
    cut: Stock | None = None


def world_of(stock: Stock, known: Bases, index: Advisories, terms: Terms, as_of: str) -> World:
    """The world of an image as of a moment.

    Raises:
        Usage: one's own part begins where this image has no layer or base.
    """
    own = own_part(stock, terms.mine) if terms.mine else None
    mine = own.first if own is not None else None
    return World(
        known=known,
        later=Later(known, as_of),
        index=index,
        settings=terms.settings,
        today=as_of[:10],
        mine=len(stock.strata) if terms.is_pulled else mine,
        cut=own.stock if own is not None else None,
    )


def updates(seen: Seen, stock: Stock, inspected: InspectReport, scan: ScanReport, world: World) -> Updates:
    """The updates of one image."""
    stock = world.cut or stock
    parts = list(_parts(seen, stock, inspected, world))
    names = [each.line.name for each in parts]
    forecast = Forecast(
        actions=scan.actions,
        places={each.key: names.index(each.stratum) for each in scan.findings if each.stratum in names},
        is_judged=scan.database.kind not in ("none", "starter") and not scan.database.missing,
    )
    support = tuple(_support(stock, world))
    return Updates(
        parts=ages(parts, forecast, world.today),
        support=support,
        support_unknown=None if support else _undated(stock, world),
        lags=tuple(lags(scan.findings, world.today)),
        breaks=tuple(each for part in parts for each in _breaks(part, world.later)),
        notes=(
            *(action.message for action in scan.actions if action.what == "drop-upgrade"),
            *(each for part in parts for each in _frozen(part, inspected)),
            *unpinned(_own_steps(seen, parts, _first_own(stock, world))),
            _repeatable(seen),
        ),
    )


def _parts(seen: Seen, stock: Stock, inspected: InspectReport, world: World) -> Iterator[Part]:
    places = Places(stock, world.settings, world.mine)
    lines = [_line_of(at, stock, inspected.strata) for at in range(len(stock.strata))]
    days = _days_of_steps(seen)
    for line, stratum, place in zip(lines, stock.strata, places.all, strict=True):
        base = stratum.base
        is_top = line is lines[-1]
        later = world.later.than(base) if base is not None else ()
        made = inspected.image.config.created if is_top else days(line)
        yield Part(
            line=line,
            owner=place.owner,
            is_ours=place.is_ours,
            created=base.created if base is not None else made,
            base=base,
            later=later,
            every=_line(base, world.known) if base is not None else (),
            pin=_pin(base, inspected) if base is not None else "",
            propose=_propose(base) if base is not None else "",
            is_compared=bool(later) and _inventories(base, later, world.later) is not None,
        )


def _line_of(at: int, stock: Stock, lines: Sequence[StratumLine]) -> StratumLine:
    """How a part is told of; one that was cut where one's own begins as the part that it was cut from."""
    stratum = stock.strata[at]
    if len(lines) == len(stock.strata):
        return msgspec.structs.replace(lines[at], side=stratum.side)
    assert isinstance(stratum.extent, LayerSpan)  # noqa: S101 - only parts that are layers are cut
    span = (stratum.extent.first, stratum.extent.last)
    line = next(each for each in lines if each.extent.layers and each.extent.layers[1] >= span[0])
    return msgspec.structs.replace(line, name=stratum.name, side=stratum.side, extent=Extent(layers=span))


def _first_own(stock: Stock, world: World) -> int:
    """The first layer of one's own build where the user says so by layers; 0 else."""
    is_cut = world.cut is not None and world.mine is not None and world.mine < len(stock.strata)
    extent = stock.strata[world.mine].extent if is_cut and world.mine is not None else None
    return extent.first if isinstance(extent, LayerSpan) else 0


def _days_of_steps(seen: Seen) -> Callable[[StratumLine], str]:
    """The latest day that a step of a part names: how old a part is whose base nobody knows."""
    image, days = seen.looked.image, dict[str, str]()
    for line, author in zip(image.config.history, seen.seam.authors, strict=False):
        days[author.stratum] = max(days.get(author.stratum, ""), line.created)
    steps = steps_of(image.config, len(image.layers))
    made = {each.position: image.config.history[each.index].created for each in steps}

    def of(line: StratumLine) -> str:
        if line.name in days or line.extent.layers is None:
            return days.get(line.name, "")
        first, last = line.extent.layers
        return max(made.get(at, "") for at in range(first, last + 1))

    return of


def _inventories(
    base: Base | None, later: Sequence[Base], known: Later
) -> tuple[Inventory, Inventory] | None:
    """What a base and the newest of its line hold; none where nobody has looked into both."""
    now = known.inventory(base) if base is not None else None
    then = known.inventory(later[-1]) if later else None
    return (now, then) if now is not None and then is not None else None


def _line(base: Base, known: Bases) -> tuple[Base, ...]:
    """Every known image of the base's line, the base itself too; none for a base that is known by a file alone."""
    if base.names and is_on_disk(base.names[0]):
        return ()
    kin = known.with_repository(base.repository, base.platform) if base.repository else ()
    return (base, *(each for each in kin if is_later(base, each) or is_later(each, base)))


def _pin(base: Base, inspected: InspectReport) -> str:
    """How the image itself names its base where it does (annotation), else what all names that it is known by have in common;
    empty where they differ, as nobody knows then which of them the build names."""
    named = _named(inspected)
    if named or not base.names:
        return _kind(named or f"@{base.digest}")
    kinds = {_kind(name) for name in base.names}
    return kinds.pop() if len(kinds) == 1 else ""


def _named(inspected: InspectReport) -> str:
    return inspected.image.annotations.get("org.opencontainers.image.base.name", "")


def _kind(name: str) -> str:
    """What kind of name it is: one that always means the same image, that stays from some day on, or that moves."""
    if is_on_disk(name):
        return ""
    full = full_name(name)
    if "@" in name:
        return "digest"
    if _DATE.search(tag_of(full)):
        return "date tag"
    if is_point_release(full):
        return "point release"
    return "release tag" if is_fixed_tag(tag_of(full)) else "moving tag"


def _frozen(part: Part, inspected: InspectReport) -> Iterator[Message]:
    """A base whose name does not move on to the newest of its line, so that building again takes nothing up."""
    if part.base is not None and part.later and part.pin not in ("", "moving tag"):
        args: dict[str, str | int] = {
            "name": short_name(_named(inspected) or part.base.reference),
            "newest": part.later[-1].reference,
        }
        yield Message("name-stays", args)


def _propose(base: Base) -> str:
    """The name to pin by: the most exact tag that the repository really has, with the digest."""
    digest = base.index_digest or base.digest
    if not base.names or not digest:
        return ""
    name = max(base.names, key=_exactness)
    plain = name if "@" not in name else repository_of(name)
    return f"{short_name(plain)}@{digest}"


def _exactness(name: str) -> tuple[bool, bool, bool, int, str]:
    """Days before releases, those before point releases, then whatever says most."""
    tag = tag_of(name)
    return bool(_DATE.search(tag)), is_fixed_tag(tag), is_point_release(name), len(name), name


def _support(stock: Stock, world: World) -> Iterator[Support]:
    """The distribution's, then each runtime's."""
    told: set[tuple[str, str]] = set()
    if stock.distribution is not None:
        cycle = cycle_of_distribution(stock.distribution, world.index.cycles)
        # the lowest part that holds any of its packages brought it, whatever was installed above
        carriers = (each for each in stock.installs if each.package.distribution == stock.distribution)
        carrier = min(carriers, key=stock.index_of, default=None)
        if cycle is not None and carrier is not None:
            yield _kept(cycle, carrier, stock, world.today)
    for install in stock.installs:
        cycle = cycle_of_runtime(install, world.index.cycles)
        if cycle is not None and (cycle.product, cycle.cycle) not in told:
            told.add((cycle.product, cycle.cycle))
            yield _kept(cycle, install, stock, world.today)


def _undated(stock: Stock, world: World) -> Message:
    """Why nothing is known of any end of support."""
    if world.index.manifest.state_of(WEATHER) is None:
        return Message("support-no-dates")
    distribution = stock.distribution
    name = f"{distribution.id} {distribution.version_id}".strip() if distribution is not None else ""
    return Message("support-none-listed", {"name": name}) if name else Message("support-nothing-dated")


def _kept(cycle: Cycle, install: Install, stock: Stock, today: str) -> Support:
    stratum = stock.strata[stock.index_of(install)]
    return Support(
        product=cycle.product,
        cycle=cycle.cycle,
        side=stratum.side,
        stratum=stratum.name,
        ends=noted(cycle.ends),
        extended_ends=noted(cycle.extended_ends),
        days_left=days_between(today, noted(cycle.ends)),
        ended=has_ended(cycle, today),
    )


def _breaks(part: Part, later: Later) -> Sequence[Breaking]:
    held = _inventories(part.base, part.later, later)
    return tuple(breaks(part.line.name, *held)) if held is not None else ()


def _own_steps(seen: Seen, parts: Sequence[Part], first: int) -> Iterator[str]:
    """The texts of the RUN steps above the known bases, from the layer `first` on, those that share a layer too; a base of one's
    own team answers for its own steps where it is itself what is looked at."""
    image = seen.looked.image
    of_others = {
        each.line.name for each in parts if each.base is not None and not (each is parts[-1] and each.is_ours)
    }
    for step, author in zip(steps_of(image.config, len(image.layers)), seen.seam.authors, strict=False):
        if step.verb == "RUN" and author.stratum not in of_others and step.layers_below >= first:
            yield step.text


def _repeatable(seen: Seen) -> Message:
    """Whether the same sources would give the same image again, as far as its builder is known for that."""
    config = seen.looked.image.config
    tools = {step.tool for step in steps_of(config, len(seen.looked.image.layers)) if step.tool}
    named = sorted(tools & _REPEATABLE)
    if named:
        return Message("build-repeatable", {"tool": ", ".join(named)})
    if config.created.startswith(("1970-01-01", "0001-01-01", "1980-01-01")):
        return Message("build-undated", {"day": config.created[:10]})
    return Message("build-not-known-repeatable", {})
