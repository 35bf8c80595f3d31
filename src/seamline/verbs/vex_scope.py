"""How far VEX statements reach in an image: for each finding the bases that hold its package, untouched or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from seamline.model.finding import Finding
from seamline.model.package import Install
from seamline.model.purl import install_key, purl_of
from seamline.model.seam import LayerSpan
from seamline.model.vex import Statement
from seamline.verbs.stock import Stock

if TYPE_CHECKING:
    from seamline.advisories.vex import Said, Scope


class _File(NamedTuple):
    """What one file holds by its keys, and what there needs each of these."""

    installs: dict[str, Install]
    needed_by: dict[str, list[str]]


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
        if install.package.is_distributed or not install.proofs:
            return ()
        key = install_key(install)
        beside = self._beside[install.root, install.proofs[0]]
        holding = _reached(key, beside.needed_by) - {key}
        return tuple(
            purl_of(each.package)
            for name, each in beside.installs.items()
            if name in holding or _encloses(each, install)
        )

    @cached_property
    def _beside(self) -> dict[tuple[bytes, bytes], _File]:
        found: dict[tuple[bytes, bytes], _File] = {}
        for key, each in self._installs.items():
            if each.proofs and not each.package.is_distributed:
                file = found.setdefault((each.root, each.proofs[0]), _File({}, {}))
                file.installs[key] = each
                for needed in each.depends:
                    file.needed_by.setdefault(needed, []).append(key)
        return found

    def about(self, finding: Finding) -> tuple[Statement, ...]:
        install = self._installs.get(finding.install) if self._said.knows(finding) else None
        return self._said.about(finding, self._programs(install) if install is not None else ())

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
    """All that one comes to in its file, over any number of steps."""
    found: set[str] = set()
    left = [key]
    while left:
        for each in needs.get(left.pop(), ()):
            if each not in found:
                found.add(each)
                left.append(each)
    return found
