"""What a Dockerfile is made of. Frozen values that keep where they stood in the source."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import msgspec

Pair = tuple[str, str, str]
"""Name, value and what stood between them: `=`, or nothing in the old form `ENV name value`."""


class Directive(msgspec.Struct, frozen=True):
    """A parser directive: `# syntax=`, `# escape=`, `# check=`. `name` is lower case."""

    name: str
    value: str
    line: int


class Heredoc(msgspec.Struct, frozen=True, kw_only=True):
    """One `<<NAME` of an instruction. `expands` unless its name is quoted; `chomps` leading tabs with `<<-`.

    `content` is as it stands between its first and last line; `at` is the place of its first character in the source.
    """

    name: str
    content: str
    expands: bool
    chomps: bool
    descriptor: int
    at: int
    start_line: int


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction. `keyword` is upper case, `spelt` as it was written; `text` is its logical line.

    `arguments` are the words of a list, the strings of a JSON form, or the one text of a shell form; of ENV and LABEL
    they come in threes (`pairs` gives them so). `arguments_at` is where they start in `text`. `pieces` lead from places
    in `text` to places in the source. `inner` is what an ONBUILD starts.
    """

    keyword: str
    spelt: str
    flags: tuple[str, ...]
    arguments: tuple[str, ...]
    is_json: bool
    text: str
    arguments_at: int
    start_line: int
    end_line: int
    pieces: tuple[tuple[int, int], ...]
    heredocs: tuple[Heredoc, ...] = ()
    comments: tuple[str, ...] = ()
    inner: Instruction | None = None

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The names and values of an ENV or LABEL; of an ARG those with a value or none (empty separator)."""
        if self.keyword == "ARG":
            return tuple(_optional_pair(word) for word in self.arguments)
        flat = self.arguments
        return tuple((flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat) - 2, 3))

    def flag(self, name: str) -> str | None:
        """The value of the first `--name`; empty where it has none, None where it is not there."""
        return next(iter(self.flag_values(name)), None)

    def flag_values(self, name: str) -> tuple[str, ...]:
        """The values of every `--name`, in order."""
        split = (flag.partition("=") for flag in self.flags)
        return tuple(value for key, _, value in split if key == f"--{name}")

    def source_at(self, place: int) -> int:
        """Where the character at `place` of `text` stands in the source."""
        return place_in_source(self.pieces, place)


def place_in_source(pieces: Sequence[tuple[int, int]], place: int) -> int:
    """Where the character at `place` of a text stands in its source, whose `pieces` are pairs of such places."""
    at = max(bisect.bisect_right(pieces, (place, 1 << 62)) - 1, 0)
    start, source = pieces[at]
    return source + place - start


def _optional_pair(word: str) -> Pair:
    name, equals, value = word.partition("=")
    return name, value, equals


class Dockerfile(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file. `text` is its source (bytes that are no UTF-8 as surrogates); `line_starts` are the places in it where
    its lines start; `comments` are (line, text) of every comment that is no directive; `empty_continuations` are the
    lines of instructions that go on over an empty line."""

    name: str
    text: str
    escape: str
    directives: tuple[Directive, ...]
    instructions: tuple[Instruction, ...]
    comments: tuple[tuple[int, str], ...]
    line_starts: tuple[int, ...]
    empty_continuations: tuple[int, ...] = ()

    def line_of(self, place: int) -> int:
        """The line, counted from 1, of a place in the source."""
        return bisect.bisect_right(self.line_starts, place)

    def start_of(self, line: int) -> int:
        """The line on which the instruction starts that `line` belongs to, or stands behind."""
        at = bisect.bisect_right(self.instructions, line, key=lambda each: each.start_line)
        return self.instructions[at - 1].start_line if at else line

    def lines(self, first: int, last: int) -> list[str]:
        """The lines from `first` to `last`, without their ends and the mark of UTF-8 that a file may start with."""
        starts = (*self.line_starts[first - 1 : last + 1], len(self.text))
        number = min(last, len(self.line_starts)) - first + 1
        found = [self.text[starts[at] : starts[at + 1]].rstrip("\r\n") for at in range(number)]
        return [found[0].removeprefix("\ufeff"), *found[1:]] if first == 1 and found else found
