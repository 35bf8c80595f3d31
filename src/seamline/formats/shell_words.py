"""Characters of a shell script -> words and operators; what a simple command is. Nothing is run.

Source: POSIX.1-2017, Shell Command Language, 2.2, 2.3 and 2.10; bash(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import msgspec

from seamline.expression import expression

_OPERATOR = expression(r"&&|\|\||;;&|;;|;&|\|&|&>>|&>|[;|&()\n]|[0-9]*(?:<<-|<<<|<<|<>|<&|>&|>>|>\||<|>)")


class Word(msgspec.Struct, frozen=True):
    """One word. `text` has its quotes taken off; `raw` is as it stands, from `start` to `end`. `is_plain` where the shell
    puts nothing in (no variable, no command); `globs` where an unquoted * ? or [ stands in it."""

    text: str
    raw: str
    start: int
    end: int
    is_plain: bool = True
    globs: bool = False
    inner: tuple[Command, ...] = ()


class Redirection(msgspec.Struct, frozen=True):
    """One redirection: `2>`, `<<`, `>` and what it leads to."""

    operator: str
    target: Word


class Command(msgspec.Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """One simple command, the same as itself alone. `name` is that of its first word without folders.

    `joined` is what stands before it: `&&`, `||`, `;`, `|`, `&`, or nothing. `pipeline` is where its pipeline
    starts, `place` counts the commands of that from 0; `is_last` tells its end. `depth` counts the groups and
    substitutions around, `blocks` are the shell's words around it, outermost first: `if` (a condition of if, while,
    until), `elif` (one that another condition leads to), `then` (what such a condition, a case or a loop decides on), `{`, `(`, and `f` for the body of a function.
    """

    words: tuple[Word, ...]
    start: int
    end: int
    assignments: tuple[Word, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    joined: str = ""
    pipeline: int = 0
    place: int = 0
    is_last: bool = True
    depth: int = 0
    blocks: tuple[str, ...] = ()

    @cached_property
    def name(self) -> str:
        return self.words[0].text.rpartition("/")[2] if self.words else ""

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """What follows the name, quotes taken off."""
        return tuple(word.text for word in self.words[1:])

    @property
    def is_plain(self) -> bool:
        """Whether every word stands in the script as it is."""
        return all(word.is_plain for word in self.words)


Read = Callable[[str, int], Sequence[Command]]
"""The commands of a substitution: its text, and where that begins."""


class Token(msgspec.Struct, frozen=True):
    """A word, or an operator (then `word` has its text alone)."""

    word: Word
    is_operator: bool


class Lexer:
    """Characters -> words and operators."""

    def __init__(self, text: str, at: int, read: Read) -> None:
        self._text, self._at, self._offset, self._read = text, 0, at, read
        self.open_at: int | None = None  # where a quotation begins that stays open
        self._heredocs: list[tuple[str, bool]] = []

    def tokens(self) -> Iterator[Token]:
        expects_heredoc = ""
        while self._skip_blanks():
            if self._text.startswith(("<(", ">("), self._at):
                yield Token(self._process(), is_operator=False)
                continue
            match = _OPERATOR.match(self._text, self._at)
            if match is not None and (match[0][0] not in "0123456789" or self._starts_word()):
                self._at = match.end()
                expects_heredoc = match[0].lstrip("0123456789") if match[0].endswith(("<<", "<<-")) else ""
                yield self._operator(match)
                if match[0] == "\n":
                    self._pass_heredocs()
                continue
            start = self._at
            word = self._word()
            if word is None:
                self.open_at = start
                return
            if expects_heredoc:
                self._heredocs.append((word.text, expects_heredoc == "<<-"))
                expects_heredoc = ""
            yield Token(word, is_operator=False)

    def _process(self) -> Word:
        """`<(...)` of bash: a word that stands for what the commands in it write."""
        start, text = self._at, self._text
        self._at = self._closing(start + 1, "(", ")")
        inner = self._read(text[start + 2 : self._at - 1], self._offset + start + 2)
        raw, place = text[start : self._at], start + self._offset
        return Word(raw, raw, place, place + len(raw), is_plain=False, inner=tuple(inner))

    def _starts_word(self) -> bool:
        return self._at == 0 or self._text[self._at - 1] in " \t\n;|&()"

    def _operator(self, match: re.Match[str]) -> Token:
        start, end = match.span()
        return Token(Word(match[0], match[0], start + self._offset, end + self._offset), is_operator=True)

    def _skip_blanks(self) -> bool:
        """Passes blanks, joined lines and comments; whether anything is left."""
        text = self._text
        while self._at < len(text):
            if text[self._at] in " \t\r":
                self._at += 1
            elif text.startswith("\\\n", self._at):
                self._at += 2
            elif text[self._at] == "#":
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            else:
                return True
        return False

    def _pass_heredocs(self) -> None:
        for name, chomps in self._heredocs:
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end]
                self._at = end + 1
                if (line.lstrip("\t") if chomps else line) == name:
                    break
        self._heredocs = []

    def _word(self) -> Word | None:
        """The word from here; None where a quote in it stays open."""
        text, start = self._text, self._at
        out: list[str] = []
        inner: list[Command] = []
        plain, globs = True, False
        while self._at < len(text):
            char = text[self._at]
            if char in " \t\r\n;|&()<>":
                break
            if char == "\\":
                piece = text[self._at + 1 : self._at + 2]
                out.append("" if piece == "\n" else piece)
                self._at += 2
            elif char == "'":
                end = text.find("'", self._at + 1)
                if end < 0:
                    return None
                out.append(text[self._at + 1 : end])
                self._at = end + 1
            elif char == '"':
                quoted = self._double(inner)
                if quoted is None:
                    return None
                out.append(quoted[0])
                plain = plain and quoted[1]
            elif char in "$`":
                piece, is_plain = self._substitution(inner)
                out.append(piece)
                plain = plain and is_plain
            else:
                globs = globs or char in "*?["
                out.append(char)
                self._at += 1
        self._at = min(self._at, len(text))
        return Word(
            "".join(out),
            text[start : self._at],
            start + self._offset,
            self._at + self._offset,
            plain,
            globs,
            tuple(inner),
        )

    def _double(self, inner: list[Command]) -> tuple[str, bool] | None:
        """What stands in double quotes from here, and whether it is plain; None where they stay open."""
        text, plain = self._text, True
        out: list[str] = []
        self._at += 1
        while self._at < len(text):
            char = text[self._at]
            if char == '"':
                self._at += 1
                return "".join(out), plain
            if char == "\\":
                following = text[self._at + 1 : self._at + 2]
                if following != "\n":
                    out.append(following if following in '"$`\\' else f"\\{following}")
                self._at += 2
            elif char in "$`":
                piece, is_plain = self._substitution(inner)
                out.append(piece)
                plain = plain and is_plain
            else:
                out.append(char)
                self._at += 1
        return None

    def _substitution(self, inner: list[Command]) -> tuple[str, bool]:
        """A `$` or backquote from here: its text as it stands, and whether the shell leaves it so."""
        text, start = self._text, self._at
        if text.startswith("$((", start):
            end = self._closing(start + 1, "(", ")")
        elif text.startswith("$(", start):
            end = self._closing(start + 1, "(", ")")
            inner += self._read(text[start + 2 : end - 1], self._offset + start + 2)
        elif text[start] == "`":
            found = text.find("`", start + 1)
            end = len(text) if found < 0 else found + 1
            inner += self._read(text[start + 1 : end - 1], self._offset + start + 1)
        elif text.startswith("${", start):
            end = self._closing(start + 1, "{", "}")
        elif text.startswith("$'", start):
            return self._escaped()
        else:
            match = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])?").match(text, start)
            end = match.end() if match else start + 1
            self._at = end
            return text[start:end], end == start + 1
        self._at = end
        return text[start:end], False

    def _escaped(self) -> tuple[str, bool]:
        """`$'...'` of bash."""
        end = self._at + 2
        while end < len(self._text) and self._text[end] != "'":
            end += 2 if self._text[end] == "\\" else 1
        inside = self._text[self._at + 2 : end]
        self._at = min(end + 1, len(self._text))
        return inside, True

    def _closing(self, at: int, opening: str, closing: str) -> int:
        """Behind the bracket that closes the one at `at`; the end of the text where none does."""
        depth, text = 0, self._text
        while at < len(text):
            char = text[at]
            if char == "\\":
                at += 1
            elif char == "'" or (char == '"' and opening == "("):
                at = _behind_quotes(text, at)
                continue
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if depth == 0:
                    return at + 1
            at += 1
        return len(text)


def _behind_quotes(text: str, at: int) -> int:
    """Behind the quotes that open at `at`, single or double."""
    quote = text[at]
    at += 1
    while at < len(text) and text[at] != quote:
        at += 2 if text[at] == "\\" and quote == '"' else 1
    return at + 1
