"""From the records of all layers to everything that is installed: the readers assemble, ownership is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from seamline.catalog.distribution import READER as DISTRIBUTION
from seamline.catalog.distribution import distributions as find_distributions
from seamline.catalog.facts import LayerFacts
from seamline.catalog.reader import Reader, Said, Sighting, Supply, View
from seamline.catalog.unaccounted import unaccounted
from seamline.errors import Where
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Install
from seamline.model.program import Program
from seamline.model.purl import install_key, purl_of
from seamline.tree.tree import Tree


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything found. `suppliers` maps a canonical path to the key of the distribution package that installed it;
    `unaccounted` are those of the `programs` that are in no package."""

    installs: tuple[Install, ...]
    distributions: Mapping[bytes, Distribution]
    suppliers: Mapping[bytes, str]
    programs: tuple[Program, ...]
    unaccounted: tuple[Program, ...]
    gaps: tuple[Gap, ...]

    @property
    def distribution(self) -> Distribution | None:
        """The image's own distribution."""
        return self.distributions.get(b"")


def take_stock(tree: Tree, layers: Sequence[LayerFacts], readers: Sequence[Reader]) -> Catalog:
    """What is installed in an image, sorted by ecosystem, name and place."""
    distributions = find_distributions(tree, _sightings(layers, DISTRIBUTION.name))
    stock = _Stock()
    for reader in readers:
        sightings = _sightings(layers, reader.name)
        view = View(tree=tree, sightings=sightings, distributions=distributions)
        for said in reader.assemble(view):
            stock.take(said, secondary=reader.secondary)
    programs = tuple(stock.programs)
    return Catalog(
        installs=_settle(stock.installs, stock.suppliers, tree),
        distributions=distributions,
        suppliers=stock.suppliers,
        programs=programs,
        unaccounted=tuple(
            unaccounted(tree, programs, stock.installs, stock.suppliers.keys() | stock.accounted)
        ),
        gaps=(*_extraction_gaps(layers), *stock.gaps),
    )


class _Stock:
    """What the readers have said so far."""

    def __init__(self) -> None:
        self.installs: list[Install] = []
        self.suppliers: dict[bytes, str] = {}
        self.accounted: set[bytes] = set()
        self.programs: list[Program] = []
        self.gaps: list[Gap] = []
        self._found: dict[tuple[bytes, str], Install] = {}  # as many of the first installs as were asked for
        self._filed = 0

    def take(self, said: Said, *, secondary: bool) -> None:
        match said:
            case Gap():
                self.gaps.append(said)
            case Program():
                self.programs.append(said)
            case Install():
                self._install(said, secondary=secondary)
            case Supply():
                install = self._install(said.install, secondary=secondary)
                if said.owns:
                    self.suppliers.update(dict.fromkeys(said.paths, install_key(install)))
                else:
                    self.accounted.update(said.paths)

    def _install(self, install: Install, *, secondary: bool) -> Install:
        """The install under which it is listed: one found before by another reader goes first."""
        known = self._named(_identity(install)) if secondary else None
        if known is not None:
            return known
        self.installs.append(install)
        return install

    def _named(self, identity: tuple[bytes, str]) -> Install | None:
        """What was found last under an identity; telling those of all installs takes a while, and few images ask."""
        self._found.update((_identity(each), each) for each in self.installs[self._filed :])
        self._filed = len(self.installs)
        return self._found.get(identity)


def _identity(install: Install) -> tuple[bytes, str]:
    """What is the same package in the same root, whoever read it; a root has one distribution, whatever a reader takes it
    for where no release file says."""
    package = install.package
    if package.is_distributed:
        package = msgspec.structs.replace(package, namespace="")
    return (install.root, purl_of(package).partition("?")[0])


def _sightings(layers: Sequence[LayerFacts], reader: str) -> tuple[Sighting, ...]:
    return tuple(
        Sighting(layer=position, path=record.path, record=record.value)
        for position, facts in enumerate(layers)
        for record in facts.records.get(reader, ())
        if record.value is not None
    )


def _extraction_gaps(layers: Sequence[LayerFacts]) -> list[Gap]:
    return [
        msgspec.structs.replace(
            record.gap,
            where=Where(layer=position, path=record.gap.where.path, inside=record.gap.where.inside),
        )
        for position, facts in enumerate(layers)
        for records in facts.records.values()
        for record in records
        if record.gap is not None
    ]


def _settle(installs: Iterable[Install], suppliers: Mapping[bytes, str], tree: Tree) -> tuple[Install, ...]:
    """The installs with `owned_by`: a proving file in a distribution package's list, not rewritten above it.

    A program known by its own signature is dropped where a distribution package owns it: that one says it better.
    """
    found = list(installs)
    current = {install_key(install): install.current_layer or 0 for install in found}
    settled = []
    for install in found:
        owner = install.owned_by or _owner(install, suppliers, current, tree)
        if owner and owner != install_key(install):
            if install.package.ecosystem == "generic":
                continue
            install = msgspec.structs.replace(install, owned_by=owner)  # noqa: PLW2901
        settled.append(install)
    return tuple(sorted(settled, key=_order))


def _owner(install: Install, suppliers: Mapping[bytes, str], current: Mapping[str, int], tree: Tree) -> str:
    for proof in install.proofs:
        owner = suppliers.get(tree.canonical(proof), "")
        entry = tree.at(proof)
        if owner and entry is not None and entry.origin_layer <= current.get(owner, -1):
            return owner
    return ""


def _order(install: Install) -> tuple[str, str, str, tuple[bytes, ...], str]:
    package = install.package
    return (package.ecosystem, package.name, package.version, install.proofs, install.inside)
