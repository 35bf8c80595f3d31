"""How fit a base is to stand on, by facts alone: renewal, advisories, tags, support; and who does what for images on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.advisories.ecosystems import distribution_ecosystem
from seamline.advisories.end_of_life import cycle_of_distribution, has_ended
from seamline.model.advisory import Cycle, Severity
from seamline.model.day import day_of, days_between, noted
from seamline.model.fitness import Duty, Fitness, MovedTag
from seamline.model.package import Distribution, Side
from seamline.model.seam import Base, is_on_disk, repository_of
from seamline.seam.lines import is_fixed_tag, is_later, tag_of
from seamline.settings.file import Settings
from seamline.stores.advisory_index import Advisories
from seamline.stores.ledger import Bases
from seamline.update.ages import cadence
from seamline.verbs.fix_way import is_built_here

_FRESH_DAYS = 45
_FEED_DAYS = 30


def fitness_of(base: Base, known: Bases, index: Advisories, today: str) -> Fitness:
    """The facts, as of a day."""
    line = [each for each in _line(base, known) if day_of(each.created) <= today]
    renewed = max((day_of(each.created) for each in line), default="")
    distribution = _distribution(base, known)
    ecosystem = distribution_ecosystem(distribution) if distribution is not None else ""
    is_feed = ecosystem and index.manifest.kind != "starter" and index.knows_release(ecosystem)
    state = index.manifest.state_of(ecosystem) if is_feed else None
    cycle = cycle_of_distribution(distribution, index.cycles) if distribution is not None else None
    names = [name for each in known.with_repository(base.repository, base.platform) for name in each.names]
    has_tags = not base.names or not all(map(is_on_disk, base.names))
    own = {tag_of(name) for name in base.names}
    told = {tag for name in names if not is_on_disk(name) and is_fixed_tag(tag := tag_of(name))}
    fixed = tuple(sorted(told, key=lambda tag: (tag in own, tag)))
    moved = tuple(_moved(base, known))
    age = days_between(renewed, today) or 0
    usual = cadence(line)
    newest = state.newest if state is not None else ""
    judged = {
        "renewal": age <= max(_FRESH_DAYS, 2 * (usual or 0)) if renewed else None,
        "feed": ((days_between(newest, today) or 0) <= _FEED_DAYS if newest else None) if ecosystem else None,
        "fixed-tags": bool(fixed) or None,
        "support": not has_ended(cycle, today) if cycle is not None and cycle.ends else None,
        "tags-stay": not any(each.is_release for each in moved) if has_tags else None,
    }
    return Fitness(
        renewed=renewed,
        age_days=age,
        images=len(line),
        cadence_days=usual,
        feed=ecosystem if state is not None else "",
        feed_newest=newest,
        fixed_tags=fixed,
        has_tags=has_tags,
        is_studied=(base.inventory or known.inventory(base)) is not None,
        ends=_ends(cycle),
        extended_ends=noted(cycle.extended_ends) if cycle is not None else "",
        moved=moved,
        holds=tuple(name for name, holds in judged.items() if holds),
        fails=tuple(name for name, holds in judged.items() if holds is False),
    )


def _ends(cycle: Cycle | None) -> str:
    return noted(cycle.ends) if cycle is not None else ""


def _line(base: Base, known: Bases) -> list[Base]:
    """Every known image of the base's line, oldest first."""
    kin = known.with_repository(base.repository, base.platform) if base.repository else ()
    found = [each for each in kin if is_later(base, each) or is_later(each, base)]
    return sorted([base, *found], key=lambda each: each.created)


def _distribution(base: Base, known: Bases) -> Distribution | None:
    inventory = base.inventory or known.inventory(base)
    return next(iter(inventory.distributions), None) if inventory is not None else None


def _moved(base: Base, known: Bases) -> Iterator[MovedTag]:
    """The base's tags that were seen with several digests."""
    for name in base.names:
        digests = {each.digest: None for each in known.with_name(name, base.platform) if each.digest}
        if len(digests) > 1:
            tag = tag_of(name)
            yield MovedTag(tag=tag, digests=tuple(map(str, digests)), is_release=is_fixed_tag(tag))


def _distributed_by(bases: Sequence[Base]) -> str:
    """The distribution that releases the fixes of bases whose maker nothing names, as their content tells it; empty for none."""
    held = (each.inventory.distributions for each in bases if each.inventory is not None)
    found = next((each for distributions in held for each in distributions), None)
    return (found.pretty_name or f"{found.id} {found.version_id}".strip()) if found is not None else ""


def duties_of(bases: Sequence[Base], settings: Settings) -> tuple[Duty, ...]:
    """What the settings say for images on these bases, a duty a side."""
    names = tuple(name for base in bases for name in base.names)
    team = next((base.team for base in bases if base.team), "")
    owners = {
        Side.SYSTEM: team or settings.owner_of(Side.SYSTEM, names),
        Side.APPLICATION: settings.owner_of(Side.APPLICATION),
        Side.UNKNOWN: settings.owner_of(Side.UNKNOWN),
    }
    contacts = {each.name: each.contact for each in settings.teams}
    called = next((name for name in names if not is_on_disk(name)), "")
    publisher = repository_of(called) if called else _distributed_by(bases)
    severities = [each for each in Severity if each not in (Severity.UNKNOWN, Severity.NEGLIGIBLE)]
    return tuple(
        Duty(
            side=side,
            owner=owner,
            contact=contacts.get(owner, ""),
            publisher=publisher if side == Side.SYSTEM else "",
            builds=side == Side.SYSTEM and is_built_here(team or settings.keeper_of(names), names),
            days=tuple((each.value, settings.days_for(each, owner)) for each in severities),
            kev_days=settings.kev_days(owner),
            base=repository_of(called) if called else next(iter(names), ""),
            is_on_disk=bool(names) and not called,
        )
        for side, owner in owners.items()
    )
