"""The scripts of a Dockerfile as ShellCheck takes them, and its answer as findings with the file's own lines.

Source: shellcheck(1), format json1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from seamline.formats.dockerfile.parse import chomped
from seamline.lint.view import Step, View, shell_name
from seamline.model.advisory import Severity
from seamline.model.linting import Dimension, LintFinding

_DIALECTS = {"sh": "sh", "bash": "bash", "dash": "dash", "ash": "dash", "ksh": "ksh"}
_LEVELS = {
    "error": Severity.MEDIUM,
    "warning": Severity.LOW,
    "info": Severity.NEGLIGIBLE,
    "style": Severity.NEGLIGIBLE,
}
COMMAND = ("shellcheck", "--format=json1", "--norc", "--exclude=SC1090,SC1091,SC2148,SC2187,SC3040")
"""What it cannot see is left out: files that a script reads, its first line; and `pipefail`, which POSIX took in."""


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """One script. `at` is where its text starts in the step; the first `head_lines` lines are ours."""

    step: Step
    text: str
    at: int
    head_lines: int

    @property
    def data(self) -> bytes:
        return self.text.encode("utf-8", "replace")


class _Comment(msgspec.Struct, frozen=True, rename="camel"):
    file: str
    line: int
    column: int
    end_line: int
    level: str
    code: int
    message: str


class _Answer(msgspec.Struct, frozen=True):
    comments: tuple[_Comment, ...]


def scripts_of(view: View) -> Iterator[Script]:
    """Every script that a RUN gives to a shell that ShellCheck knows."""
    for step in view.steps("RUN"):
        dialect = _DIALECTS.get(shell_name(step.shell))
        if dialect is None or step.instruction.is_json:
            continue
        names = [
            name for name in dict.fromkeys((*step.variables, *_declared(view, step))) if name.isidentifier()
        ]
        head = f"# shellcheck shell={dialect}\n"
        if names:
            head += f"export {' '.join(f'{name}=x' for name in names)}\n"
        text, at = _body(step)
        if text:
            yield Script(step=step, text=head + text, at=at, head_lines=head.count("\n"))


def _declared(view: View, step: Step) -> Iterator[str]:
    """The names of every ARG above a step, those without a value too."""
    for at in view.stages[step.stage].lineage:
        for each in view.stages[at].steps:
            if each.keyword == "ARG" and (at != step.stage or each.position < step.position):
                yield from (name for name, _, _ in each.instruction.pairs)


def _body(step: Step) -> tuple[str, int]:
    """What the shell reads, and where that starts in the step; nothing where another program reads it."""
    instruction = step.instruction
    line = instruction.text[instruction.arguments_at :]
    if not instruction.heredocs:
        return line, instruction.arguments_at
    first = instruction.heredocs[0]
    is_alone = len(instruction.heredocs) == 1 and line.strip().startswith("<<")
    if is_alone and not first.content.startswith("#!"):
        return (chomped(first.content) if first.chomps else first.content), len(instruction.text) + 1
    return "", 0


def findings_of(
    answer: bytes, names: Sequence[str], scripts: Sequence[Script], view: View
) -> Iterator[LintFinding]:
    """ShellCheck's comments as findings; `names` are what it called the scripts."""
    by_name = dict(zip(names, scripts, strict=True))
    for comment in msgspec.json.decode(answer, type=_Answer).comments:
        script = by_name[comment.file]
        if comment.line <= script.head_lines:
            continue
        line = view.line_of(script.step, script.at + _offset(script, comment.line, comment.column))
        yield LintFinding(
            rule=f"SC{comment.code}",
            dimension=Dimension.CUSTOMIZATION,
            severity=_LEVELS[comment.level].value,
            title=comment.message,
            line=line,
            end_line=line,
            stage=view.stages[script.step.stage].stage.label,
            source="shellcheck",
        )


def _offset(script: Script, line: int, column: int) -> int:
    """How far into the script, without our head, a line and column are."""
    lines = script.text.split("\n")[script.head_lines : line - 1]
    return sum(len(each) + 1 for each in lines) + column - 1
