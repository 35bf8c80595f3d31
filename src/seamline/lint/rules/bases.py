"""FROM: which image a stage stands on, and how firmly it is named."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.formats.dockerfile.stages import Stage
from seamline.lint.rule import LOW, MEDIUM, UPDATE, Found, Rule
from seamline.lint.view import View


def _of_images(view: View) -> Iterator[Stage]:
    """The stages that stand on an image whose name is known."""
    for each in view.stages:
        if each.stage.parent is None and each.stage.resolved.lower() != "scratch" and each.stage.resolved:
            yield each.stage


def _at(stage: Stage) -> Found:
    return Found(
        line=stage.first.start_line,
        end_line=stage.first.end_line,
        stage=stage.position,
        detail=stage.resolved,
    )


def tag_of(reference: str) -> str:
    """The tag in a reference; empty where it has none."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[2]


def no_tag(view: View) -> Iterator[Found]:
    for stage in _of_images(view):
        if "@" not in stage.resolved and not tag_of(stage.resolved) and "$" not in stage.resolved:
            yield _at(stage)


def latest(view: View) -> Iterator[Found]:
    for stage in _of_images(view):
        if tag_of(stage.resolved) == "latest" and "@" not in stage.resolved:
            yield _at(stage)


def no_digest(view: View) -> Iterator[Found]:
    """A tag alone names another image tomorrow."""
    for stage in _of_images(view):
        if "@" not in stage.resolved and tag_of(stage.resolved) not in ("", "latest"):
            yield _at(stage)


RULES = (
    Rule("DL3006", UPDATE, MEDIUM, no_tag),
    Rule("DL3007", UPDATE, MEDIUM, latest),
    Rule("SL2001", UPDATE, LOW, no_digest),
)
