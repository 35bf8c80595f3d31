"""Mending the shell of a stage: SHELL with pipefail."""

from __future__ import annotations

import json
from collections.abc import Sequence

from seamline.expression import expression
from seamline.lint.mending.edit import Edit, Means, Mender, after_line, spelt
from seamline.lint.parent import Parent
from seamline.lint.rule import Found
from seamline.lint.rules.scripts import hidden_pipe
from seamline.lint.view import StageView, View

_ECHO = expression(r"\becho\b[^|;&]*\\")
_BARE = expression(r"distroless|wolfi|busybox|chiseled")


def pipefail(view: View, means: Means) -> Mender:  # noqa: ARG001 - all have the same shape
    """SHELL before the first pipe of a stage, where its image surely has one that knows pipefail; it serves all that follow."""
    by_stage: dict[int, Sequence[Edit]] = {}

    def mend(found: Found) -> Sequence[Edit]:
        if found.stage is None or found.step is None:
            return ()
        stage = view.stages[found.stage]
        if stage.steps[found.step].is_trigger:
            return ()
        if found.stage not in by_stage:
            by_stage[found.stage] = _shell_before_the_first_pipe(view, stage)
        return by_stage[found.stage]

    return mend


def _shell_before_the_first_pipe(view: View, stage: StageView) -> Sequence[Edit]:
    runs = [each for each in stage.steps if each.keyword == "RUN" and not each.is_trigger]
    step = next((each for each in runs if hidden_pipe(each) is not None), None)
    shell = strict_shell(stage.parent)
    if step is None or not shell or any(_ECHO.search(each.instruction.text) for each in runs):
        return ()
    line = step.outer.start_line
    comment = line - len(step.outer.comments) if step.outer.comments else line
    return after_line(view, comment - 1, f"{spelt(view, 'SHELL')} {json.dumps(shell)}")


def strict_shell(parent: Parent) -> list[str]:
    """The words of a SHELL with pipefail that an image surely has; none where nobody knows."""
    if parent.programs:
        has_bash = "bash" in parent.programs
    else:
        has_bash = parent.libc == "glibc" and not _BARE.search(parent.reference)
    if has_bash:
        return ["/bin/bash", "-o", "pipefail", "-c"]
    return ["/bin/ash", "-eo", "pipefail", "-c"] if parent.libc == "musl" else []
