"""Mending inside RUN: options added, words replaced, leftovers removed in the same step."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.formats.shell import Command
from seamline.lint.installs import call_of
from seamline.lint.mending.edit import (
    Edit,
    Fixer,
    Means,
    Mender,
    after_word,
    command_of,
    end_of,
    indentation,
    insert,
    line_end,
    one_by_one,
    replace_word,
    step_of,
)
from seamline.lint.rule import Found
from seamline.lint.rules.users import is_root
from seamline.lint.view import Step, View

_APT_VERBS = frozenset(
    ("install", "update", "upgrade", "remove", "purge", "autoremove", "clean", "autoclean", "dist-upgrade")
)


def option(text: str) -> Fixer:
    """An option put behind the verb of a package manager's call."""

    @one_by_one
    def mend(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001 - all have the same shape
        step, command = _both(view, found)
        if step is None or command is None or step.instruction.is_json:
            return ()
        call = call_of(command)
        verb = next((word for word in command.words if call and word.text == call.verb), None)
        return () if verb is None else (after_word(step, verb, f" {text}"),)

    return mend


def first_option(text: str) -> Fixer:
    """An option put behind the name of a program."""

    @one_by_one
    def mend(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
        step, command = _both(view, found)
        if step is None or command is None or step.instruction.is_json:
            return ()
        return (after_word(step, command.words[0], f" {text}"),)

    return mend


def cache_mount(target: str, otherwise: Fixer | None = None) -> Fixer:
    """A cache mount for the step, where root runs it; else what `otherwise` does."""

    @one_by_one
    def mend(view: View, found: Found, means: Means) -> Sequence[Edit]:
        step = step_of(view, found)
        if step is None:
            return ()
        if step.user and not is_root(step.user):
            return otherwise(view, means)(found) if otherwise else ()
        return (insert(step, len(step.instruction.spelt), f" --mount=type=cache,target={target}"),)

    return mend


def last_command(text: str) -> Fixer:
    """A command that ends the step, run where all before it went well."""

    @one_by_one
    def mend(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
        step = step_of(view, found)
        return () if step is None else append(view, step, text)

    return mend


def append(view: View, step: Step, text: str) -> Sequence[Edit]:
    """The edit that puts a command behind a step's script; none where its end is not plain."""
    instruction = step.instruction
    if instruction.is_json or not step.commands:
        return ()
    if instruction.heredocs:
        return _append_to_heredoc(view, step, text)
    script = instruction.text[instruction.arguments_at :].rstrip()
    if (
        script.endswith(("&", ";", "|", "\\", "`"))
        or "#" in script[step.commands[-1].end - instruction.arguments_at :]
    ):
        return ()
    at = end_of(instruction)
    first, last = instruction.start_line, view.dockerfile.line_of(at - 1)
    if first == last:
        return (Edit(at, at, f" && {text}"),)
    indent = indentation(view, last)
    if any(
        line.rstrip().endswith(f"&& {view.dockerfile.escape}") for line in view.dockerfile.lines(first, last)
    ):
        return (Edit(at, at, f" && {view.dockerfile.escape}{line_end(view)}{indent}{text}"),)
    return (Edit(at, at, f" {view.dockerfile.escape}{line_end(view)}{indent}&& {text}"),)


def _append_to_heredoc(view: View, step: Step, text: str) -> Sequence[Edit]:
    if len(step.instruction.heredocs) > 1 or step.commands[-1].start <= len(step.instruction.text):
        return ()
    heredoc = step.instruction.heredocs[0]
    content = heredoc.content
    if content.rstrip().endswith(("\\", "&&", "|", "&")) or not content.endswith("\n"):
        return ()
    lines = content.splitlines()
    filled = [line for line in lines if line.strip()] or [""]
    indent = filled[-1][: len(filled[-1]) - len(filled[-1].lstrip())]
    at = heredoc.at + len(content)
    return (Edit(at, at, f"{indent}{text}{line_end(view)}"),)


@one_by_one
def apt_for_scripts(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """apt-get in the place of apt."""
    step, command = _both(view, found)
    if step is None or command is None or step.instruction.is_json:
        return ()
    call = call_of(command)
    if call is None or call.verb not in _APT_VERBS or command.words[0].text != "apt":
        return ()
    return (replace_word(step, command.words[0], "apt-get"),)


@one_by_one
def without_sudo(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """The command itself, where the step is root's anyway."""
    step, command = _both(view, found)
    if step is None or command is None or step.instruction.is_json or (step.user and not is_root(step.user)):
        return ()
    words = command.words
    if len(words) < 2 or words[0].text != "sudo" or words[1].text.startswith("-") or "=" in words[1].text:
        return ()
    return (Edit(step.source_at(words[0].start), step.source_at(words[1].start), ""),)


def clean_install(view: View, means: Means) -> Mender:  # noqa: ARG001
    """npm ci, where the lock was copied by its name before."""
    locked: dict[int, int] = {}
    for each in view.steps("COPY"):
        if "package-lock.json" in each.instruction.text:
            locked.setdefault(each.stage, each.position)

    def mend(found: Found) -> Sequence[Edit]:
        step, command = _both(view, found)
        if step is None or command is None or step.instruction.is_json:
            return ()
        if locked.get(step.stage, step.position) >= step.position:
            return ()
        verb = next((word for word in command.words if word.text in ("install", "i")), None)
        return () if verb is None else (replace_word(step, verb, "ci"),)

    return mend


def _both(view: View, found: Found) -> tuple[Step | None, Command | None]:
    step = step_of(view, found)
    return step, None if step is None else command_of(step, found)
