"""Where installs stand in an image, and the places that a fix comes by on its way there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from seamline.advisories.judge import Place, publisher_of
from seamline.advisories.match import Flaw
from seamline.model.advisory import Status
from seamline.model.finding import Step
from seamline.model.package import Install
from seamline.model.seam import Base, Stratum
from seamline.settings.file import Settings
from seamline.stores.ledger import Bases
from seamline.verbs.stock import Stock
from seamline.versions.orders import UnreadableVersion, order_of


class Places:
    """Where every install stands, one value a stratum."""

    def __init__(self, stock: Stock, settings: Settings) -> None:
        self._index_of = stock.index_of
        self.bases = [stratum.base for stratum in stock.strata]
        self.all = [self._place(stratum, settings) for stratum in stock.strata]

    def _place(self, stratum: Stratum, settings: Settings) -> Place:
        names = stratum.base.names if stratum.base is not None else ()
        team = stratum.base.team if stratum.base is not None else ""
        return Place(
            side=stratum.side,
            stratum=stratum.name,
            base=stratum.base,
            owner=team or stratum.owner or settings.owner_of(stratum.side, names),
        )

    def of(self, install: Install) -> Place:
        return self.all[self._index_of(install)]

    def by_name(self, stratum: str) -> Place:
        return next((each for each in self.all if each.stratum == stratum), Place())

    def position(self, base: Base) -> int:
        return next(at for at, each in enumerate(self.bases) if each is base)


def newest_of_line(base: Base | None, known: Bases, as_of: str) -> Base | None:
    """The newest known digest of a base's line that is newer than the base itself, as of a moment."""
    if base is None or not base.line:
        return None
    found = [
        each
        for each in known.with_name(base.line, base.platform)
        if each.created > base.created and each.created <= as_of
    ]
    newest = max(found, key=lambda each: each.created, default=None)
    if newest is None or newest.inventory is not None:
        return newest
    # what a base holds is kept apart from what it is called
    return msgspec.structs.replace(newest, inventory=known.inventory(newest))


class Steps:
    """The places on a fix's way: distribution, the newest of each base's line from the bottom up, this image."""

    def __init__(self, places: Places, newer: Callable[[int], Base | None]) -> None:
        self._places = places
        self._newer = newer

    def of(self, flaw: Flaw, place: Place) -> tuple[Step, ...]:
        return tuple(self._each(flaw, place))

    def _each(self, flaw: Flaw, place: Place) -> Iterator[Step]:
        fixed = flaw.status == Status.FIXED
        day = min(
            (a.published or a.modified for a in flaw.advisories if a.published or a.modified), default=""
        )
        yield Step(place=publisher_of(flaw.install), has_fix=fixed, day=day if fixed else "")
        if not fixed:
            return
        if place.base is not None:
            yield from self._bases(flaw, place)
        yield Step(place="this image", has_fix=False, owner=self._owner_above(place))

    def _bases(self, flaw: Flaw, place: Place) -> Iterator[Step]:
        """The base that brought the package; of it the newest of its line."""
        at = next(i for i, each in enumerate(self._places.all) if each is place)
        newer = self._newer(at)
        base = place.base
        assert base is not None  # noqa: S101 - asked for a place with a base only
        if newer is None:
            yield Step(place=base.reference, has_fix=False, owner=place.owner)
            return
        has = _holds_fix(flaw, newer)
        yield Step(
            place=newer.reference,
            has_fix=has,
            day=newer.created[:10] if has else "",
            owner="" if has else place.owner,
        )

    def _owner_above(self, place: Place) -> str:
        """Who must take a base's fix into this image: the keeper of the topmost part."""
        if place.base is None:
            return place.owner
        above = self._places.all[-1]
        return above.owner


def _holds_fix(flaw: Flaw, base: Base) -> bool | None:
    """Whether a base has the package in a fixed version, or no longer; None where its content is not known."""
    if base.inventory is None:
        return None
    package = flaw.install.package
    head = f"{package.ecosystem}/{package.name}="
    versions = [label[len(head) :] for label in base.inventory.packages if label.startswith(head)]
    order = order_of(flaw.hits[0].subject.ecosystem)
    if order is None:
        return None
    try:
        return all(order(version) >= min(map(order, flaw.fixed_in)) for version in versions)
    except (UnreadableVersion, ValueError):
        return None
