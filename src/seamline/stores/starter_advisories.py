"""The starter set of advisories: a few well-known ones, written for this project as facts, so that a first scan shows
what scans are like. Never a basis for a gate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache

import msgspec

from seamline.advisories.compile import Compiled, compile_record
from seamline.advisories.ecosystems import base_of
from seamline.advisories.gather import Saying, gathered
from seamline.effects.shipped import shipped
from seamline.formats.osv import OsvRecord
from seamline.model.advisory import (
    Advisory,
    Affected,
    Cycle,
    EcosystemState,
    Manifest,
    PackageRows,
    Weather,
)


class StarterIndex:
    """Compiled advisories in memory, asked like the index on disk."""

    def __init__(self, compiled: Iterable[Compiled]) -> None:
        self._advisories: dict[str, Advisory] = {}
        told: dict[tuple[str, str], list[Saying]] = {}
        for advisory, packages in compiled:
            self._advisories[advisory.id] = advisory
            for ecosystem, name, saying in packages:
                told.setdefault((ecosystem, name), []).append(saying)
        self._affected = {package: gathered(each) for package, each in told.items()}
        self.manifest = Manifest(kind="starter", ecosystems=tuple(map(self._state, sorted(self._bases()))))

    def _bases(self) -> set[str]:
        return {base_of(ecosystem) for ecosystem, _ in self._affected}

    def _state(self, ecosystem: str) -> EcosystemState:
        rows = [
            row for (place, _), each in self._affected.items() if base_of(place) == ecosystem for row in each
        ]
        packages = [name for place, name in self._affected if base_of(place) == ecosystem]
        newest = max(self._advisories[row.advisory].modified for row in rows)
        return EcosystemState(
            ecosystem=ecosystem,
            advisories=len({row.advisory for row in rows}),
            packages=len(packages),
            newest=newest,
            fetched=f"{newest}T00:00:00Z",
            file="",
            sha256="",
            size_bytes=0,
        )

    def affected(self, ecosystem: str, name: str) -> PackageRows:
        return self._affected.get((ecosystem, name), PackageRows())

    def spoken_of(self, base: str, names: Collection[str]) -> Iterator[tuple[str, str, PackageRows]]:
        for (place, name), rows in self._affected.items():
            if base_of(place) == base and name in names:
                yield place, name, rows

    def speaks_of(self, base: str, advisory: str) -> Iterator[tuple[str, str, Affected]]:
        for (place, name), rows in self._affected.items():
            if base_of(place) == base:
                yield from ((place, name, row) for row in rows if row.advisory == advisory)

    def advisory(self, _: str, name: str) -> Advisory | None:
        return self._advisories.get(name)

    def named(self, ecosystem: str, name: str) -> tuple[str, ...]:
        own = {
            row.advisory
            for (place, _), rows in self._affected.items()
            if base_of(place) == ecosystem
            for row in rows
        }
        told = (self._advisories[each] for each in sorted(own))
        return tuple(each.id for each in told if name in (each.id, *each.aliases, *each.covers))

    def weather(self, _: str) -> Weather | None:
        return None

    def cycles(self, _: str) -> tuple[Cycle, ...]:
        return ()

    def has(self, ecosystem: str) -> bool:
        return base_of(ecosystem) in self._bases()

    def knows_release(self, ecosystem: str) -> bool:
        return any(place == ecosystem for place, _ in self._affected)


@cache
def starter_advisories() -> StarterIndex:
    """The set that comes with Seamline."""
    records = msgspec.json.decode(shipped("advisories.json"), type=list[OsvRecord])
    bases = sorted(
        {base_of(a.package.ecosystem) for r in records for a in r.affected or () if a.package is not None}
    )
    return StarterIndex(
        found for r in records for base in bases if (found := compile_record(r, base)) is not None
    )
