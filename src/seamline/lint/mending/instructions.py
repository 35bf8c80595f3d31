"""Mending whole instructions: pins, users, forms, health checks, secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from seamline.lint.mending.edit import Edit, Means, end_of, line_end, step_of
from seamline.lint.parent import Parent
from seamline.lint.rule import Found
from seamline.lint.rules.scripts import hidden_pipe
from seamline.lint.rules.secrets import looks_secret
from seamline.lint.view import StageView, Step, View, program

_ADD_ALONE = ("--checksum", "--keep-git-dir", "--unpack")
_ENDS = ("CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "EXPOSE", "LABEL", "VOLUME")
_KNOWN_USERS = {"nobody": 65534}
_ECHO = re.compile(r"\becho\b[^|;&]*\\")


def pin(view: View, found: Found, means: Means) -> Sequence[Edit]:
    """The digest that the known bases have for the name, behind it."""
    stage = view.stages[found.stage or 0].stage
    name = stage.base
    if found.step is not None or "$" in name or "@" in name:
        return ()
    digest = means.pin(name)
    if not digest:
        return ()
    first = stage.first
    at = first.source_at(first.text.index(name, first.arguments_at) + len(name) - 1) + 1
    return (Edit(at, at, f"@{digest}"),)


def copy_for_add(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001 - all have the same shape
    step = step_of(view, found)
    if step is None or any(flag.startswith(_ADD_ALONE) for flag in step.instruction.flags):
        return ()
    if len(found.detail.split()) < len(step.instruction.arguments) - 1 - len(step.instruction.heredocs):
        return ()  # it also fetches or unpacks something
    word = "copy" if step.instruction.spelt.islower() else "COPY"
    return (_keyword(step, word),)


def _keyword(step: Step, word: str) -> Edit:
    at = step.source_at(0)
    return Edit(at, at + len(step.instruction.spelt), word)


def label_for_maintainer(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    step = step_of(view, found)
    if step is None:
        return ()
    who = step.instruction.arguments[0].strip("\"'")
    if any(sign in who for sign in '"\\$`\n'):
        return ()
    return (
        Edit(step.source_at(0), end_of(step.instruction), f'LABEL org.opencontainers.image.authors="{who}"'),
    )


def argument_for_setting(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """ARG in the place of ENV, where that sets nothing else."""
    step = step_of(view, found)
    if step is None or len(step.instruction.pairs) != 1:
        return ()
    ((name, value, _),) = step.instruction.pairs
    return (Edit(step.source_at(0), end_of(step.instruction), f"ARG {name}={value}"),)


def exec_form(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """The JSON form of one plain command; what a shell would have to fill in or join stays."""
    step = step_of(view, found)
    if step is None or len(step.commands) != 1 or not step.is_posix or _changes_meaning(view, step):
        return ()
    (command,) = step.commands
    plain = command.is_plain and not command.assignments and not command.redirections
    words = command.words[1:] if command.name == "exec" else command.words
    if not plain or not words or any(word.globs or word.raw.startswith("~") for word in words):
        return ()
    if (
        step.instruction.text[step.instruction.arguments_at :].strip()
        != step.instruction.text[command.start : command.end]
    ):
        return ()
    text = json.dumps([word.text for word in words], ensure_ascii=False)
    return (Edit(step.source_at(command.start), step.source_at(command.end - 1) + 1, text),)


def _changes_meaning(view: View, step: Step) -> bool:
    """A shell form of one takes no words of the other; a JSON form does."""
    other = "CMD" if step.keyword == "ENTRYPOINT" else "ENTRYPOINT"
    lineage = view.stages[step.stage].lineage
    return any(each.keyword == other for at in lineage for each in view.stages[at].steps)


def without_platform(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    first = view.stages[found.stage or 0].stage.first
    match = re.search(r"\s+--platform=\S+", first.text)
    if match is None:
        return ()
    return (Edit(first.source_at(match.start()), first.source_at(match.end() - 1) + 1, ""),)


def ordinary_user(view: View, found: Found, means: Means) -> Sequence[Edit]:
    """USER with a number before the final stage says how it starts."""
    if found.stage != view.final.stage.position or view.is_windows:
        return ()
    return _before_the_end(view, view.final, f"USER {means.user}:{means.user}")


def _before_the_end(view: View, stage: StageView, line: str) -> Sequence[Edit]:
    """A line of its own behind the last instruction of a stage that is no setting of the start."""
    instructions = [stage.stage.first, *stage.stage.instructions]
    while instructions[-1].keyword in _ENDS:
        instructions.pop()
    return _after(view, instructions[-1].end_line, line)


def _after(view: View, line: int, text: str) -> Sequence[Edit]:
    """A line of its own behind a line; none behind one that goes on where the file ends."""
    starts = (*view.dockerfile.line_starts, len(view.dockerfile.text))
    at = starts[line]
    before = view.dockerfile.text[:at]
    if before.rstrip().endswith(view.dockerfile.escape):
        return ()
    end = line_end(view)
    return (Edit(at, at, f"{text}{end}" if before.endswith("\n") or not at else f"{end}{text}"),)


def number_for_name(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """The user's number, where the file or the parent gives it one."""
    step = step_of(view, found)
    if step is None:
        return ()
    name, colon, group = step.instruction.arguments[0].partition(":")
    number = _number_of(view, step, name)
    if number is None:
        return ()
    text = f"{number}{colon}{group}"
    at = step.instruction.text.index(step.instruction.arguments[0], step.instruction.arguments_at)
    return (Edit(step.source_at(at), step.source_at(at + len(step.instruction.arguments[0]) - 1) + 1, text),)


def _number_of(view: View, step: Step, name: str) -> int | None:
    for at in view.stages[step.stage].lineage:
        for each in view.stages[at].steps:
            if each.keyword == "RUN" and (at != step.stage or each.position < step.position):
                for command in each.commands:
                    tool, arguments = program(command)
                    if tool in ("useradd", "adduser") and name in arguments and command.is_plain:
                        return _uid(arguments)
    parent = view.stages[step.stage].parent
    return parent.users.get(name, _KNOWN_USERS.get(name))


def _uid(arguments: Sequence[str]) -> int | None:
    for at, word in enumerate(arguments):
        if word in ("-u", "--uid") and at + 1 < len(arguments) and arguments[at + 1].isdecimal():
            return int(arguments[at + 1])
        if word.startswith("--uid=") and word[6:].isdecimal():
            return int(word[6:])
    return None


def pipefail(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """SHELL before the step, where the stage's image surely has one that knows pipefail."""
    step = step_of(view, found)
    if step is None or step.is_trigger:
        return ()
    stage = view.stages[step.stage]
    step = next(
        each for each in stage.steps if hidden_pipe(each) is not None
    )  # one SHELL serves all that follow
    shell = _strict_shell(stage.parent)
    piped = [each for each in stage.steps if each.keyword == "RUN" and not each.is_trigger]
    if not shell or any(_ECHO.search(each.instruction.text) for each in piped):
        return ()
    line = step.outer.start_line
    comment = line - len(step.outer.comments) if step.outer.comments else line
    return _after(view, comment - 1, f"SHELL {json.dumps(shell)}")


def _strict_shell(parent: Parent) -> list[str]:
    if parent.programs:
        has_bash = "bash" in parent.programs
    else:
        has_bash = parent.libc == "glibc" and not re.search(
            r"distroless|wolfi|busybox|chiseled", parent.reference
        )
    if has_bash:
        return ["/bin/bash", "-o", "pipefail", "-c"]
    return ["/bin/ash", "-eo", "pipefail", "-c"] if parent.libc == "musl" else []


def health_check(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """Whether the service takes a connection on its port, by a program that the image surely has."""
    ports = [
        word.partition("/")[0]
        for each in view.built
        for step in each.steps
        if step.keyword == "EXPOSE"
        for word in step.instruction.arguments
        if word.partition("/")[0].isdecimal() and not word.endswith("/udp")
    ]
    command = _connects(view.final.parent, ports[0]) if ports else []
    if not command:
        return ()
    line = f"HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD {json.dumps(command)}"
    return _before_start(view, line)


def _before_start(view: View, line: str) -> Sequence[Edit]:
    """A line of its own before the CMD or ENTRYPOINT of the final stage, else behind everything."""
    instructions = view.final.stage.instructions
    start = next((each for each in instructions if each.keyword in ("CMD", "ENTRYPOINT")), None)
    if start is None:
        last = instructions[-1] if instructions else view.final.stage.first
        return _after(view, last.end_line, line)
    return _after(view, start.start_line - len(start.comments) - 1, line)


def _connects(parent: Parent, port: str) -> list[str]:
    name = parent.reference.partition("@")[0].rpartition("/")[2].partition(":")[0]
    programs = parent.programs
    if name == "python" or "python3" in programs:
        return ["python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 3)"]
    if name == "node" or "node" in programs:
        script = f"require('net').connect({port}, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"
        return ["node", "-e", script]
    if parent.libc == "musl":
        return ["nc", "-z", "127.0.0.1", port]
    if _strict_shell(parent):
        return ["/bin/bash", "-c", f"</dev/tcp/127.0.0.1/{port}"]
    return []


def secret_by_mount(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """An ARG that only RUN steps read becomes a secret mount of those steps."""
    step = step_of(view, found)
    if step is None or step.keyword != "ARG" or step.is_trigger or len(step.instruction.pairs) != 1:
        return ()
    ((name, _, _),) = step.instruction.pairs
    if not looks_secret(name) or not name.isidentifier():
        return ()
    others = [each for each in view.steps() if each is not step and _names(each, name)]
    readers = [each for each in others if each.stage == step.stage and each.position > step.position]
    if len(readers) < len(others) or any(not _can_read(each) for each in readers) or _is_global(view, name):
        return ()
    starts = view.dockerfile.line_starts
    edits = [Edit(starts[step.outer.start_line - 1], _line_after(view, step.outer.end_line), "")]
    for each in readers:
        at = each.source_at(len(each.instruction.spelt))
        edits.append(Edit(at, at, f" --mount=type=secret,id={name}"))
        start = each.source_at(each.instruction.arguments_at)
        edits.append(Edit(start, start, f'{name}="$(cat /run/secrets/{name})" && export {name} && '))
    return edits


def _names(step: Step, name: str) -> bool:
    text = step.instruction.text + "".join(each.content for each in step.instruction.heredocs)
    return bool(re.search(rf"\b{re.escape(name)}\b", text))


def _can_read(step: Step) -> bool:
    instruction = step.instruction
    return (
        step.keyword == "RUN"
        and step.is_posix
        and not instruction.is_json
        and not instruction.heredocs
        and not step.is_trigger
    )


def _is_global(view: View, name: str) -> bool:
    before = (
        each
        for each in view.dockerfile.instructions
        if each.start_line < view.stages[0].stage.first.start_line
    )
    return any(each.keyword == "ARG" and any(pair[0] == name for pair in each.pairs) for each in before)


def _line_after(view: View, line: int) -> int:
    return (*view.dockerfile.line_starts, len(view.dockerfile.text))[line]
