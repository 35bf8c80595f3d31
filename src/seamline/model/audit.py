"""What an audit finds: verdicts of rules, what an intruder could use, knobs that work or don't, least privilege."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from seamline.model.altered import AlteredLine
from seamline.model.binary import BinaryLine
from seamline.model.customization import Fork, Knob
from seamline.model.deployment import Deployment
from seamline.model.evidence import Evidence, Gap, Message
from seamline.model.finding import BrokenGate
from seamline.model.package import Distribution, Side
from seamline.model.package_source import PackageSource
from seamline.model.readiness import Readiness
from seamline.model.report import ImageLine
from seamline.model.secret import SecretLine


class Verdict(StrEnum):
    """What a rule says of an image. Not being able to decide is a verdict of its own, never a pass."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNDECIDABLE = "undecidable"
    SUPERSEDED = "superseded"
    NOT_APPLICABLE = "not-applicable"


class Danger(StrEnum):
    """What something in an image lets an intruder do."""

    EXECUTE = "execute"
    DOWNLOAD = "download"
    LATERAL = "lateral movement"
    PERSISTENCE = "persistence"
    ESCALATE = "escalate"
    READ = "read"


class RuleLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule's verdict, once a side where both fail it. `id` stays what it is forever (`CIS-4.1`, `SL-0007`);
    `benchmark` names the list and version that the number is from. `side` and `owner` are of what decided it, empty
    where nobody's doing did. `needs` is the input that would decide an undecidable one; `mend` what to do, in words.
    `tags` map it to other lists (`NIST 800-190 4.1.4`)."""

    id: str
    title: str
    verdict: Verdict
    severity: str
    evidence: tuple[Evidence, ...]
    benchmark: str = ""
    side: str = ""
    owner: str = ""
    stratum: str = ""
    needs: Message | None = None
    mend: Message | None = None
    tags: tuple[str, ...] = ()


class SurfaceLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"danger": "class"}):
    """One thing in the visible image that an intruder could use. `danger` is the worst that it allows, `allows` all of it;
    `kind` says what it is (shell, setuid file, network client ...). `supplier` is the package that brought it."""

    danger: Danger
    kind: str
    name: str
    path: str
    side: Side
    stratum: str
    layer: int
    allows: tuple[Danger, ...] = ()
    supplier: str = ""
    detail: str = ""


class Account(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the image's passwd. `password` is locked, hashed, empty or none (no shadow line); never its value. `layer` is the
    one from which the line stands as it is, None where that is not known."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    password: str = "none"  # noqa: S105 - a state
    layer: int | None = None


class RunsAs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who the image runs as, as a runtime resolves it: `uid` is None where the name stands in no passwd."""

    written: str
    uid: int | None
    gid: int | None
    name: str = ""

    @property
    def is_root(self) -> bool:
        """Whether it is the superuser; nobody knows of a name that is in no passwd."""
        return self.uid == 0


class LeftFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder that a build left behind. `kind` is package cache, package list, build file or version control."""

    kind: str
    path: str
    stratum: str
    side: Side
    size_bytes: int


class ProgramRun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One program that a line runs, as it is named there. `path` is its file, empty where none is in the image; `lacks` the
    interpreter that it asks for and the image does not have. `is_sure` is False where something decides on whether the
    line comes to it; `is_asked` is True where it does so, whatever happens, to decide on how it goes on. `by` is the script
    that names it, empty where the line itself does."""

    name: str
    path: str = ""
    lacks: str = ""
    is_sure: bool = True
    is_asked: bool = False
    by: str = ""


class DeployedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check or hook of a workload, by the name that it has there, and the programs that it runs."""

    name: str
    words: tuple[str, ...]
    programs: tuple[ProgramRun, ...]


class DeployedStart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one workload that runs the image starts it: `words` and `programs` where it has words of its own, and its checks."""

    where: str
    words: tuple[str, ...] = ()
    programs: tuple[ProgramRun, ...] = ()
    checks: tuple[DeployedCheck, ...] = ()


class StartLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the image starts: its words, the file that the first of them runs (empty where it is not there), and every file
    that the words name; the same for its health check. `lacks` is the interpreter that its program, a script, asks for and
    the image does not have; `missing` a program that its line comes to and that is not there; `stopped_by` says what else
    keeps its program from being started. `programs` and `health_programs` are all that the two lines run, behind wrappers
    and in the lines of shells too."""

    words: tuple[str, ...]
    program: str = ""
    files: tuple[str, ...] = ()
    health_words: tuple[str, ...] = ()
    health_program: str = ""
    lacks: str = ""
    missing: str = ""
    stopped_by: Message | None = None
    programs: tuple[ProgramRun, ...] = ()
    health_programs: tuple[ProgramRun, ...] = ()


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """Where one image stands on attack surface and rules. Schema `seamline.audit/1`."""

    image: ImageLine
    kind: str
    form: str
    distribution: Distribution | None
    runs_as: RunsAs
    start: StartLine
    rules: tuple[RuleLine, ...]
    surface: tuple[SurfaceLine, ...]
    accounts: tuple[Account, ...]
    sources: tuple[PackageSource, ...]
    knobs: tuple[Knob, ...]
    gaps: tuple[Gap, ...]
    as_of: str
    gates: tuple[str, ...] = ()
    broken: tuple[BrokenGate, ...] = ()
    readiness: Readiness | None = None
    secrets: tuple[SecretLine, ...] = ()
    fork: Fork | None = None
    altered: tuple[AlteredLine, ...] = ()
    binaries: tuple[BinaryLine, ...] = ()
    deployment: Deployment | None = None
    deployed: tuple[DeployedStart, ...] = ()
    schema: str = "seamline.audit/1"
    seamline: str = ""
