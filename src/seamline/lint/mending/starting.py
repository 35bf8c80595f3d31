"""Mending how a container starts and is watched: JSON forms, health checks."""

from __future__ import annotations

import json
from collections.abc import Sequence

from seamline.lint.exec_form import start_words
from seamline.lint.mending.edit import Edit, Means, Mender, after_line, one_by_one, spelt, step_of
from seamline.lint.mending.shells import strict_shell
from seamline.lint.parent import Parent, official_name
from seamline.lint.quoted_lists import is_certain, quoted_list
from seamline.lint.rule import Found
from seamline.lint.starters import health_port
from seamline.lint.view import View


def exec_form(view: View, means: Means) -> Mender:  # noqa: ARG001 - all have the same shape
    """The JSON form of one plain command; what a shell would have to fill in or join stays."""
    starts: list[frozenset[str]] = []  # which of CMD and ENTRYPOINT hold in a stage
    for stage in view.stages:
        below = starts[stage.stage.parent] if stage.stage.parent is not None else frozenset()
        starts.append(below | {step.keyword for step in stage.steps})

    def mend(found: Found) -> Sequence[Edit]:
        step = step_of(view, found)
        if step is None or found.advice is not None:
            return ()
        if ("CMD" if step.keyword == "ENTRYPOINT" else "ENTRYPOINT") in starts[step.stage]:
            return ()  # a shell form of one takes no words of the other; a JSON form does
        words = start_words(step)
        form = json.dumps([word.text for word in words], ensure_ascii=False)
        command = step.commands[0] if words else None
        if command is None:
            return ()
        return (Edit(step.source_at(command.start), step.source_at(command.end - 1) + 1, form),)

    return mend


@one_by_one
def json_list(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """The words of a list in the quotes of JSON, each where it stands; the comma before the end gone."""
    step = step_of(view, found)
    held = None if step is None else quoted_list(step)
    if step is None or held is None or not is_certain(step, held):
        return ()
    edits = []
    for item in held.items:
        start, end = step.source_at(item.start), step.source_at(item.end - 1) + 1
        if end - start != item.end - item.start:
            return ()  # the word goes on in the next line
        edits.append(Edit(start, end, json.dumps(item.text, ensure_ascii=False)))
    if held.surplus is not None:
        at = step.source_at(held.surplus)
        edits.append(Edit(at, at + 1, ""))
    return edits


@one_by_one
def health_check(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """Whether the service takes a connection on its port, by a program that the image surely has."""
    port = health_port(view)
    if view.is_windows or not port:
        return ()
    command = _connects(view.final.parent, port)
    if not command:
        return ()
    line = f"{spelt(view, 'HEALTHCHECK')} --interval=30s --timeout=5s --start-period=15s CMD {json.dumps(command)}"
    return _before_start(view, line)


def _before_start(view: View, line: str) -> Sequence[Edit]:
    """A line of its own before the CMD or ENTRYPOINT of the final stage, else behind everything."""
    instructions = view.final.stage.instructions
    start = next((each for each in instructions if each.keyword in ("CMD", "ENTRYPOINT")), None)
    if start is None:
        last = instructions[-1] if instructions else view.final.stage.first
        return after_line(view, last.end_line, line)
    return after_line(view, start.start_line - len(start.comments) - 1, line)


def _connects(parent: Parent, port: str) -> list[str]:
    name, programs = official_name(parent.reference), parent.programs
    if name == "python" or "python3" in programs:
        return ["python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 3)"]
    if name == "node" or "node" in programs:
        script = f"require('net').connect({port}, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"
        return ["node", "-e", script]
    if parent.libc == "musl":
        return ["nc", "-z", "127.0.0.1", port]
    if strict_shell(parent):
        return ["/bin/bash", "-c", f"</dev/tcp/127.0.0.1/{port}"]
    return []
