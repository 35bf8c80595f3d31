"""How many bytes each package takes, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seamline.model.customization import Weighed
from seamline.model.entry import Entry, Kind
from seamline.model.seam import Stratum


class Scales:
    """Weighs visible files by the package that installed them; a hardlink weighs nothing."""

    def __init__(self, suppliers: Mapping[bytes, str], canonical: Callable[[bytes], bytes]) -> None:
        self._suppliers = suppliers
        self._canonical = canonical
        self._found: dict[tuple[str, str], list[int]] = {}
        self._sides: dict[str, Stratum] = {}

    def add(self, entry: Entry, stratum: Stratum) -> None:
        """Weighs one visible path."""
        if entry.kind != Kind.FILE or not entry.size_bytes:
            return
        key = self._suppliers.get(self._canonical(entry.path), "")
        name = key.partition("@")[0].rpartition("/")[2]
        self._sides[stratum.name] = stratum
        self._found.setdefault((stratum.name, name), [0])[0] += entry.size_bytes

    def weights(self) -> tuple[Weighed, ...]:
        """The heaviest first."""
        lines = [
            Weighed(stratum=part, side=self._sides[part].side, package=name, size_bytes=size)
            for (part, name), (size,) in self._found.items()
        ]
        return tuple(sorted(lines, key=lambda each: (-each.size_bytes, each.stratum, each.package)))
