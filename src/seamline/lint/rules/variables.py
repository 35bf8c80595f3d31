"""Variables that the builder fills in: those that nobody sets. And what EXPOSE cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.expression import expression
from seamline.formats.dockerfile.expand import unset_names
from seamline.lint.rule import CUSTOMIZATION, LOW, MEDIUM, Found, Rule, at_step
from seamline.lint.view import StageView, Step, View

_FILLED = ("ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
_ALWAYS = frozenset(("PATH",))
"""What the builder sets where the parent does not."""
_BRACED = expression(r"\$\{[^}]*\}")


def never_set(view: View) -> Iterator[Found]:
    """Where all that the parent sets is known: a name that neither it nor the file sets gives nothing."""
    for stage in view.stages:
        if not _knows_environment(stage):
            continue
        declared = _declared(view, stage)
        for step in stage.steps:
            if step.keyword == "ARG":
                declared |= {name for name, _, _ in step.instruction.pairs}
            elif step.keyword in _FILLED and not step.is_trigger:
                missing = _missing(view, step, declared)
                if missing:
                    yield at_step(step, " ".join(f"${name}" for name in missing))


def _knows_environment(stage: StageView) -> bool:
    parent = stage.parent
    return (parent.is_read and not parent.is_built) or parent.reference.lower() == "scratch"


def _declared(view: View, stage: StageView) -> set[str]:
    """The names that the stages below declare as arguments: they hold here too."""
    below = (step for at in stage.lineage[:-1] for step in view.stages[at].steps)
    return {name for step in below if step.keyword == "ARG" for name, _, _ in step.instruction.pairs}


def _missing(view: View, step: Step, declared: set[str]) -> list[str]:
    own = {name for name, _, _ in step.instruction.pairs} if step.keyword == "ENV" else set()
    words = [*step.instruction.arguments, *(flag.partition("=")[2] for flag in step.instruction.flags)]
    names = dict.fromkeys(
        name for word in words for name in unset_names(word, step.variables, view.dockerfile.escape)
    )
    return [name for name in names if name not in declared | own | _ALWAYS]


def exposed_mapping(view: View) -> Iterator[Found]:
    """An address or a port of the host: which of them is used is said when the container is run."""
    for step in view.steps("EXPOSE"):
        mapped = [word for word in step.instruction.arguments if ":" in _BRACED.sub("", word)]
        if mapped:
            yield at_step(step, " ".join(mapped))


RULES = (
    Rule("SL3014", CUSTOMIZATION, MEDIUM, never_set),
    Rule("SL3015", CUSTOMIZATION, LOW, exposed_mapping),
)
