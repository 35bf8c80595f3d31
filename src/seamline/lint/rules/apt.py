"""apt-get in RUN."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.formats.shell import Word
from seamline.lint.installs import Call, calls
from seamline.lint.rule import CUSTOMIZATION, MEDIUM, NEGLIGIBLE, UPDATE, Found, Rule, at_place
from seamline.lint.view import Step, View


def _installs(view: View) -> Iterator[tuple[Step, Call]]:
    for step in view.steps("RUN"):
        for call in calls(step, "apt"):
            if call.installs:
                yield step, call


def at_call(view: View, step: Step, call: Call, detail: str = "") -> Found:
    return at_place(view, step, call.command.start, call.command.end, detail)


def _is_pinned(word: Word) -> bool:
    """A version, a release, a file; what the shell fills in is not judged."""
    return "=" in word.text or "/" in word.text or word.text.endswith(".deb") or not word.is_plain


def no_version(view: View) -> Iterator[Found]:
    for step, call in _installs(view):
        loose = [word.text for word in call.packages if not _is_pinned(word)]
        if loose:
            yield at_call(view, step, call, " ".join(loose))


def recommends(view: View) -> Iterator[Found]:
    for step, call in _installs(view):
        refused = call.has("--no-install-recommends") or any(
            value.lower().replace(" ", "") in ("apt::install-recommends=false", "apt::install-recommends=0")
            for option in ("-o", "--option")
            for value in call.valued.get(option, ())
        )
        if not refused:
            yield at_call(view, step, call)


RULES = (
    Rule("DL3008", UPDATE, MEDIUM, no_version),
    Rule("DL3015", CUSTOMIZATION, NEGLIGIBLE, recommends),
)
