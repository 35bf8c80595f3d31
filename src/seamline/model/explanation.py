"""What explains one advisory for one image."""

from __future__ import annotations

import msgspec

from seamline.model.advisory import Advisory, DatabaseLine
from seamline.model.audit import RuleLine
from seamline.model.evidence import Gap, Message
from seamline.model.finding import Action, Finding
from seamline.model.report import ImageLine
from seamline.model.vex import Heard


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One package of the image that an advisory speaks of, and why it is affected or not."""

    package: str
    version: str
    path: str
    ecosystem: str
    affected: bool
    reason: Message


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the image that findings stand in, and why it is on its side."""

    stratum: str
    side: str
    reasons: tuple[Message, ...]


class ExplainReport(msgspec.Struct, frozen=True, kw_only=True):
    """Why an advisory holds for an image or not. Schema `seamline.explain/1`.

    `compared` are all packages it could have meant; none at all where it speaks of nothing in the image. `statements`
    are what VEX documents say of the flaw, and why each holds here or not; `told` is what else is known of the id.
    Where the id is a rule of the audit, `rules` are its verdicts and `decided_by` names what decides it.
    """

    image: ImageLine
    id: str
    advisories: tuple[Advisory, ...]
    compared: tuple[Compared, ...]
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    side_reasons: tuple[Message, ...]
    database: DatabaseLine
    gaps: tuple[Gap, ...]
    as_of: str
    parts: tuple[Part, ...] = ()
    statements: tuple[Heard, ...] = ()
    told: tuple[Message, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    decided_by: str = ""
    schema: str = "seamline.explain/1"
    seamline: str = ""
