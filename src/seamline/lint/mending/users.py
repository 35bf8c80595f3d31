"""Mending who a container runs as: a number at the end, a number for a name."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.formats.untyped import whole
from seamline.lint.mending.edit import Edit, Means, Mender, after_line, one_by_one, spelt, step_of
from seamline.lint.rule import Found
from seamline.lint.view import StageView, Step, View, program

_ENDS = ("CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "EXPOSE", "LABEL", "VOLUME")
_KNOWN_USERS = {"nobody": 65534}


@one_by_one
def ordinary_user(view: View, found: Found, means: Means) -> Sequence[Edit]:
    """USER with a number before the final stage says how it starts; none where the finding tells why that would break it."""
    if found.stage != view.final.stage.position or view.is_windows or found.advice is not None:
        return ()
    return _before_the_end(view, view.final, f"{spelt(view, 'USER')} {means.user}:{means.user}")


def _before_the_end(view: View, stage: StageView, line: str) -> Sequence[Edit]:
    """A line of its own behind the last instruction of a stage that is no setting of the start."""
    instructions = [stage.stage.first, *stage.stage.instructions]
    while instructions[-1].keyword in _ENDS:
        instructions.pop()
    return after_line(view, instructions[-1].end_line, line)


def number_for_name(view: View, means: Means) -> Mender:  # noqa: ARG001 - all have the same shape
    """The user's number, where the file or the parent gives it one."""
    made = _made(view)

    def mend(found: Found) -> Sequence[Edit]:
        step = step_of(view, found)
        if step is None:
            return ()
        user = step.instruction.arguments[0]
        name, colon, group = user.partition(":")
        number = _number_of(view, step, name, made)
        if number is None:
            return ()
        at = step.instruction.text.index(user, step.instruction.arguments_at)
        return (Edit(step.source_at(at), step.source_at(at + len(user) - 1) + 1, f"{number}{colon}{group}"),)

    return mend


_Made = dict[tuple[int, str], tuple[int, int | None]]
"""By stage and word: the position of the first step that makes a user with that word among its own, and the number."""


def _made(view: View) -> _Made:
    made: _Made = {}
    for step in view.steps("RUN"):
        for command in step.commands:
            tool, arguments = program(command)
            if tool in ("useradd", "adduser") and command.is_plain:
                for word in arguments:
                    made.setdefault((step.stage, word), (step.position, _uid(arguments)))
    return made


def _number_of(view: View, step: Step, name: str, made: _Made) -> int | None:
    stage = view.stages[step.stage]
    for at in stage.lineage:
        position, number = made.get((at, name), (None, None))
        if position is not None and (at != step.stage or position < step.position):
            return number
    return stage.parent.users.get(name, _KNOWN_USERS.get(name))


def _uid(arguments: Sequence[str]) -> int | None:
    for at, word in enumerate(arguments):
        told = word[6:] if word.startswith("--uid=") else ""
        if word in ("-u", "--uid") and at + 1 < len(arguments):
            told = arguments[at + 1]
        if (number := whole(told)) is not None:
            return number
    return None
