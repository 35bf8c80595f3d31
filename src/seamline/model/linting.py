"""What `lint` says about Dockerfiles. Schema `seamline.lint/1`."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from seamline.model.evidence import Gap, Message


class Dimension(StrEnum):
    """What a practice bears on."""

    SECURITY = "security"
    UPDATE = "update"
    CUSTOMIZATION = "customization"


class LintFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place where a Dockerfile breaks a rule.

    `detail` is the piece of it concerned, as it stands there; `excerpt` its lines. `stage` is the name or number of the
    stage, `fixable` whether `--fix` mends it, `advice` what a person has to do here that `--fix` cannot. `ignored` names
    the comment or setting that makes it not count.
    """

    rule: str
    dimension: Dimension
    severity: str
    title: str
    line: int
    end_line: int
    stage: str
    detail: str = ""
    excerpt: tuple[str, ...] = ()
    fixable: bool = False
    source: str = "seamline"
    ignored: str = ""
    advice: Message | None = None


class StageLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stage: what it stands on as written and with its variables, and what a container of it starts as; `user_line`
    is that of the USER that says so, 0 where none does; `is_windows` tells what its users are named like."""

    name: str
    base: str
    resolved: str
    line: int
    end_line: int
    user: str
    user_line: int = 0
    is_final: bool = False
    is_windows: bool = False


class ParentLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of the image below the final stage, and from where."""

    reference: str
    digest: str = ""
    known_from: str = ""
    user: str = ""
    distribution: str = ""
    manager: str = ""
    libc: str = ""
    packages: int = 0


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that a finding names, in words."""

    id: str
    dimension: Dimension
    severity: str
    title: str
    why: str
    mend: str


class LintFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One Dockerfile. `gaps` are what could not be read or decided; `mended` is its source after `--fix`; `checks_are_errors`
    tells that its `# check=error=true` lets none of the builder's checks speak."""

    name: str
    instructions: int
    stages: tuple[StageLine, ...]
    parent: ParentLine | None
    findings: tuple[LintFinding, ...]
    gaps: tuple[Gap, ...]
    mended: str | None = None
    checks_are_errors: bool = False


class BrokenLintGate(msgspec.Struct, frozen=True, kw_only=True):
    """A gate that does not hold, and how many findings break it."""

    gate: str
    number: int


class LintReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in every Dockerfile. `runtime` are practices that no Dockerfile can settle. Schema `seamline.lint/1`."""

    files: tuple[LintFile, ...]
    rules: tuple[RuleLine, ...]
    runtime: tuple[Message, ...]
    gates: tuple[str, ...] = ()
    broken: tuple[BrokenLintGate, ...] = ()
    schema: str = "seamline.lint/1"
    seamline: str = ""
