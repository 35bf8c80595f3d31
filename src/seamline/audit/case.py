"""What rules look at: an image as the other rooms have taken it apart, as values of the model alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

import msgspec

from seamline.errors import Where
from seamline.model.altered import AlteredLine
from seamline.model.audit import (
    Account,
    DeployedStart,
    LeftFile,
    RunsAs,
    StartLine,
    SurfaceLine,
)
from seamline.model.binary import BinaryLine
from seamline.model.evidence import Evidence, Gap
from seamline.model.finding import ScanReport
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.model.package_source import PackageSource
from seamline.model.report import ImageLine, ProgramLine, SettingLine, StratumLine
from seamline.model.seam import full_name
from seamline.model.secret import SecretLine
from seamline.model.workload import Workload

_BARE = ("rootfs", "rootfs-archive")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the build as the history or a Dockerfile tells it: its instruction (RUN, ADD ...), its text, the part that
    it made, and whether it is the import of a root filesystem at the very bottom. `is_told` is False where the history
    only says that there was a step. `where` is the line of the Dockerfile."""

    verb: str
    text: str
    stratum: str
    is_root: bool = False
    is_told: bool = True
    where: Where | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One image before its rules. `steps` are empty where there is no history or it does not fit the layers; `files` are
    those that no image needs, `content` says what of an application lies in an image that is all base. `owner_by_side` names the team that keeps a side, `deployer` the one that runs the
    image, `nobody` the one that is asked where nobody can tell; `workloads` are the containers that run it, none where nobody said; `sources_gone_by` is the part that removed
    the package sources of a part below; `deployed` says how each workload starts the image."""

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
    steps: tuple[Step, ...] = ()
    unaccounted: tuple[ProgramLine, ...] = ()
    gaps: tuple[Gap, ...] = ()
    files: tuple[LeftFile, ...] = ()
    content: tuple[Evidence, ...] = ()
    file_parts: Mapping[str, str] = {}
    secrets: tuple[SecretLine, ...] = ()
    altered: tuple[AlteredLine, ...] = ()
    binaries: tuple[BinaryLine, ...] = ()
    scan: ScanReport | None = None
    trusted_bases: tuple[str, ...] = ()
    deployer: str = ""
    nobody: str = ""
    sources_gone_by: str = ""
    workloads: tuple[Workload, ...] = ()
    deployed: tuple[DeployedStart, ...] = ()

    @property
    def has_configuration(self) -> bool:
        """Whether it says how it starts: a bare root filesystem does not."""
        return self.image.place not in _BARE

    @property
    def is_base(self) -> bool:
        """Whether others are meant to stand on it, as far as its own content tells."""
        return self.kind in ("system", "runtime")

    @property
    def workload(self) -> Workload | None:
        """The first container that runs the image."""
        return self.workloads[0] if self.workloads else None

    @property
    def config(self) -> Config:
        return self.image.config

    def part(self, name: str) -> StratumLine | None:
        """The part with this name."""
        return next((each for each in self.strata if each.name == name), None)

    def owner_of(self, part: StratumLine) -> str:
        """Who must act on a part."""
        return part.owner or self.owner_by_side(part)

    def trusts(self, part: StratumLine) -> bool:
        """Whether the settings name a part's base, by one of its full names or the short one."""
        bases = (part.base, *part.candidates) if part.base is not None else part.candidates
        names = {name for base in bases for name in (base.reference, full_name(base.reference))}
        return any(fnmatchcase(name, glob) for name in names for glob in self.trusted_bases)

    def part_of_file(self, path: str) -> str:
        """The part that a configuration file is from; empty where nobody noted it."""
        return self.file_parts.get(path, "")

    def part_of_layer(self, layer: int | None) -> str:
        """The part that a layer made; empty where nobody can tell."""
        return next((each.stratum for each in self.image.layers if each.position == layer), "")

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
