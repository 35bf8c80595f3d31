"""Dockerfiles: bytes -> instructions with the lines that they stood on.

Source: Dockerfile reference; BuildKit, frontend/dockerfile/parser, whose readings these are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

import msgspec

from seamline.errors import Malformed, Where
from seamline.expression import expression
from seamline.formats.dockerfile.expand import SPACE, raw_words
from seamline.formats.dockerfile.values import Directive, Dockerfile, Heredoc, Instruction
from seamline.formats.dockerfile.words import FORMS, HEREDOC_KEYWORDS, BadWords, split_line

MOST_BYTES = 4 << 20
_MOST_INSTRUCTIONS = 5_000
_MOST_LINE_BYTES = 65_535  # BuildKit's scanner takes no longer one
_LINE = expression(r"[^\n]*\n|[^\n]+")
_DIRECTIVE = expression(r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+?)[\t\n\f\r ]*", re.ASCII)
_DIRECTIVES = ("syntax", "escape", "check")
_CONTINUATIONS = {
    "\\": expression(r"(?s)(?:(?<=[^\\])|^)\\[ \t]*\Z"),
    "`": expression(r"(?s)(?:(?<=[^`])|^)`[ \t]*\Z"),
}
_HEREDOC = expression(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)", re.ASCII)
KEYWORDS = (*sorted(FORMS), "ONBUILD")


def parse_dockerfile(data: bytes, name: str = "Dockerfile") -> Dockerfile:
    """The instructions of a Dockerfile, each with its place.

    Raises:
        Malformed: it is none: an unknown instruction, an open heredoc, no instruction at all.
    """
    if len(data) > MOST_BYTES:
        raise Malformed(
            name,
            expected=f"at most {MOST_BYTES} bytes",
            got=str(len(data)),
            hint="no real Dockerfile is so large",
        )
    return _Reader(data.decode("utf-8", "surrogateescape"), name).read()


class _Reader:
    """One pass over the lines."""

    def __init__(self, text: str, name: str) -> None:
        self._name, self._text = name, text
        self._lines: Sequence[str] = _LINE.findall(text)
        self._starts = tuple(accumulate(map(len, self._lines), initial=0))[:-1]
        self._at = 0  # the next line, counted from 0
        self._escape = "\\"
        self._directives: list[Directive] = []
        self._directives_may_follow = True
        self._comments: list[tuple[int, str]] = []
        self._empty: list[int] = []

    def read(self) -> Dockerfile:
        instructions = tuple(islice(self._instructions(), _MOST_INSTRUCTIONS + 1))
        if len(instructions) > _MOST_INSTRUCTIONS:
            raise self._fault(
                instructions[-1].start_line,
                f"at most {_MOST_INSTRUCTIONS} instructions",
                "more",
                "no real Dockerfile is so large",
            )
        if not instructions:
            raise self._fault(
                max(len(self._lines), 1), "an instruction", "none", "is this really a Dockerfile?"
            )
        return Dockerfile(
            name=self._name,
            text=self._text,
            escape=self._escape,
            directives=tuple(self._directives),
            instructions=instructions,
            comments=tuple(self._comments),
            line_starts=self._starts,
            empty_continuations=tuple(self._empty),
        )

    def _fault(self, line: int, expected: str, got: str, hint: str) -> Malformed:
        return Malformed(Where(source=self._name, line=line), expected=expected, got=got, hint=hint)

    def _next_line(self) -> tuple[str, int]:
        """The next line without its end, and where it starts in the source."""
        line, start = self._lines[self._at], self._starts[self._at]
        self._at += 1
        if (
            len(line) * 4 > _MOST_LINE_BYTES
            and len(line.encode("utf-8", "surrogateescape")) > _MOST_LINE_BYTES
        ):
            raise self._fault(
                self._at,
                f"a line of at most {_MOST_LINE_BYTES} bytes",
                "a longer one",
                "put long content into a file and COPY it",
            )
        return line.rstrip("\r\n"), start

    def _instructions(self) -> Iterator[Instruction]:
        comments: list[str] = []
        while self._at < len(self._lines):
            first = self._at + 1
            line, start = self._next_line()
            if first == 1 and line.startswith("\ufeff"):
                line, start = line[1:], start + 1
            stripped = line.lstrip(SPACE)
            start += len(line) - len(stripped)
            if self._directive(stripped):
                continue
            if stripped.startswith("#"):
                self._comments.append((first, stripped[1:].strip(SPACE)))
                comments = [*comments, self._comments[-1][1]] if self._comments[-1][1] else []
                continue
            pieces, text = [(0, start)], stripped
            text, goes_on = self._cut(text)
            if not goes_on and not text:
                continue
            if goes_on:
                text = self._continued(text, pieces)
            instruction = self._instruction(text, tuple(pieces), first)
            heredocs = tuple(self._heredocs(instruction, first))
            yield msgspec.structs.replace(
                instruction, heredocs=heredocs, end_line=self._at, comments=tuple(comments)
            )
            comments = []

    def _cut(self, line: str) -> tuple[str, bool]:
        """The line without its continuation character, and whether it had one."""
        match = _CONTINUATIONS[self._escape].search(line)
        return (line[: match.start()], True) if match else (line, False)

    def _continued(self, text: str, pieces: list[tuple[int, int]]) -> str:
        parts, length = [text], len(text)
        goes_on, had_empty = True, False
        while goes_on and self._at < len(self._lines):
            line, start = self._next_line()
            self._directives_may_follow = False
            stripped = line.lstrip(SPACE)
            if stripped.startswith("#"):
                self._comments.append((self._at, stripped[1:].strip(SPACE)))
                continue
            if not stripped:
                had_empty = True
                continue
            kept, goes_on = self._cut(line)
            pieces.append((length, start))
            parts.append(kept)
            length += len(kept)
        if had_empty:
            self._empty.append(self._at)
        return "".join(parts)

    def _directive(self, line: str) -> bool:
        """Whether the line is a parser directive; they stand above all else.

        Raises:
            Malformed: one is there twice, or the escape character is none.
        """
        if not self._directives_may_follow:
            return False
        match = _DIRECTIVE.fullmatch(line[1:].lstrip(SPACE)) if line.startswith("#") else None
        name = match[1].lower() if match else ""
        if match is None or name not in _DIRECTIVES:
            self._directives_may_follow = False
            return False
        if any(each.name == name for each in self._directives):
            raise self._fault(self._at, f"one {name} directive", "another one", "leave one of them out")
        self._directives.append(Directive(name, match[2], self._at))
        if name == "escape":
            if match[2] not in _CONTINUATIONS:
                raise self._fault(self._at, "escape=\\ or escape=`", repr(match[2]), "use \\ or `")
            self._escape = match[2]
        return True

    def _instruction(self, text: str, pieces: tuple[tuple[int, int], ...], line: int) -> Instruction:
        split = split_line(text, self._escape)
        keyword = split.spelt.upper()
        if keyword == "ONBUILD" and split.rest:
            inner = self._instruction(split.rest, _from(pieces, split.rest_at), line)
            arguments, is_json = [inner.spelt, *inner.arguments], False
        else:
            inner = None
            arguments, is_json = self._arguments(keyword, split.rest, line)
        return Instruction(
            keyword=keyword,
            spelt=split.spelt,
            flags=split.flags,
            arguments=tuple(arguments),
            is_json=is_json,
            text=text,
            arguments_at=split.rest_at,
            start_line=line,
            end_line=line,
            pieces=pieces,
            inner=inner,
        )

    def _arguments(self, keyword: str, rest: str, line: int) -> tuple[list[str], bool]:
        form = FORMS.get(keyword)
        if keyword == "ONBUILD":
            return [], False
        if form is None:
            near = difflib.get_close_matches(keyword, KEYWORDS, n=1)
            hint = f"did you mean {near[0]}?" if near else "see the Dockerfile reference"
            raise self._fault(line, "an instruction such as RUN", repr(keyword[:40]), hint)
        try:
            return form(rest, keyword, self._escape)
        except BadWords as fault:
            raise self._fault(line, fault.expected, fault.got, fault.hint) from fault

    def _heredocs(self, instruction: Instruction, first: int) -> Iterator[Heredoc]:
        """The heredocs of an instruction, their content taken from the lines below it."""
        holder = instruction.inner or instruction
        if holder.keyword not in HEREDOC_KEYWORDS or holder.is_json or "<<" not in instruction.text:
            return
        for found in self._announced(instruction.text, first):
            start = self._at
            content: list[str] = []
            while self._at < len(self._lines):
                line, _ = self._next_line()
                if (line.lstrip("\t") if found.chomps else line) == found.name:
                    break
                content.append(self._lines[self._at - 1])
            else:
                raise self._fault(
                    first,
                    f"a line {found.name} that ends the heredoc",
                    "the end of the file",
                    "end the heredoc",
                )
            yield msgspec.structs.replace(
                found,
                content="".join(content),
                at=self._starts[start] if start < len(self._starts) else len(self._text),
                start_line=start + 1,
            )

    def _announced(self, text: str, line: int) -> Iterator[Heredoc]:
        """The heredocs that a logical line announces."""
        try:
            words = raw_words(text, keep_quotes=True, keep_escapes=True)
        except Malformed:  # a quote that the shell closes in its own way: nothing is announced
            return
        for word in words:
            try:
                found = heredoc_of(word)
            except Malformed as fault:
                raise self._fault(
                    line, "the name of a heredoc", repr(word[:80]), "close its quotes"
                ) from fault
            if found is not None:
                yield found


def _from(pieces: Sequence[tuple[int, int]], at: int) -> tuple[tuple[int, int], ...]:
    """The pieces of the text that starts at `at` of another."""
    before = [piece for piece in pieces if piece[0] <= at]
    start, source = before[-1]
    later = (piece for piece in pieces if piece[0] > at)
    return ((0, source + at - start), *((place - at, source) for place, source in later))


def heredoc_of(word: str) -> Heredoc | None:
    """The heredoc that a word announces, without content; None where it announces none.

    Raises:
        Malformed: its name has an open quote.
    """
    match = _HEREDOC.fullmatch(word)
    if match is None or not match[3]:
        return None
    words = raw_words(match[3], keep_quotes=False, keep_escapes=False)
    if len(words) != 1:
        return None
    (quoted,) = raw_words(match[3], keep_quotes=True, keep_escapes=False) or ("",)
    return Heredoc(
        name=words[0],
        content="",
        expands=_quotes(words[0]) == _quotes(quoted),
        chomps=match[2] == "-",
        descriptor=int(match[1][:9] or 0),
        at=0,
        start_line=0,
    )


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')


def chomped(content: str) -> str:
    """The content of a `<<-` heredoc without the tabs that its lines start with."""
    return re.sub(r"(?m)^\t+", "", content)
