"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from seamline.formats.shell import Command
from seamline.lint.installs import Call, calls
from seamline.lint.view import StageView, Step, View
from seamline.model.advisory import Severity
from seamline.model.linting import Dimension

SECURITY, UPDATE, CUSTOMIZATION = Dimension.SECURITY, Dimension.UPDATE, Dimension.CUSTOMIZATION
CRITICAL, HIGH, MEDIUM, LOW, NEGLIGIBLE = (
    Severity.CRITICAL,
    Severity.HIGH,
    Severity.MEDIUM,
    Severity.LOW,
    Severity.NEGLIGIBLE,
)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One place that breaks a rule; `detail` is the piece of the file concerned.

    `step` is the position of the instruction in its stage (None: the FROM, or before any), `start` the place of the
    command in it (None: the whole instruction). `advice` is what a person has to do here that no mending can: the id of
    its words, and what they are about.
    """

    line: int
    end_line: int
    stage: int | None = None
    detail: str = ""
    step: int | None = None
    start: int | None = None
    advice: tuple[str, str] | None = None


class Rule(msgspec.Struct, frozen=True):
    """One practice. Its title, reason and remedy are words of render/, by its id."""

    id: str
    dimension: Dimension
    severity: Severity
    check: Callable[[View], Iterable[Found]]


def at_step(step: Step, detail: str = "", advice: tuple[str, str] | None = None) -> Found:
    """The whole instruction of a step."""
    return Found(
        line=step.outer.start_line,
        end_line=step.outer.end_line,
        stage=step.stage,
        detail=detail,
        step=step.position,
        advice=advice,
    )


def at_from(stage: StageView, detail: str = "", advice: tuple[str, str] | None = None) -> Found:
    """The FROM of a stage."""
    first = stage.stage.first
    position = stage.stage.position
    return Found(line=first.start_line, end_line=first.end_line, stage=position, detail=detail, advice=advice)


def at_command(view: View, step: Step, command: Command, detail: str = "") -> Found:
    """The lines of one command."""
    return Found(
        line=view.line_of(step, command.start),
        end_line=view.line_of(step, max(command.end - 1, command.start)),
        stage=step.stage,
        detail=detail,
        step=step.position,
        start=command.start,
    )


def run_commands(view: View) -> Sequence[tuple[Step, Command]]:
    """Every command of every RUN, where the shell is one of Unix."""
    return view.run_commands


def built_calls(view: View, *managers: str) -> Iterator[tuple[Step, Call]]:
    """Every call of these package managers in a RUN of what becomes the image."""
    for each in view.built:
        for step in each.steps:
            if step.keyword == "RUN":
                yield from ((step, call) for call in calls(step, *managers))


def run_calls(view: View, *managers: str) -> Iterator[tuple[Step, Call]]:
    """Every call of these package managers in a RUN."""
    for step in view.steps("RUN"):
        yield from ((step, call) for call in calls(step, *managers))
