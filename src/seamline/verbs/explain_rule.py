"""What explains one rule of an audit for one image."""

from __future__ import annotations

from seamline import __version__
from seamline.audit import RULES
from seamline.audit.tags import inputs_of
from seamline.model.audit import AuditReport
from seamline.model.explanation import ExplainReport
from seamline.model.finding import ScanReport

_BY_ID = {rule.id: rule for rule in RULES}


def rule_named(text: str) -> str:
    """The id of the rule that a text names, in any spelling; empty where it names none."""
    plain = text.strip().upper()
    head, _, number = plain.partition("-")
    if head == "SL" and number.isdigit() and len(number) < 4:
        plain = f"SL-{int(number):04}"
    return plain if plain in _BY_ID else ""


def explain_rule(audited: AuditReport, scan: ScanReport, name: str) -> ExplainReport:
    """The explanation of a rule by its id; `audited` is judged by that rule at least."""
    return ExplainReport(
        image=audited.image,
        id=name,
        advisories=(),
        compared=(),
        findings=(),
        actions=(),
        side_reasons=(),
        rules=tuple(line for line in audited.rules if line.id == name),
        decided_by=inputs_of(_BY_ID[name]),
        database=scan.database,
        gaps=audited.gaps,
        as_of=audited.as_of,
        seamline=__version__,
    )
