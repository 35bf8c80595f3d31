"""Mending package lists of apt: fetched where they are used, and gone behind that."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.lint.installs import calls
from seamline.lint.mending.commands import last_command
from seamline.lint.mending.edit import Edit, Means, Mender, end_of, line_after, step_of
from seamline.lint.rule import Found
from seamline.lint.rules.apt import fetches, removes_archives
from seamline.lint.view import StageView, Step, View

_LISTS = "rm -rf /var/lib/apt/lists/*"
_PASSED = frozenset(("ARG", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "WORKDIR"))
"""What may stand between a step and the one that it is joined to: no file changes, no other user or shell."""


def update_where_it_is_used(view: View, means: Means) -> Mender:  # noqa: ARG001 - all have the same shape
    """An update that stands alone becomes the first command of the step that installs by it."""

    def mend(found: Found) -> Sequence[Edit]:
        step = step_of(view, found)
        if step is None or not _is_plain_chain(step):
            return ()
        user = _next_run(view.stages[step.stage], step)
        if user is None or user.instruction.flags != step.instruction.flags or not _is_plain_chain(user):
            return ()
        if not _installs_by_older_lists(user):
            return ()
        start = view.dockerfile.line_starts[step.outer.start_line - 1]
        script = view.dockerfile.text[
            step.source_at(step.instruction.arguments_at) : end_of(step.instruction)
        ]
        at = user.source_at(user.instruction.arguments_at)
        return (Edit(start, line_after(view, step.outer.end_line), ""), Edit(at, at, f"{script} && "))

    return mend


def _is_plain_chain(step: Step) -> bool:
    """Whether a step is commands joined by && alone: each runs only where all before it went well."""
    instruction = step.instruction
    if (
        instruction.is_json
        or instruction.heredocs
        or step.is_trigger
        or not step.is_posix
        or not step.commands
    ):
        return False
    script = instruction.text[: len(instruction.text.rstrip())]
    return len(script) == step.commands[-1].end and all(
        each.joined in ("", "&&", "|") and each.depth == 0 for each in step.commands
    )


def _next_run(stage: StageView, step: Step) -> Step | None:
    """The RUN that follows, where nothing between them changes what it sees."""
    for each in stage.steps[step.position + 1 :]:
        if each.keyword == "RUN" and not each.is_trigger:
            return each
        if each.keyword not in _PASSED or each.is_trigger:
            return None
    return None


def lists_gone(view: View, means: Means) -> Mender:
    """The package lists removed behind their last use, what was fetched by them too where the base may keep that; nothing
    where a later step still installs by them."""
    gone = last_command(_LISTS)(view, means)
    both_gone = last_command(f"apt-get clean && {_LISTS}")(view, means)
    last = {step.stage: step.position for step in view.steps("RUN") if _installs_by_older_lists(step)}
    inherited = frozenset(below for stage in last for below in view.stages[stage].lineage[:-1])

    def mend(found: Found) -> Sequence[Edit]:
        step = step_of(view, found)
        if step is None or step.stage in inherited or last.get(step.stage, -1) > step.position:
            return ()
        may_keep = view.stages[step.stage].parent.keeps_archives is not False
        return both_gone(found) if may_keep and fetches(step) and not removes_archives(step) else gone(found)

    return mend


def _installs_by_older_lists(step: Step) -> bool:
    verbs = [(call.verb, call.installs or call.upgrades) for call in calls(step, "apt")]
    first = next((at for at, (_, installs) in enumerate(verbs) if installs), None)
    return first is not None and "update" not in [verb for verb, _ in verbs[:first]]
