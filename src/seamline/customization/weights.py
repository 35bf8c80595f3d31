"""How many bytes each package takes, part by part."""

from __future__ import annotations

from collections.abc import Mapping

from seamline.model.customization import Weighed
from seamline.model.entry import FILE, Entry
from seamline.model.package import Side
from seamline.model.seam import Stratum


class Scales:
    """Weighs visible files by the package that installed them; a hardlink weighs nothing."""

    def __init__(self, suppliers: Mapping[bytes, str]) -> None:
        self._suppliers = suppliers
        self._by_key: dict[tuple[str, str], int] = {}
        self._sides: dict[str, Side] = {}

    def add(self, entry: Entry, stratum: Stratum) -> None:
        """Weighs one visible path, by its canonical name."""
        if entry.kind == FILE and entry.size_bytes:
            self._sides[stratum.name] = stratum.side
            place = (stratum.name, self._suppliers.get(entry.path, ""))
            self._by_key[place] = self._by_key.get(place, 0) + entry.size_bytes

    def weights(self) -> tuple[Weighed, ...]:
        """The heaviest first."""
        by_name: dict[tuple[str, str], int] = {}
        for (part, key), size in self._by_key.items():
            place = (part, key.partition("@")[0].rpartition("/")[2])
            by_name[place] = by_name.get(place, 0) + size
        lines = [
            Weighed(stratum=part, side=self._sides[part], package=name, size_bytes=size)
            for (part, name), size in by_name.items()
        ]
        return tuple(sorted(lines, key=lambda each: (-each.size_bytes, each.stratum, each.package)))
