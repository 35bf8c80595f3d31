"""A Dockerfile as the rules see it: every instruction with what holds when it runs."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from seamline.formats.dockerfile.parse import chomped
from seamline.formats.dockerfile.stages import Scope, Stage, global_args, stages
from seamline.formats.dockerfile.values import Dockerfile, Instruction
from seamline.formats.shell import Command, Word, commands
from seamline.lint.parent import Parent, parent_by_name
from seamline.model.advisory import Cycle

Support = Callable[[str], Sequence[Cycle]]
"""The releases that the name of an image states, with the days on which their support ends."""
_SHELL = ("/bin/sh", "-c")
_WINDOWS = ("/windows/", "/windows:", "nanoserver", "servercore", "windowsservercore")
_SHELLS = frozenset(("sh", "bash", "ash", "dash", "ksh", "zsh"))
_WRAPPERS: Mapping[str, frozenset[str]] = {
    "command": frozenset(),
    "eatmydata": frozenset(),
    "env": frozenset(("-u", "--unset")),
    "exec": frozenset(("-a",)),
    "nice": frozenset(("-n",)),
    "nohup": frozenset(),
    "sudo": frozenset(("-u", "-g", "-h", "-p")),
    "time": frozenset(),
}
"""Programs that run another one, with their options that take a value."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction, and what holds when it runs.

    `instruction` is what is done: of an ONBUILD, what that starts (`is_trigger`). `user` is empty where nobody said;
    `commands` are the simple commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK. Their places count in the logical line,
    those of heredocs behind it; `line_of` and `source_at` lead from there into the file.
    """

    instruction: Instruction
    outer: Instruction
    stage: int
    position: int
    user: str
    shell: tuple[str, ...]
    workdir: str
    variables: Mapping[str, str]
    commands: tuple[Command, ...]
    pieces: tuple[tuple[int, int], ...]

    @property
    def keyword(self) -> str:
        return self.instruction.keyword

    @property
    def is_trigger(self) -> bool:
        return self.outer is not self.instruction

    @property
    def is_posix(self) -> bool:
        """Whether the shell of the step is one of Unix."""
        return bool(self.shell) and shell_name(self.shell) in _SHELLS

    def source_at(self, place: int) -> int:
        """Where the character at `place` stands in the file."""
        at = max(bisect.bisect_right(self.pieces, (place, 1 << 62)) - 1, 0)
        start, source = self.pieces[at]
        return source + place - start


class StageView(msgspec.Struct, frozen=True, kw_only=True):
    """One stage with its steps. `parent` is what is known of the image below it and the stages that it stands on;
    `lineage` are those, lowest first, itself last. `user` is who a container of it starts as; `user_step` who said so."""

    stage: Stage
    steps: tuple[Step, ...]
    parent: Parent
    lineage: tuple[int, ...]
    user: str
    user_step: Step | None
    shell: tuple[str, ...]
    workdir: str
    environment: Mapping[str, str]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. `final` is the stage that becomes the image. `has_ignore_file` tells whether a .dockerignore stands
    beside it, None where nobody looked; `trusted` are patterns of registries, none where any will do; `support` are the
    dates of releases as of `today`, None where nobody has them; `own_parent` is what the user gave as the parent."""

    dockerfile: Dockerfile
    stages: tuple[StageView, ...]
    variables: Mapping[str, str]
    has_ignore_file: bool | None = None
    trusted: tuple[str, ...] = ()
    support: Support | None = None
    today: str = ""
    own_parent: Parent | None = None

    @property
    def final(self) -> StageView:
        return self.stages[-1]

    @property
    def built(self) -> tuple[StageView, ...]:
        """The final stage and those that it stands on, lowest first: what becomes the image."""
        return tuple(self.stages[at] for at in self.final.lineage)

    @property
    def is_windows(self) -> bool:
        """Whether the final stage is one of Windows, by its base's name, its platform, its shell, or the escape sign that only Windows needs: users have no numbers."""
        stage = self.final.stage
        name = f"/{stage.resolved.lower()}"
        is_unix = bool(self.final.parent.libc)
        return (self.dockerfile.escape == "`" and not is_unix) or (
            any(word in name for word in _WINDOWS)
            or stage.platform.lower().startswith("windows")
            or shell_name(self.final.shell) in ("cmd", "powershell", "pwsh")
        )

    def steps(self, *keywords: str) -> Iterator[Step]:
        """Every step of these instructions, stage by stage."""
        for stage in self.stages:
            yield from (step for step in stage.steps if not keywords or step.keyword in keywords)

    def line_of(self, step: Step, place: int) -> int:
        """The line in the file of a place in a step."""
        return self.dockerfile.line_of(step.source_at(place))


def view_of(
    dockerfile: Dockerfile,
    parent: Parent | None,
    given: Mapping[str, str] | None = None,
    *,
    has_ignore_file: bool | None = None,
    trusted: tuple[str, ...] = (),
    support: Support | None = None,
    today: str = "",
) -> View:
    """The file as rules see it; `parent` is what is known of the image below the final stage."""
    outside = global_args(dockerfile, given)
    found: list[StageView] = []
    plan = stages(dockerfile, given)
    lowest = _lowest(plan)
    for stage in plan:
        below = found[stage.parent] if stage.parent is not None else None
        known = parent if parent is not None and lowest[stage.position] == lowest[-1] else None
        found.append(_stage_view(stage, below, known, outside, given or {}, dockerfile.escape))
    return View(
        dockerfile=dockerfile,
        stages=tuple(found),
        variables=outside,
        has_ignore_file=has_ignore_file,
        trusted=trusted,
        support=support,
        today=today,
        own_parent=parent,
    )


def _lowest(plan: Sequence[Stage]) -> list[int]:
    """For each stage the stage that names the image below it."""
    lowest: list[int] = []
    for stage in plan:
        lowest.append(stage.position if stage.parent is None else lowest[stage.parent])
    return lowest


def _stage_view(
    stage: Stage,
    below: StageView | None,
    known: Parent | None,
    outside: Mapping[str, str],
    given: Mapping[str, str],
    escape: str,
) -> StageView:
    parent = below.parent if below is not None else known or parent_by_name(stage.resolved)
    environment = below.environment if below is not None else dict(parent.environment)
    scope = Scope(environment, outside, given, escape)
    user = below.user if below is not None else parent.user
    user_step = below.user_step if below is not None else None
    shell = below.shell if below is not None else parent.shell or _SHELL
    workdir = below.workdir if below is not None else parent.workdir
    steps: list[Step] = []
    for position, outer in enumerate(stage.instructions):
        instruction = outer.inner or outer
        pieces, found = _commands(instruction)
        step = Step(
            instruction=instruction, outer=outer, stage=stage.position, position=position, user=user, shell=shell,
            workdir=workdir, variables=scope.variables, commands=found, pieces=pieces,
        )  # fmt: skip
        steps.append(step)
        if outer.inner is not None:
            continue
        scope.take(instruction)
        if instruction.keyword == "USER":
            user, user_step = scope.fill(instruction.arguments[0]), step
        elif instruction.keyword == "SHELL":
            shell = instruction.arguments
        elif instruction.keyword == "WORKDIR":
            workdir = _joined(workdir, scope.fill(instruction.arguments[0]))
    return StageView(
        stage=stage,
        steps=tuple(steps),
        parent=parent,
        lineage=(*(below.lineage if below is not None else ()), stage.position),
        user=user,
        user_step=user_step,
        shell=shell,
        workdir=workdir,
        environment=scope.environment,
    )


def _joined(workdir: str, path: str) -> str:
    return path if path.startswith(("/", "$")) or path[1:2] == ":" else f"{workdir.rstrip('/')}/{path}"


def shell_name(shell: Sequence[str]) -> str:
    """`bash` of `["/bin/bash", "-c"]`."""
    name = shell[0].replace("\\", "/").rpartition("/")[2].lower() if shell else ""
    return name.removesuffix(".exe")


def _commands(instruction: Instruction) -> tuple[tuple[tuple[int, int], ...], tuple[Command, ...]]:
    """Where the places of an instruction lead to, and the commands in it."""
    pieces = list(instruction.pieces)
    at = len(instruction.text) + 1
    bodies = []
    for heredoc in instruction.heredocs:
        pieces.append((at, heredoc.at))
        bodies.append((at, chomped(heredoc.content) if heredoc.chomps else heredoc.content))
        at += len(heredoc.content) + 1
    found = tuple(_with_scripts(_taken_apart(instruction, bodies)))
    return tuple(pieces), found


def _taken_apart(instruction: Instruction, bodies: Sequence[tuple[int, str]]) -> Iterable[Command]:
    keyword, arguments, start = instruction.keyword, instruction.arguments, instruction.arguments_at
    if keyword == "HEALTHCHECK":
        start += len(arguments[0]) if arguments else 0
        arguments = arguments[1:]
    elif keyword not in ("RUN", "CMD", "ENTRYPOINT"):
        return
    if instruction.is_json:
        words = tuple(Word(text, text, start, len(instruction.text)) for text in arguments)
        if words:
            yield Command(words=words, start=start, end=len(instruction.text), pipeline=start)
        return
    line = commands(instruction.text[start:], start)
    yield from line
    for (at, content), command in zip(bodies, [*line, *[None] * len(bodies)], strict=False):
        if (not line or command is None or _reads_script(command)) and _is_for_shell(content):
            yield from commands(content, at)


def _is_for_shell(script: str) -> bool:
    """Whether a script without a first line of its own, or whose first line names a shell."""
    first = script.partition("\n")[0]
    return not first.startswith("#!") or any(name in re.split(r"[/ ]", first) for name in _SHELLS)


def _reads_script(command: Command) -> bool:
    """Whether a command does what its input says: a heredoc alone, or one that a shell reads."""
    return not command.words or (
        command.name in _SHELLS and all(word.startswith("-") for word in command.arguments)
    )


def _with_scripts(found: Iterable[Command]) -> Iterator[Command]:
    """The commands, each `sh -c '...'` followed by what it runs."""
    for command in found:
        yield command
        if command.name in _SHELLS and len(command.words) > 2 and command.words[1].text.endswith("c"):
            script = command.words[2]
            quoted = script.raw[:1] in ("'", '"')
            if script.is_plain and command.words[1].text.startswith("-"):
                yield from commands(script.text, script.start + quoted)


def program(command: Command) -> tuple[str, tuple[str, ...]]:
    """The name and arguments of what a command runs in the end: that behind sudo, env and their like."""
    words = [word.text for word in command.words]
    while words:
        name = words[0].rpartition("/")[2]
        values = _WRAPPERS.get(name)
        if values is None:
            return name, tuple(words[1:])
        at = 1
        while at < len(words) and (words[at].startswith("-") or (name == "env" and "=" in words[at])):
            at += 2 if words[at] in values else 1
        words = words[at:]
    return "", ()
