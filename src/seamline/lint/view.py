"""A Dockerfile as the rules see it: every instruction with what holds when it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

import msgspec

from seamline.formats.dockerfile.parse import chomped
from seamline.formats.dockerfile.stages import Scope, Stage, global_args, stages
from seamline.formats.dockerfile.values import Dockerfile, Instruction, place_in_source
from seamline.formats.shell import Command, Word, commands
from seamline.lint.parent import Parent, parent_by_name
from seamline.model.advisory import Cycle

Support = Callable[[str], Sequence[Cycle]]
"""The releases that the name of an image states, with the days on which their support ends."""
_SHELL, _CMD = ("/bin/sh", "-c"), ("cmd", "/S", "/C")
"""What a RUN is read by where nobody says. Source: Dockerfile reference, "SHELL"."""
_WINDOWS = ("/windows/", "/windows:", "nanoserver", "servercore", "windowsservercore")
_WITH_COMMANDS = frozenset(("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"))
_MOST_KEPT = 20_000
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
        return place_in_source(self.pieces, place)


class StageView(msgspec.Struct, frozen=True, kw_only=True):
    """One stage with its steps. `parent` is what is known of the image below it and the stages that it stands on;
    `lineage` are those, lowest first, itself last. `is_windows` tells that its base's name, its platform, its shell or the
    escape sign that only Windows needs says so. `user` is who a container of it starts as; `user_step` who said so."""

    stage: Stage
    steps: tuple[Step, ...]
    parent: Parent
    lineage: tuple[int, ...]
    user: str
    user_step: Step | None
    shell: tuple[str, ...]
    workdir: str
    environment: Mapping[str, str]
    is_windows: bool = False


class View(msgspec.Struct, frozen=True, kw_only=True, dict=True):
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
        """Whether the final stage is one of Windows, where users have no numbers."""
        return self.final.is_windows

    @cached_property
    def is_lower_case(self) -> bool:
        """Whether most of the file's keywords are written in lower case."""
        lower = sum(each.spelt.islower() for each in self.dockerfile.instructions)
        return 2 * lower > len(self.dockerfile.instructions)

    def steps(self, *keywords: str) -> Iterator[Step]:
        """Every step of these instructions, stage by stage."""
        if len(keywords) == 1:
            yield from self._by_keyword.get(keywords[0], ())
            return
        for stage in self.stages:
            yield from (step for step in stage.steps if not keywords or step.keyword in keywords)

    @cached_property
    def _by_keyword(self) -> Mapping[str, Sequence[Step]]:
        found: dict[str, list[Step]] = {}
        for stage in self.stages:
            for step in stage.steps:
                found.setdefault(step.keyword, []).append(step)
        return found

    @cached_property
    def run_commands(self) -> Sequence[tuple[Step, Command]]:
        """Every command of every RUN, where the shell is one of Unix."""
        return [(step, command) for step in self.steps("RUN") if step.is_posix for command in step.commands]

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
    windows = below.is_windows if below is not None else _is_windows(stage, parent, escape)
    shell = below.shell if below is not None else parent.shell or (_CMD if windows else _SHELL)
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
        is_windows=windows or shell_name(shell) in ("cmd", "powershell", "pwsh"),
    )


def _is_windows(stage: Stage, parent: Parent, escape: str) -> bool:
    name = f"/{stage.resolved.lower()}"
    return (
        (escape == "`" and not parent.libc)
        or any(word in name for word in _WINDOWS)
        or stage.platform.lower().startswith("windows")
    )


def _joined(workdir: str, path: str) -> str:
    return path if path.startswith(("/", "$")) or path[1:2] == ":" else f"{workdir.rstrip('/')}/{path}"


@lru_cache(256)
def shell_name(shell: tuple[str, ...]) -> str:
    """`bash` of `["/bin/bash", "-c"]`."""
    name = shell[0].replace("\\", "/").rpartition("/")[2].lower() if shell else ""
    return name.removesuffix(".exe")


_Body = tuple[int, str]
"""Where the content of a heredoc is counted from, and it."""


def _commands(instruction: Instruction) -> tuple[tuple[tuple[int, int], ...], tuple[Command, ...]]:
    """Where the places of an instruction lead to, and the commands in it."""
    if instruction.keyword not in _WITH_COMMANDS:
        return instruction.pieces, ()
    pieces = list(instruction.pieces)
    at = len(instruction.text) + 1
    bodies: list[_Body] = []
    for heredoc in instruction.heredocs:
        pieces.append((at, heredoc.at))
        bodies.append((at, chomped(heredoc.content) if heredoc.chomps else heredoc.content))
        at += len(heredoc.content) + 1
    return tuple(pieces), _commands_of(
        instruction.keyword,
        instruction.text,
        instruction.arguments_at,
        instruction.arguments,
        tuple(bodies),
        instruction.is_json,
    )


@lru_cache(_MOST_KEPT)
def _commands_of(
    keyword: str, text: str, start: int, arguments: tuple[str, ...], bodies: tuple[_Body, ...], is_json: bool
) -> tuple[Command, ...]:
    """The commands of an instruction. Mending sees a file again and again, and most of it is as it was."""
    return tuple(_with_scripts(_taken_apart(keyword, text, start, arguments, bodies, is_json)))


def _taken_apart(
    keyword: str, text: str, start: int, arguments: tuple[str, ...], bodies: Sequence[_Body], is_json: bool
) -> Iterable[Command]:
    if keyword == "HEALTHCHECK":
        start += len(arguments[0]) if arguments else 0
        arguments = arguments[1:]
    if is_json:
        words = tuple(Word(each, each, start, len(text)) for each in arguments)
        if words:
            yield Command(words=words, start=start, end=len(text), pipeline=start)
        return
    line = commands(text[start:], start)
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


@lru_cache(_MOST_KEPT)
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
