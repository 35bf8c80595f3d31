"""Findings and actions: what is wrong, whose it is, until when, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from seamline.model.advisory import DatabaseLine, Score
from seamline.model.evidence import Evidence, Gap, Message
from seamline.model.package import Distribution, Side
from seamline.model.report import ImageLine


class Deadline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Until when. `due` is a day; the clock started on `since` because of `because` (distribution, base, advisory,
    modified, kev); `days_left` counts from the report's moment and is negative when overdue."""

    due: str
    since: str
    because: str
    days_left: int

    @property
    def is_overdue(self) -> bool:
        return self.days_left < 0


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place on a fix's way, from the distribution down to this image: whether the fix is there, and since when.
    `has_fix` is None where nobody knows."""

    place: str
    has_fix: bool | None
    day: str = ""
    owner: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One flaw in one install. `key` survives a rebuild: it hashes the flaw and the package's place without versions.

    `id` is the CVE where there is one; `advisories` are the records that say so. `severity` is decided by `scores`,
    worst word of who knows best first. `epss` and `percentile` are -1 where unknown. `status` is one of Status.
    `layer` brought the version found, `origin_layer` the package in any version; None where nobody tells.
    `actions` are keys of actions. `suppressed` names why it does not count (settings, vex), empty where it does.
    Findings of one flaw in several versions of a package that nothing else tells apart are numbered, the newest version first:
    `number` of the series whose first has the key `series` (empty where a finding is alone). Those that an act leaves take
    the first keys of their series.
    `not_offered` says why the image's own package sources do not give the fix to whoever builds it again, where that is so.
    `image` is the position among the report's images.
    """

    key: str
    id: str
    aliases: tuple[str, ...]
    advisories: tuple[str, ...]
    summary: str
    purl: str
    package: str
    version: str
    ecosystem: str
    source_name: str
    paths: tuple[str, ...]
    side: Side
    stratum: str
    layer: int | None
    origin_layer: int | None
    owner: str
    publisher: str
    severity: str
    score: float
    scores: tuple[Score, ...]
    epss: float
    percentile: float
    kev: bool
    kev_due: str
    fixed_in: tuple[str, ...]
    status: str
    published: str
    deadline: Deadline | None
    way: tuple[Step, ...]
    actions: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    inside: str = ""
    root: str = ""
    suppressed: str = ""
    suppressed_why: str = ""
    install: str = ""
    series: str = ""
    number: int = 0
    not_offered: Evidence | None = None

    @property
    def is_changed_above(self) -> bool:
        """Whether a layer is known to have put this version over the one that a lower layer brought."""
        return None not in (self.origin_layer, self.layer) and self.origin_layer != self.layer


def place_of(finding: Finding) -> str:
    """Where in the image it is: `/app/shop.jar!BOOT-INF/lib/x.jar`; empty where nothing proves the package."""
    path = f"/{finding.paths[0]}" if finding.paths else ""
    return path + (f"!{finding.inside}" if finding.inside else "")


def due_first(findings: Iterable[Finding]) -> Finding | None:
    """The finding whose deadline comes first, None where none has one; of several the first: what stands for all of them."""
    dated = (each for each in findings if each.deadline is not None)
    return min(dated, key=lambda each: each.deadline.due if each.deadline is not None else "", default=None)


class Action(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One act that mends findings. `what` is its kind: pull, bump-base, rebuild, set-sources and unhold (then rebuild), upgrade,
    copy-newer, drop-upgrade, remove, pin, next-release; renew-base (another team or publisher first), wait (nobody can yet).

    `mends` are keys of findings, `adds` the flaws that it would newly bring and `brings` the keys of those findings,
    `leaves` how many of its target's remain. `gone` are the keys that a fresh scan no longer has once this act alone is done,
    where those are not just `mends`, None else. `waiting` are the owners that wait for it.
    """

    key: str
    what: str
    message: Message
    command: str
    owner: str
    side: Side
    mends: tuple[str, ...]
    due: str = ""
    days_left: int | None = None
    adds: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()
    leaves: int = 0
    detail: tuple[Message, ...] = ()
    waiting: tuple[str, ...] = ()
    gone: tuple[str, ...] | None = None


class BrokenGate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A gate that does not hold: how it was written, the findings that break it, those of them whose side is unknown, and
    `why` where nobody could judge it: none, starter, stale, missing (an ecosystem), missing-release, missing-distribution, later (known only since `as_of`), unknown-side."""

    gate: str
    keys: tuple[str, ...] = ()
    unknown_side: tuple[str, ...] = ()
    why: str = ""


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """How many findings do not count, by what said so."""

    settings: int = 0
    vex: int = 0


class ScanReport(msgspec.Struct, frozen=True, kw_only=True):
    """Every finding of an image with side, owner, deadline and action. Schema `seamline.scan/1`.

    `rebuild` is needed, useless or unknown: whether building the same file again today would mend anything;
    `rebuild_mends` are the keys of what it would; `sources_unsure` says why nobody can tell whether the image's package sources
    have those fixes.
    `contacts` says where the teams of the settings are reached. `notes` are what the reader should know of how it was judged.
    """

    image: ImageLine
    distribution: Distribution | None
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    suppressed: Suppressed
    rebuild: str
    database: DatabaseLine
    notes: tuple[Message, ...]
    gaps: tuple[Gap, ...]
    as_of: str
    gates: tuple[str, ...] = ()
    broken: tuple[BrokenGate, ...] = ()
    rebuild_mends: tuple[str, ...] = ()
    contacts: Mapping[str, str] = {}
    sources_unsure: tuple[Evidence, ...] = ()
    schema: str = "seamline.scan/1"
    seamline: str = ""
