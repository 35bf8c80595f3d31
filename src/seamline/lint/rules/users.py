"""Who a container runs as."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.lint.rule import HIGH, SECURITY, Found, Rule, at_place, at_step
from seamline.lint.view import StageView, View


def is_root(user: str) -> bool:
    """Whether a USER is root: by name or number, whatever its group. Source: OCI image-spec, config, "User"."""
    name = user.partition(":")[0]
    return name == "root" or (name.isdecimal() and int(name[:12]) == 0)


def root_at_the_end(view: View) -> Iterator[Found]:
    for each in view.stages:
        step = each.user_step
        if step is not None and step.stage == each.stage.position and is_root(each.user):
            yield at_step(step, each.user)


def root_by_default(view: View) -> Iterator[Found]:
    """Nobody in the file says who the container runs as, and its parent is root or nobody knows."""
    final = view.final
    if final.user_step is None and (not final.user or is_root(final.user)):
        yield _at_from(final, final.user)


def _at_from(stage: StageView, detail: str) -> Found:
    first = stage.stage.first
    return Found(line=first.start_line, end_line=first.end_line, stage=stage.stage.position, detail=detail)


def sudo(view: View) -> Iterator[Found]:
    for step in view.steps("RUN"):
        for command in step.commands:
            if command.name == "sudo":
                yield at_place(view, step, command.start, command.end, "sudo")


RULES = (
    Rule("DL3002", SECURITY, HIGH, root_at_the_end),
    Rule("DL3004", SECURITY, HIGH, sudo),
    Rule("SL1001", SECURITY, HIGH, root_by_default),
)
