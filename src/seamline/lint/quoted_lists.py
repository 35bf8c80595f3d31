"""Lists that were meant as JSON and are none: in single or typographic quotes, or with a comma too many.

The builder takes such a line for a shell's, or for words between blanks. Source: Dockerfile reference, "Shell and exec form"
("you must use double quotes around words, not single quotes"); RFC 8259 section 7.
"""

from __future__ import annotations

import msgspec

from seamline.expression import expression
from seamline.lint.view import Step, shell_name

_HOLDERS = frozenset(("ADD", "CMD", "COPY", "ENTRYPOINT", "HEALTHCHECK", "RUN", "VOLUME"))
_FILLED_IN = frozenset(("ADD", "COPY", "VOLUME"))
"""Here the builder fills variables into a JSON form too; elsewhere nobody does but a shell."""
_ITEM = expression(r"'([^'\\\x00-\x1f]*)'|\"([^\"\\\x00-\x1f]*)\"|[“”]([^“”\"\\\x00-\x1f]*)[“”]|[‘’]([^‘’\\\x00-\x1f]*)[‘’]")  # fmt: skip
_OPEN, _BETWEEN, _CLOSE = expression(r"\[\s*"), expression(r"\s*,\s*"), expression(r"\s*\]\s*")
_RUNS_SCRIPT = ("sh", "bash", "ash", "dash", "ksh", "zsh", "cmd", "powershell", "pwsh")
_COMMAND = expression(r"(?i)CMD\s+")
_TO_FILL_IN = expression(r"[$`]")


class Item(msgspec.Struct, frozen=True):
    """One word of such a list and where it stands in the logical line, its quotes included."""

    text: str
    start: int
    end: int


class QuotedList(msgspec.Struct, frozen=True, kw_only=True):
    """What stands where a JSON form was meant. `surplus` is where a comma before the end stands; None for none."""

    items: tuple[Item, ...]
    surplus: int | None = None

    @property
    def words(self) -> list[str]:
        return [item.text for item in self.items]


def quoted_list(step: Step) -> QuotedList | None:
    """The list that an instruction holds instead of a JSON form; None where it holds one, or anything else beside it."""
    instruction = step.instruction
    if step.keyword not in _HOLDERS or instruction.is_json or instruction.heredocs:
        return None
    if step.keyword not in _FILLED_IN and not step.is_posix:
        return None  # PowerShell has lists of its own
    at = instruction.arguments_at
    if step.keyword == "HEALTHCHECK":
        command = _COMMAND.match(instruction.text, at)
        if command is None:
            return None
        at = command.end()
    found = _read(instruction.text, at)
    is_test = (
        step.keyword == "RUN" and found is not None and len(found.items) < 2
    )  # `[ 'a' ]` is one of test(1)'s
    return None if is_test else found


def _read(text: str, at: int) -> QuotedList | None:
    items: list[Item] = []
    surplus: int | None = None
    opened = _OPEN.match(text, at)
    if opened is None:
        return None
    at = opened.end()
    while (item := _ITEM.match(text, at)) is not None:
        items.append(Item(next(each for each in item.groups() if each is not None), *item.span()))
        between = _BETWEEN.match(text, item.end())
        at = item.end() if between is None else between.end()
        surplus = None if between is None else text.index(",", between.start())
        if between is None:
            break
    closed = _CLOSE.match(text, at)
    if not items or closed is None or closed.end() != len(text.rstrip()):
        return None
    return QuotedList(items=tuple(items), surplus=surplus)


def is_certain(step: Step, found: QuotedList) -> bool:
    """Whether the JSON form means the same to everybody: nothing in its words waits for a shell that the form has not got,
    unless the list starts that shell itself."""
    words = found.words
    starts_shell = len(words) > 2 and shell_name((words[0],)) in _RUNS_SCRIPT
    is_filled_in = step.keyword in _FILLED_IN or starts_shell
    return is_filled_in or not any(_TO_FILL_IN.search(word) for word in words)
