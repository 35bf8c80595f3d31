"""apk in RUN."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.lint.caches import keeps_cache
from seamline.lint.rule import CUSTOMIZATION, LOW, MEDIUM, UPDATE, Found, Rule, at_command, run_calls
from seamline.lint.view import Step, View

CACHE = "/var/cache/apk"


def no_version(view: View) -> Iterator[Found]:
    for step, call in run_calls(view, "apk"):
        loose = [word.text for word in call.packages if word.is_plain and not _is_pinned(word.text)]
        if call.installs and loose:
            yield at_command(view, step, call.command, " ".join(loose))


def _is_pinned(text: str) -> bool:
    return any(sign in text for sign in "=<>~") or text.endswith(".apk") or text.startswith(".")


def index_left(view: View) -> Iterator[Found]:
    """The index and the packages stay in the layer."""
    for step, call in run_calls(view, "apk"):
        if call.installs and not call.has("--no-cache") and not _removes(step):
            yield at_command(view, step, call.command)


def _removes(step: Step) -> bool:
    return keeps_cache(step, CACHE, "/etc/apk/cache") or any(
        command.name == "rm" and any(word.startswith(CACHE) for word in command.arguments)
        for command in step.commands
    )


RULES = (
    Rule("DL3018", UPDATE, MEDIUM, no_version),
    Rule("DL3019", CUSTOMIZATION, LOW, index_left),
)
