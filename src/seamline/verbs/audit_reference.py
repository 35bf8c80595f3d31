"""docs/reference/audit-rules.md and attack-surface.md as the rules and tables make them."""

from __future__ import annotations

from seamline.audit import RULES
from seamline.audit.mends import MENDS
from seamline.audit.tags import inputs_of
from seamline.render.audit_reference import Row, write_reference
from seamline.render.surface_reference import write_surface_reference
from seamline.surface.program_table import OTHER_KINDS, TECHNIQUES, TOOLS


def reference_page() -> str:
    """The page, in both languages."""
    return write_reference(
        [
            Row(
                name=rule.id,
                title=rule.title,
                severity=rule.severity,
                decided=inputs_of(rule),
                mends=MENDS.get(rule.id, ()),
                tags=(rule.benchmark, *rule.tags),
            )
            for rule in RULES
        ]
    )


def surface_page() -> str:
    """What counts as attack surface, in both languages."""
    kinds = [(tool.kind, tuple(map(str, tool.allows)), sorted(tool.names)) for tool in TOOLS]
    return write_surface_reference(
        {danger.value: text for danger, text in TECHNIQUES.items()}, kinds, OTHER_KINDS
    )
