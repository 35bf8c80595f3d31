"""Rules that need more than the file: what is known of its parent, and which registries the team trusts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from seamline.lint.installs import calls
from seamline.lint.rule import (
    CUSTOMIZATION,
    HIGH,
    MEDIUM,
    SECURITY,
    Found,
    Rule,
    at_command,
    at_from,
    at_step,
)
from seamline.lint.rules.bases import on_images
from seamline.lint.view import StageView, Step, View, program

_BUILT_IN = frozenset(
    [
        "[",
        "[[",
        ":",
        ".",
        "test",
        "true",
        "false",
        "exit",
        "cd",
        "echo",
        "printf",
        "set",
        "export",
        "exec",
        "wait",
        "kill",
        "trap",
        "read",
        "eval",
        "source",
        "command",
        "type",
    ]
)
_MANAGED_BY = {"apt": "apt", "apk": "apk", "yum": "yum", "dnf": "dnf", "zypper": "zypper"}


def distrusted(view: View) -> Iterator[Found]:
    """Only with registries that the user named."""
    for each in on_images(view) if view.trusted else ():
        if not any(fnmatchcase(registry_of(each.stage.resolved), pattern) for pattern in view.trusted):
            yield at_from(each, each.stage.resolved)


def registry_of(reference: str) -> str:
    """The registry in a reference; docker.io where it names none."""
    head, slash, _ = reference.partition("/")
    return head if slash and (re.search(r"[.:]", head) or head == "localhost") else "docker.io"


def _on_read_images(view: View) -> Iterator[StageView]:
    """The stages above an image that was read and that the file did not become."""
    return (
        each
        for each in view.stages
        if each.parent.is_read and not each.parent.is_built and each.parent.programs
    )


def no_such_shell(view: View) -> Iterator[Found]:
    """A step, or the start, wants a shell that nobody put there."""
    for each in _on_read_images(view):
        brought = _brings_programs(view, each)
        for step in each.steps:
            shell = step.shell[0].rpartition("/")[2] if step.shell else ""
            wants = step.keyword in ("RUN", "CMD", "ENTRYPOINT") and not step.instruction.is_json
            if wants and step.instruction.arguments and shell not in each.parent.programs and not brought:
                yield at_step(step, shell)


def no_such_manager(view: View) -> Iterator[Found]:
    """A package manager of another distribution."""
    for each in _on_read_images(view):
        for step in each.steps if not _brings_programs(view, each) else ():
            for call in calls(step, *_MANAGED_BY) if step.keyword == "RUN" else ():
                if call.program not in each.parent.programs:
                    yield at_command(view, step, call.command, call.program)


def _brings_programs(view: View, each: StageView) -> bool:
    """Whether a COPY or ADD may have brought programs that nobody can see from here."""
    steps = [step for at in each.lineage for step in view.stages[at].steps]
    return any(step.keyword in ("COPY", "ADD") and _may_bring(step) for step in steps)


def _may_bring(step: Step) -> bool:
    target = step.instruction.arguments[-1]
    return target == "/" or any(target.startswith(folder) for folder in ("/bin", "/sbin", "/usr", "/lib"))


def check_cannot_run(view: View) -> Iterator[Found]:
    """The health check runs a program that neither the parent has nor the file installs."""
    for each in _on_read_images(view):
        steps = [step for at in each.lineage for step in view.stages[at].steps]
        text = " ".join(step.instruction.text for step in steps if step.keyword in ("RUN", "COPY", "ADD"))
        for step in each.steps:
            for command in step.commands if step.keyword == "HEALTHCHECK" else ():
                name, _ = program(command)
                known = name in each.parent.programs or name in _BUILT_IN or not command.is_plain
                if name and not known and "/" not in command.words[0].text and name not in text:
                    yield at_step(step, name)


RULES = (
    Rule("DL3026", SECURITY, HIGH, distrusted),
    Rule("SL3011", CUSTOMIZATION, HIGH, no_such_shell),
    Rule("SL3012", CUSTOMIZATION, HIGH, no_such_manager),
    Rule("SL3013", CUSTOMIZATION, MEDIUM, check_cannot_run),
)
