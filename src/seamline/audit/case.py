"""What rules look at: an image as the other rooms have taken it apart, as values of the model alone."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from seamline.model.audit import Account, PackageSource, RunsAs, StartLine, SurfaceLine
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.model.report import ImageLine, SettingLine, StratumLine


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One image before its rules. `owner_by_side` names the team that keeps a side."""

    image: ImageLine
    kind: str
    strata: tuple[StratumLine, ...]
    settings: tuple[SettingLine, ...]
    runs_as: RunsAs
    start: StartLine
    accounts: tuple[Account, ...]
    surface: tuple[SurfaceLine, ...]
    sources: tuple[PackageSource, ...]
    owner_by_side: Callable[[StratumLine], str]

    @property
    def config(self) -> Config:
        return self.image.config

    def part(self, name: str) -> StratumLine | None:
        """The part with this name."""
        return next((each for each in self.strata if each.name == name), None)

    def owner_of(self, part: StratumLine) -> str:
        """Who must act on a part."""
        return part.owner or self.owner_by_side(part)

    @property
    def top(self) -> str:
        """The part whose maker had the last word on the configuration; empty for an image without layers."""
        return self.strata[-1].name if self.strata else ""

    def setting(self, kind: str) -> SettingLine | None:
        """The setting of this kind, where there is one."""
        return next((each for each in self.settings if each.kind == kind), None)

    def setter(self, kind: str) -> str:
        """The part that set it; where nobody did, the topmost, which could have."""
        setting = self.setting(kind)
        return setting.stratum if setting is not None and setting.stratum else self.top

    def surface_of(self, *kinds: str) -> dict[str, tuple[SurfaceLine, ...]]:
        """The surface lines of some kinds, by part, the system side's parts first."""
        order = {Side.SYSTEM: 0, Side.UNKNOWN: 1, Side.APPLICATION: 2}
        found: dict[str, list[SurfaceLine]] = {}
        for line in sorted(self.surface, key=lambda each: (order[each.side], each.stratum)):
            if line.kind in kinds:
                found.setdefault(line.stratum, []).append(line)
        return {part: tuple(lines) for part, lines in found.items()}
