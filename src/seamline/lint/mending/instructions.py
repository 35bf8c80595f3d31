"""Mending whole instructions: pins, COPY for ADD, labels, settings of the build."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seamline.lint.mending.edit import Edit, Means, end_of, one_by_one, step_of
from seamline.lint.rule import Found
from seamline.lint.view import Step, View

_ADD_ALONE = ("--checksum", "--keep-git-dir", "--unpack")


@one_by_one
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


@one_by_one
def copy_for_add(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001 - all have the same shape
    step = step_of(view, found)
    if step is None or any(flag.startswith(_ADD_ALONE) for flag in step.instruction.flags):
        return ()
    if len(found.detail.split()) < len(step.instruction.arguments) - 1 - len(step.instruction.heredocs):
        return ()  # it also fetches or unpacks something
    at = step.source_at(0)
    return (Edit(at, at + len(step.instruction.spelt), _as(step, "COPY")),)


def _as(step: Step, keyword: str) -> str:
    """Another keyword in the case of the one that it replaces."""
    return keyword.lower() if step.instruction.spelt.islower() else keyword


@one_by_one
def label_for_maintainer(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    step = step_of(view, found)
    if step is None:
        return ()
    who = step.instruction.arguments[0].strip()
    if who[:1] in ('"', "'") and who.count(who[:1]) == 2 and who[-1] == who[:1]:
        who = who[1:-1]
    if any(sign in who for sign in "\\$`\n") or ('"' in who and view.dockerfile.escape != "\\"):
        return ()
    who = who.replace('"', '\\"')
    return (
        Edit(
            step.source_at(0),
            end_of(step.instruction),
            f'{_as(step, "LABEL")} org.opencontainers.image.authors="{who}"',
        ),
    )


@one_by_one
def argument_for_setting(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    """ARG in the place of ENV, where that sets nothing else."""
    step = step_of(view, found)
    if step is None or len(step.instruction.pairs) != 1:
        return ()
    ((name, value, _),) = step.instruction.pairs
    return (Edit(step.source_at(0), end_of(step.instruction), f"{_as(step, 'ARG')} {name}={value}"),)


@one_by_one
def without_platform(view: View, found: Found, means: Means) -> Sequence[Edit]:  # noqa: ARG001
    first = view.stages[found.stage or 0].stage.first
    match = re.search(r"\s+--platform=\S+", first.text)
    if match is None:
        return ()
    return (Edit(first.source_at(match.start()), first.source_at(match.end() - 1) + 1, ""),)
