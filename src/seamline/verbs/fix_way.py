"""Where installs stand in an image, and the places that a fix comes by on its way there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from shlex import quote

import msgspec

from seamline.advisories.floors import ITS_SOURCES, THIS_IMAGE, Copied, Floor, Yard
from seamline.advisories.forecast import judging, on_base
from seamline.advisories.judge import Place, lacking, publisher_of
from seamline.advisories.keys import Names
from seamline.advisories.match import Matcher
from seamline.advisories.series import in_series, still_there
from seamline.advisories.verdict import Flaw
from seamline.model.advisory import Status
from seamline.model.finding import Step
from seamline.model.image import Digest
from seamline.model.package import Install
from seamline.model.package_source import Refusal
from seamline.model.purl import install_key
from seamline.model.report import ImageLine
from seamline.model.seam import Base, Inventory, LayerSpan, Stratum, repository_of, short_name
from seamline.seam.lines import is_later
from seamline.seam.own_names import own_names
from seamline.settings.file import Settings
from seamline.stores.ledger import Bases
from seamline.verbs.stock import Stock

_OFFICIAL = "docker.io/library/"
_MOST_OF_LINE = 16


class Places:
    """Where every install stands, one value a stratum."""

    def __init__(self, stock: Stock, settings: Settings, mine: int | None = None) -> None:
        self._index_of = stock.index_of
        self.all = [self._place(at, each, settings, mine) for at, each in enumerate(stock.strata)]
        self.copied = {
            evidence.where.layer: evidence.message.args
            for stratum in stock.strata
            for evidence in stratum.evidence
            if evidence.message.id == "copied-from" and evidence.where and evidence.where.layer is not None
        }

    def _place(self, at: int, stratum: Stratum, settings: Settings, mine: int | None) -> Place:
        bases = (stratum.base,) if stratum.base is not None else stratum.candidates
        names = tuple(name for base in bases for name in base.names)
        keepers = {base.team or stratum.owner or settings.keeper_of(base.names) for base in bases}
        keeper = stratum.owner if not bases else keepers.pop() if len(keepers) == 1 else ""
        return Place(
            side=stratum.side,
            stratum=stratum.name,
            base=stratum.base,
            owner=keeper or settings.owner_of(stratum.side, names),
            position=at,
            is_ours=at >= mine if mine is not None else not bases or _is_own(stratum, keeper),
        )

    def of(self, install: Install) -> Place:
        return self.all[self._index_of(install)]

    def origin_of(self, install: Install) -> Place:
        """Where the package came from, in whatever version."""
        if not install.package.is_distributed or not install.is_changed_above:
            return self.of(install)
        return self.of(msgspec.structs.replace(install, current_layer=install.origin_layer))

    def by_name(self, stratum: str) -> Place:
        return next((each for each in self.all if each.stratum == stratum), Place())


def _is_own(stratum: Stratum, keeper: str) -> bool:
    """Whether a base is built here; of several that have the same layers nobody knows which it is, so none is."""
    return stratum.base is not None and is_built_here(keeper, stratum.base.names)


def is_built_here(keeper: str, names: Sequence[str]) -> bool:
    """Whether a team that keeps a base also builds it: an official image is kept by somebody, and built by its maker."""
    return bool(keeper) and not any(name.startswith(_OFFICIAL) for name in names)


_Name = tuple[str | tuple[str, ...], tuple[str, ...]]


def _name(base: Base) -> _Name:
    return (base.digest or base.names, base.diff_ids)


class Later:
    """The later images of a base's line, and what each holds."""

    def __init__(self, known: Bases, as_of: str) -> None:
        self._known = known
        self.as_of = as_of
        self._inventories: dict[_Name, Inventory | None] = {}
        self._lines: dict[_Name, tuple[Base, ...]] = {}

    def inventory(self, base: Base) -> Inventory | None:
        """What a base holds; None where that was never learnt."""
        if _name(base) not in self._inventories:
            self._inventories[_name(base)] = base.inventory or self._known.inventory(base)
        return self._inventories[_name(base)]

    def than(self, base: Base) -> tuple[Base, ...]:
        """The later ones, oldest first; of very many the latest."""
        if _name(base) not in self._lines:
            self._lines[_name(base)] = self._line(base)
        return self._lines[_name(base)]

    def than_copied(self, name: str, digest: str, platform: str) -> tuple[Base, ...]:
        """The later ones of a base known by its name (as `Base.reference` has it) and digest."""
        same = self._known.with_digest(Digest(digest), platform) if digest else ()
        base = next((each for each in same if each.reference == name), None)
        return self.than(base) if base is not None else ()

    def _line(self, base: Base) -> tuple[Base, ...]:
        repositories = dict.fromkeys(repository_of(name) for name in base.names)
        found = [
            each
            for repository in repositories
            for each in self._known.with_repository(repository, base.platform)
            if each.created <= self.as_of and is_later(base, each)
        ]
        plain = {_name(each): each for each in found}
        return tuple(sorted(plain.values(), key=lambda each: each.created))[-_MOST_OF_LINE:]


class _Rung(msgspec.Struct, frozen=True):
    """One base of the chain: where its strata end, and who keeps it."""

    base: Base
    place: Place


class Ladder:
    """The chain of bases under an image, bottom up, and the image on top: the floors that a fix climbs."""

    def __init__(
        self,
        places: Places,
        stock: Stock,
        later: Later,
        matcher: Matcher,
        refusal: Callable[[Flaw], Refusal | None] = lambda _: None,
        *,
        is_pulled: bool,
    ) -> None:
        self.places, self._image, self._uses = places, stock.image, stock.uses
        self._later = later
        self._rungs = [_Rung(each.base, each) for each in places.all if each.base is not None]
        top = places.all[-1] if places.all else Place()
        foreign = next((each for each in reversed(places.all) if not each.is_ours), None)
        if foreign is not None and foreign is not top and foreign.base is None:
            unnamed = Base(names=(foreign.stratum,), diff_ids=(), platform=stock.image.platform)
            self._rungs.append(_Rung(unnamed, foreign))
            self._rungs.sort(key=lambda each: each.place.position)
        is_pulled = is_pulled or not top.is_ours
        if is_pulled and top.base is None and (own := _own_base(stock.image)) is not None:
            self._rungs.append(_Rung(own, top))
        self._is_pulled = is_pulled or top.base is not None
        self._top = top
        self.installs = stock.installs
        self.names = Names(stock.installs)
        self._judge = judging(matcher, self.names)
        self.floors = tuple(self._floors())
        self._found_in: dict[tuple[_Name, int], Mapping[str, Flaw] | None] = {}
        self._refusal = refusal
        self.refused: dict[str, Refusal] = {}
        """Why the image's own sources do not give fixes, by the keys of the findings that `way` was asked for."""
        self._spans = tuple(zip(places.all, (each.extent for each in stock.strata), strict=True))

    def _floors(self) -> Iterator[Floor]:
        below: _Rung | None = None
        for rung in self._rungs:
            yield self._floor(rung.base.reference, rung.place, rung.base, below)
            below = rung
        top = msgspec.structs.replace(self._top, is_ours=not self._is_pulled)
        yield self._floor(THIS_IMAGE, top, None, below)

    def _floor(self, name: str, place: Place, base: Base | None, below: _Rung | None) -> Floor:
        later = self._later.than(below.base) if below is not None else ()
        return Floor(
            name=name,
            owner=place.owner,
            side=place.side,
            is_ours=place.is_ours,
            base=base,
            below=below.base if below is not None else None,
            onto=later[-1] if later else None,
            cut=below.place.position if below is not None else -1,
        )

    def yard(self) -> Yard:
        """What deciding on actions needs."""
        layers = {layer.position: layer.created_by for layer in self._image.layers}
        return Yard(
            image=self._image.reference,
            installs={install_key(install): install for install in self.installs},
            names=self.names,
            place_of=self.places.of,
            origin_of=self.places.origin_of,
            floors=self.floors,
            inventory_of=self._later.inventory,
            judge=self._judge,
            step_of=lambda layer: layers.get(layer, ""),
            copied_from={layer: self._copied(told) for layer, told in self.places.copied.items()},
            today=self._later.as_of[:10],
            uses=self._uses,
            pulled_as=next(map(short_name, own_names(self._image)), ""),
            advice=self._advice(),
            user=self._image.config.user,
            refused=self.refused,
        )

    def _advice(self) -> str:
        """What tells other bases to stand on, where it can: of an image that is there, on a base that is known."""
        if self._image.place.startswith("sbom-") or all(each.base is None for each in self.places.all):
            return ""
        return f"seamline base advise {quote(self._image.reference)}"

    def _copied(self, told: Mapping[str, str | int]) -> Copied:
        names, digests = str(told["bases"]).split(", "), str(told["digests"]).split(" ")
        onto = {
            name: later[-1]
            for name, digest in zip(names, digests, strict=True)
            if (later := self._later.than_copied(name, digest, self._image.platform))
        }
        name = next(iter(onto), names[0])
        return Copied(name=name, folder=str(told["folder"]), onto=onto.get(name))

    def way(self, flaw: Flaw, place: Place, key: str, day: str) -> tuple[Step, ...]:
        """The places on the way of a flaw's fix: its publisher, who had it on `day`, the newest of each base's line, this
        image. `key` is the finding's."""
        fixed = flaw.status == Status.FIXED
        first = Step(place=publisher_of(flaw.install), has_fix=fixed, day=day if fixed else "")
        if not fixed:
            return (first,)
        origin = min(self.places.origin_of(flaw.install), place, key=lambda each: each.position)
        bases = [
            self._step(rung, flaw, key) for rung in self._rungs if rung.place.position >= origin.position
        ]
        here = Step(place=THIS_IMAGE, has_fix=False, owner=self._top.owner)
        return self._by_sources((first, *bases, here), flaw, place, key)

    def _by_sources(self, way: tuple[Step, ...], flaw: Flaw, place: Place, key: str) -> tuple[Step, ...]:
        """The way with the image's own sources on it, where they do not give the fix to whoever must take it up next."""
        stuck = next(iter(lacking(way)), way[-1])
        builder = next((each.place for each in self._rungs if each.base.reference == stuck.place), None)
        is_ours = builder.is_ours if builder is not None else not self._is_pulled
        is_above = place.position > self.floors[-1].cut and not self._is_pulled
        refusal = self._refusal(flaw) if is_ours or is_above else None
        if refusal is None:
            return way
        self.refused[key] = refusal
        if not is_ours:
            return way
        where = refusal.evidence.where
        keeper = self._keeper(where.layer) if where is not None and where.layer is not None else None
        owner = keeper.owner if keeper is not None and keeper.is_ours else stuck.owner
        at = way.index(stuck)
        return (*way[:at], Step(place=ITS_SOURCES, has_fix=False, owner=owner), *way[at:])

    def _keeper(self, layer: int) -> Place | None:
        """Where a layer stands; None where parts share layers."""
        return next(
            (
                place
                for place, extent in self._spans
                if isinstance(extent, LayerSpan) and extent.first <= layer <= extent.last
            ),
            None,
        )

    def _step(self, rung: _Rung, flaw: Flaw, key: str) -> Step:
        """Whether the newest of a base's line has a fix, and which image of the line had it first."""
        later = self._later.than(rung.base)
        owner = rung.place.owner
        mended = self._mended(later[-1], rung, flaw, key) if later else False
        if not mended:
            return Step(place=rung.base.reference, has_fix=mended, owner=owner)
        since = later[-1]
        for each in reversed(later[:-1]):
            if not self._mended(each, rung, flaw, key):
                break
            since = each
        return Step(place=rung.base.reference, has_fix=True, day=since.created[:10])

    def _mended(self, base: Base, rung: _Rung, flaw: Flaw, key: str) -> bool | None:
        """Whether a base of a line no longer has a flaw; None where its content was never learnt."""
        position = rung.place.position
        found = self._found(base, position)
        if found is None or not self.names.has_kin(flaw.install):
            return None if found is None else key not in found
        name = self.names.of(flaw.install)
        today = [
            (each, other.install.package.version)
            for each, other in in_series(self._today, flaw.id, name)
            if self.places.of(other.install).position <= position
        ]
        then = [other.install.package.version for _, other in in_series(found, flaw.id, name)]
        return key not in still_there(today, then) if len(today) > 1 else not then

    @cached_property
    def _today(self) -> Mapping[str, Flaw]:
        """What the image is found to have, by its keys."""
        return self._judge(self.installs)

    def _found(self, base: Base, position: int) -> Mapping[str, Flaw] | None:
        """What a base would be found to have; None where its content was never learnt."""
        if (_name(base), position) not in self._found_in:
            self._found_in[_name(base), position] = self._judged(base, position)
        return self._found_in[_name(base), position]

    def _judged(self, base: Base, position: int) -> Mapping[str, Flaw] | None:
        inventory = self._later.inventory(base)
        if inventory is None:
            return None
        standing = [each for each in self.installs if self.places.of(each).position <= position]
        return self._judge(on_base(standing, inventory))


def _own_base(image: ImageLine) -> Base | None:
    """An image that somebody else builds, as what others would stand on; None where it goes by no name."""
    names = own_names(image)
    if not names:
        return None
    return Base(
        names=names, diff_ids=(), platform=image.platform, created=image.config.created, line=names[0]
    )
