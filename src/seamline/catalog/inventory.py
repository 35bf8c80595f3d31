"""From the records of all layers to everything that is installed: the readers assemble, ownership is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from seamline.catalog.distribution import READER as DISTRIBUTION
from seamline.catalog.distribution import distributions as find_distributions
from seamline.catalog.reader import Reader, Sighting, Supply, View
from seamline.catalog.walk import LayerFacts
from seamline.errors import Where
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Install
from seamline.model.purl import install_key, purl_of
from seamline.tree.tree import Tree


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything found. `suppliers` maps a canonical path to the key of the distribution package that installed it."""

    installs: tuple[Install, ...]
    distributions: Mapping[bytes, Distribution]
    suppliers: Mapping[bytes, str]
    gaps: tuple[Gap, ...]

    @property
    def distribution(self) -> Distribution | None:
        """The image's own distribution."""
        return self.distributions.get(b"")


def take_stock(tree: Tree, layers: Sequence[LayerFacts], readers: Sequence[Reader]) -> Catalog:
    """What is installed in an image, sorted by ecosystem, name and place."""
    sightings = {reader.name: _sightings(layers, reader.name) for reader in readers}
    distributions = find_distributions(tree, _sightings(layers, DISTRIBUTION.name))
    gaps = _extraction_gaps(layers)
    installs: list[Install] = []
    found: dict[tuple[bytes, str], Install] = {}
    suppliers: dict[bytes, str] = {}
    for reader in readers:
        view = View(tree=tree, sightings=sightings[reader.name], distributions=distributions)
        for said in reader.assemble(view):
            if isinstance(said, Gap):
                gaps.append(said)
                continue
            install = said.install if isinstance(said, Supply) else said
            known = found.get(_identity(install)) if reader.secondary else None
            if known is None:
                installs.append(install)
                found[_identity(install)] = install
            else:
                install = known
            if isinstance(said, Supply):
                suppliers.update(dict.fromkeys(said.paths, install_key(install)))
    settled = _settle(installs, suppliers, tree)
    return Catalog(installs=settled, distributions=distributions, suppliers=suppliers, gaps=tuple(gaps))


def _identity(install: Install) -> tuple[bytes, str]:
    """What is the same package in the same root, whoever read it."""
    return (install.root, purl_of(install.package).partition("?")[0])


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
    current = {install_key(install): install.current_layer for install in found}
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
