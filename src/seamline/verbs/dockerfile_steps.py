"""The steps of a Dockerfile as an audit judges them: those of the stages that become the image, with their lines."""

from __future__ import annotations

from pathlib import Path

from seamline.audit.case import Step
from seamline.effects.disk import read_regular
from seamline.errors import Where
from seamline.formats.dockerfile.parse import MOST_BYTES
from seamline.lint.view import Step as WrittenStep
from seamline.verbs.lint import Given, read_dockerfile, see_dockerfile


def read_steps(path: str) -> tuple[Step, ...]:
    """The steps, the lowest stage first; those of build stages that only hand files out are no part of the image.

    Raises:
        NotFound: there is no such file.
        Malformed: no builder would take it.
    """
    view = see_dockerfile(read_dockerfile(read_regular(Path(path), MOST_BYTES), path), None, Given())
    steps = [step for stage in view.built for step in stage.steps]
    is_scratch = view.built[0].stage.resolved == "scratch"
    return tuple(_step(step, path, is_first=is_scratch and step is steps[0]) for step in steps)


def _step(step: WrittenStep, path: str, *, is_first: bool) -> Step:
    instruction = step.instruction
    words = (*instruction.arguments, *(each.content for each in instruction.heredocs))
    named = (step.keyword, *instruction.flags) if step.keyword in ("ADD", "COPY") else ()
    text = " ".join((*named, *words))
    return Step(
        verb=step.keyword,
        text=text,
        stratum="",
        is_root=is_first and step.keyword in ("ADD", "COPY") and text.endswith(" /"),
        where=Where(source=path, line=step.outer.start_line),
    )
