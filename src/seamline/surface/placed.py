"""Who a thing on the attack surface belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seamline.model.audit import Danger, SurfaceLine
from seamline.model.entry import Entry
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

    def line(
        self, entry: Entry, kind: str, allows: tuple[Danger, ...], *, name: str = "", detail: str = ""
    ) -> SurfaceLine:
        """The line about one entry; `allows` has the worst first."""
        stratum = self.stratum_of(entry)
        path = entry.path.decode("utf-8", "backslashreplace")
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
