"""How far VEX statements reach in an image: for each finding the bases that hold its package, untouched or not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from seamline.model.finding import Finding
from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.model.seam import LayerSpan
from seamline.verbs.stock import Stock

if TYPE_CHECKING:
    from seamline.advisories.vex import Scope


class Scopes:
    """The scope of each finding of an image; what costs time is found out when it is first asked for."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        image = stock.image
        names = (image.reference, *image.names, image.digest or "", image.index_digest or "")
        self._image = tuple(name for name in names if name)

    def of(self, finding: Finding) -> Scope:
        from seamline.advisories.vex import Scope  # noqa: PLC0415 - only statements need it

        install = self._installs.get(finding.install)
        if install is None:
            return Scope(image=self._image)
        # what stands above is made of what stands below: its publisher answers for both
        above = [
            each for each in self._stock.strata[self._stock.index_of(install) :] if each.base is not None
        ]
        return Scope(
            image=self._image,
            bases=tuple(each.base for each in above if each.base is not None),
            is_intact=all(isinstance(each.extent, LayerSpan) for each in above),
            is_touched=finding.install in self._touched,
            distribution=install.package.distribution,
        )

    @cached_property
    def _installs(self) -> dict[str, Install]:
        return {install_key(install): install for install in self._stock.installs}

    @cached_property
    def _touched(self) -> frozenset[str]:
        return self._stock.touched()
