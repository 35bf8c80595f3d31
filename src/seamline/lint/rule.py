"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from seamline.lint.view import Step, View
from seamline.model.advisory import Severity
from seamline.model.linting import Dimension

SECURITY, UPDATE, CUSTOMIZATION = Dimension.SECURITY, Dimension.UPDATE, Dimension.CUSTOMIZATION
HIGH, MEDIUM, LOW, NEGLIGIBLE = Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.NEGLIGIBLE
CRITICAL = Severity.CRITICAL


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One place that breaks a rule; `detail` is the piece of the file concerned."""

    line: int
    end_line: int
    stage: int | None = None
    detail: str = ""


class Rule(msgspec.Struct, frozen=True):
    """One practice. Its title, reason and remedy are words of render/, by its id."""

    id: str
    dimension: Dimension
    severity: Severity
    check: Callable[[View], Iterable[Found]]


def at_step(step: Step, detail: str = "") -> Found:
    """The whole instruction of a step."""
    return Found(line=step.outer.start_line, end_line=step.outer.end_line, stage=step.stage, detail=detail)


def at_place(view: View, step: Step, start: int, end: int, detail: str = "") -> Found:
    """A piece of a step, by its places."""
    return Found(
        line=view.line_of(step, start),
        end_line=view.line_of(step, max(end - 1, start)),
        stage=step.stage,
        detail=detail,
    )
