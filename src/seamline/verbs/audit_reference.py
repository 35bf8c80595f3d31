"""docs/reference/audit-rules.md as the rules make it."""

from __future__ import annotations

from seamline.audit import RULES
from seamline.audit.tags import inputs_of
from seamline.render.audit_reference import write_reference


def reference_page() -> str:
    """The page, in both languages."""
    return write_reference(
        [
            (rule.id, rule.title, rule.severity, inputs_of(rule), (rule.benchmark, *rule.tags))
            for rule in RULES
        ]
    )
