"""Edits of a Dockerfile's source: what is not named stays byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from seamline.formats.dockerfile.values import Instruction
from seamline.formats.shell import Command, Word
from seamline.lint.rule import Found
from seamline.lint.view import Step, View


class Edit(msgspec.Struct, frozen=True, order=True):
    """The source from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What mending may draw on: `pin` gives the digest of an image by its name, or nothing; `user` is the number that a
    container without one gets; `left` are rules that the settings leave out."""

    pin: Callable[[str], str]
    user: int = 10001
    left: frozenset[str] = frozenset()


Mender = Callable[[Found], Sequence[Edit]]
"""The edits that mend one finding; none where it takes a person."""
Fixer = Callable[[View, Means], Mender]
"""Looks at a whole file once, then mends its findings one by one: the work grows as the file does."""


def one_by_one(mend: Callable[[View, Found, Means], Sequence[Edit]]) -> Fixer:
    """The fixer whose edits follow from the finding and what stands right beside it."""

    def fixer(view: View, means: Means) -> Mender:
        return lambda found: mend(view, found, means)

    return fixer


def applied(source: str, edits: Iterable[Edit]) -> str:
    """The source with its edits; of two that overlap the first in the file holds."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(set(edits)):
        if edit.start < at:
            continue
        pieces += (source[at : edit.start], edit.text)
        at = edit.end
    return "".join((*pieces, source[at:]))


def step_of(view: View, found: Found) -> Step | None:
    """The step that a finding is about."""
    if found.stage is None or found.step is None:
        return None
    return view.stages[found.stage].steps[found.step]


def command_of(step: Step, found: Found) -> Command | None:
    """The command that a finding is about."""
    return next((each for each in step.commands if each.start == found.start), None)


def insert(step: Step, place: int, text: str) -> Edit:
    """Text put before the character at a place of a step."""
    at = step.source_at(place)
    return Edit(at, at, text)


def after_word(step: Step, word: Word, text: str) -> Edit:
    """Text put behind a word."""
    at = step.source_at(word.end - 1) + 1
    return Edit(at, at, text)


def replace_word(step: Step, word: Word, text: str) -> Edit:
    """Other text in the place of a word."""
    return Edit(step.source_at(word.start), step.source_at(word.end - 1) + 1, text)


def end_of(instruction: Instruction) -> int:
    """Where the logical line of an instruction ends in the source."""
    kept = len(instruction.text.rstrip())
    return instruction.source_at(kept - 1) + 1


def line_end(view: View) -> str:
    """How the lines of the file end: as its first one does."""
    _, *later = view.dockerfile.line_starts[:2]
    return "\r\n" if later and view.dockerfile.text.startswith("\r\n", later[0] - 2) else "\n"


def spelt(view: View, keyword: str) -> str:
    """A keyword as most of the file spells its own: upper or lower case."""
    return keyword.lower() if view.is_lower_case else keyword


def line_after(view: View, line: int) -> int:
    """Where the line behind a line starts, or the end of the file."""
    starts = view.dockerfile.line_starts
    return starts[line] if line < len(starts) else len(view.dockerfile.text)


def after_line(view: View, line: int, text: str) -> Sequence[Edit]:
    """A line of its own behind a line; none behind one that goes on where the file ends."""
    at = line_after(view, line)
    if _goes_on(view, line):
        return ()
    end = line_end(view)
    closed = not at or view.dockerfile.text[at - 1] == "\n"
    return (Edit(at, at, f"{text}{end}" if closed else f"{end}{text}"),)


def _goes_on(view: View, line: int) -> bool:
    """Whether the last line that is not blank, up to this one, ends with the sign that joins the next to it."""
    while line > 0:
        (text,) = view.dockerfile.lines(line, line)
        if text.strip():
            return text.rstrip().endswith(view.dockerfile.escape)
        line -= 1
    return False


def indentation(view: View, line: int) -> str:
    """The blanks that a line starts with."""
    (text,) = view.dockerfile.lines(line, line) or ("",)
    return text[: len(text) - len(text.lstrip())]
