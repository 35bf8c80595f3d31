"""How far VEX statements reach in an image: for each finding the bases that hold its package, untouched or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from seamline.model.finding import Finding
from seamline.model.package import Install
from seamline.model.purl import install_key, purl_of
from seamline.model.seam import LayerSpan
from seamline.model.vex import Statement
from seamline.verbs.stock import Stock

if TYPE_CHECKING:
    from seamline.advisories.vex import Said, Scope


_DISTRIBUTIONS = frozenset(("deb", "rpm", "apk", "alpm", "opkg"))


class Scopes:
    """The scope of each finding of an image, and the statements about its flaw; what costs time is found out when it is first
    asked for."""

    def __init__(self, stock: Stock, statements: tuple[Statement, ...] = ()) -> None:
        self._stock = stock
        self._statements = statements
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
            programs=self._programs(install),
        )

    def _programs(self, install: Install) -> tuple[str, ...]:
        """The purls of what holds a package in the same file: what was linked from it, the archives around it."""
        if install.package.ecosystem in _DISTRIBUTIONS or not install.proofs:
            return ()
        key = install_key(install)
        beside = self._beside.get((install.root, install.proofs[0]), ())
        needs = {install_key(each): each.depends for each in beside}
        return tuple(
            purl_of(each.package)
            for each in beside
            if _encloses(each, install)
            or (install_key(each) != key and key in _reached(install_key(each), needs))
        )

    @cached_property
    def _beside(self) -> dict[tuple[bytes, bytes], list[Install]]:
        found: dict[tuple[bytes, bytes], list[Install]] = {}
        for each in self._stock.installs:
            if each.proofs and each.package.ecosystem not in _DISTRIBUTIONS:
                found.setdefault((each.root, each.proofs[0]), []).append(each)
        return found

    def about(self, finding: Finding) -> tuple[Statement, ...]:
        return self._said.about(finding)

    @cached_property
    def _said(self) -> Said:
        from seamline.advisories.vex import Said  # noqa: PLC0415 - only statements need it

        return Said(self._statements)

    @cached_property
    def _installs(self) -> dict[str, Install]:
        return {install_key(install): install for install in self._stock.installs}

    @cached_property
    def _touched(self) -> frozenset[str]:
        return self._stock.touched()


def _encloses(outer: Install, install: Install) -> bool:
    """Whether it is an archive that the other lies in."""
    return outer.inside != install.inside and (
        not outer.inside or install.inside.startswith(f"{outer.inside}!")
    )


def _reached(key: str, needs: Mapping[str, Sequence[str]]) -> set[str]:
    """All that something needs in its file, over any number of steps."""
    found: set[str] = set()
    left = [key]
    while left:
        for each in needs.get(left.pop(), ()):
            if each not in found:
                found.add(each)
                left.append(each)
    return found
