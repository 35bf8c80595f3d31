"""Who a thing on the attack surface belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from seamline.model.audit import Danger, SurfaceLine
from seamline.model.entry import Entry, Kind, path_text
from seamline.model.seam import Stratum
from seamline.tree.tree import Tree


class Placed:
    """Makes lines of entries: the part of the image that each belongs to, and the package that brought it."""

    def __init__(
        self, tree: Tree, stratum_of: Callable[[Entry], Stratum], suppliers: Mapping[bytes, str]
    ) -> None:
        self.tree = tree
        self.stratum_of = stratum_of
        self._suppliers = suppliers

    def supplier(self, path: bytes) -> str:
        """The key of the distribution package that installed a path; empty where none did."""
        return self._suppliers.get(self.tree.canonical(path), "")

    def since(self, entry: Entry, holds: Callable[[Entry], bool]) -> Entry:
        """The entry as of the layer from which on something holds of its path: who gives the base's file a setuid bit answers
        for the bit, though the content is the base's."""
        layer = entry.layer
        for below in reversed(self.tree.history(entry.path)[:-1]):
            if below.kind in (Kind.WHITEOUT, Kind.OPAQUE) or not holds(below):
                break
            layer = below.layer
        return msgspec.structs.replace(entry, origin_layer=max(entry.origin_layer, layer))

    def line(
        self,
        entry: Entry,
        kind: str,
        allows: tuple[Danger, ...],
        *,
        name: str = "",
        detail: str = "",
        of: Stratum | None = None,
    ) -> SurfaceLine:
        """The line about one entry, of the part that it belongs to or of another whose doing it is; `allows` has the worst
        first."""
        stratum = of or self.stratum_of(entry)
        path = path_text(entry.path)
        return SurfaceLine(
            danger=allows[0],
            kind=kind,
            name=name or path.rpartition("/")[2],
            path=path,
            side=stratum.side,
            stratum=stratum.name,
            layer=entry.origin_layer,
            allows=allows,
            supplier=self.supplier(entry.path).partition("@")[0],
            detail=detail,
        )
