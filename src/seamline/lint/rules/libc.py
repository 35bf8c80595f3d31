"""Programs built against one C library and run on another."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.expression import expression
from seamline.lint.rule import CUSTOMIZATION, HIGH, Found, Rule, at_step
from seamline.lint.view import StageView, Step, View, program

_COMPILES = frozenset(
    (
        "go",
        "gcc",
        "g++",
        "cc",
        "make",
        "cargo",
        "cmake",
        "rustc",
        "clang",
        "npm",
        "yarn",
        "pip",
        "pip3",
        "ninja",
        "meson",
    )
)
_STATIC = expression(
    r"-static\b|-extldflags|crt-static|x86_64-unknown-linux-musl|aarch64-unknown-linux-musl|-linkmode=internal|--target[= ]\S+-musl"
)


def mixed(view: View) -> Iterator[Found]:
    """A program that a stage on musl built dynamically finds no loader on glibc, and the other way round."""
    for each in view.stages:
        for step in each.steps:
            source = step.instruction.flag("from") if step.keyword == "COPY" else None
            builder = None if source is None else _stage_of(view, source, each.stage.position)
            if builder is None or not _is_other(builder.parent.libc, each.parent.libc):
                continue
            if each.parent.libc == "none" and not _starts(view, each):
                continue  # a stage that only hands files out
            if _builds(builder) and not _is_static(view, builder) and _may_be_program(step):
                yield at_step(step, f"{builder.parent.libc} -> {each.parent.libc}")


def _starts(view: View, each: StageView) -> bool:
    steps = (step for at in each.lineage for step in view.stages[at].steps)
    return any(step.keyword in ("CMD", "ENTRYPOINT") for step in steps)


def _is_other(built: str, runs: str) -> bool:
    """Whether what needs the one does not find it on the other; `none` has no C library at all."""
    return built in ("musl", "glibc") and runs in ("musl", "glibc", "none") and built != runs


def _stage_of(view: View, source: str, below: int) -> StageView | None:
    for each in reversed(view.stages[:below]):
        if each.stage.name == source.lower() or str(each.stage.position) == source:
            return each
    return None


def _builds(builder: StageView) -> bool:
    return any(
        program(command)[0] in _COMPILES
        for step in builder.steps
        if step.keyword == "RUN"
        for command in step.commands
    )


def _is_static(view: View, builder: StageView) -> bool:
    """CGO switched off, or a linker told to leave nothing open."""
    if builder.environment.get("CGO_ENABLED") == "0":
        return True
    for at in builder.lineage:
        for step in view.stages[at].steps:
            if step.keyword == "RUN" and (
                _STATIC.search(step.instruction.text)
                or any(_STATIC.search(each.content) for each in step.instruction.heredocs)
            ):
                return True
            for command in step.commands if step.keyword == "RUN" else ():
                if any(word.text == "CGO_ENABLED=0" for word in (*command.assignments, *command.words)):
                    return True
            if step.variables.get("CGO_ENABLED") == "0" or "-static" in step.variables.get("LDFLAGS", ""):
                return True
    return False


_DATA = expression(
    r"(?i).*\.(?:html?|css|js|mjs|json|ya?ml|toml|txt|md|conf|crt|pem|jar|war|wasm|py|rb|php|xml|svg|png)|.*/(?:dist|static|public|assets|templates|certs|zoneinfo|html|www|passwd|group|ca-certificates.*)/?"
)


def _may_be_program(step: Step) -> bool:
    return any(not _DATA.fullmatch(word) for word in step.instruction.arguments[:-1])


RULES = (Rule("SL3003", CUSTOMIZATION, HIGH, mixed),)
