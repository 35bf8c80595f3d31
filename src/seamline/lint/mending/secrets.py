"""Mending secrets that a build is given: from an ARG to a secret mount."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.expression import expression
from seamline.lint.mending.edit import Edit, Means, Mender, line_after, step_of
from seamline.lint.rule import Found
from seamline.lint.rules.secrets import looks_secret
from seamline.lint.view import Step, View

_WORD = expression(r"\w+")


def secret_by_mount(view: View, means: Means) -> Mender:  # noqa: ARG001 - all have the same shape
    """An ARG that only RUN steps read becomes a secret mount of those steps."""
    named = _steps_by_word(view)
    outside = {
        name
        for each in view.dockerfile.instructions
        if each.keyword == "ARG" and each.start_line < view.stages[0].stage.first.start_line
        for name, _, _ in each.pairs
    }

    def mend(found: Found) -> Sequence[Edit]:
        step = step_of(view, found)
        if step is None or step.keyword != "ARG" or step.is_trigger or len(step.instruction.pairs) != 1:
            return ()
        ((name, _, _),) = step.instruction.pairs
        if not looks_secret(name) or not name.isidentifier() or name in outside:
            return ()
        others = [each for each in named[name] if each is not step]
        readers = [each for each in others if each.stage == step.stage and each.position > step.position]
        if len(readers) < len(others) or any(not _can_read(each) for each in readers):
            return ()
        start = view.dockerfile.line_starts[step.outer.start_line - 1]
        gone = Edit(start, line_after(view, step.outer.end_line), "")
        return (gone, *(edit for each in readers for edit in _reads(each, name)))

    return mend


def _reads(step: Step, name: str) -> Sequence[Edit]:
    """The edits that give one step the secret as a variable."""
    at = step.source_at(len(step.instruction.spelt))
    start = step.source_at(step.instruction.arguments_at)
    return (
        Edit(at, at, f" --mount=type=secret,id={name}"),
        Edit(start, start, f'{name}="$(cat /run/secrets/{name})" && export {name} && '),
    )


def _steps_by_word(view: View) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in view.steps():
        texts = (step.instruction.text, *(each.content for each in step.instruction.heredocs))
        for name in {word for text in texts for word in _WORD.findall(text)}:
            found.setdefault(name, []).append(step)
    return found


def _can_read(step: Step) -> bool:
    instruction = step.instruction
    return (
        step.keyword == "RUN"
        and step.is_posix
        and not instruction.is_json
        and not instruction.heredocs
        and not step.is_trigger
    )
