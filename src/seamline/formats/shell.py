"""Shell scripts taken apart into simple commands, as a POSIX shell would read them. Nothing is run.

Words keep their places, so that what is found can be shown and rewritten. What cannot be read (a quote that stays open)
ends the script there; nothing is raised. Source: POSIX.1-2017, Shell Command Language, 2.3 and 2.10; bash(1).
"""

from __future__ import annotations

from collections.abc import Sequence

from seamline.expression import expression
from seamline.formats.shell_words import Command, Lexer, Redirection, Word

__all__ = ("Command", "Redirection", "Word", "commands", "functions", "open_quotation", "taken_apart")
_REDIRECTIONS = expression(r"(?:&|[0-9]*)[<>].*")
_ASSIGNMENT = expression(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_OPENS = {"if": "if", "while": "if", "until": "if", "{": "{"}
_DECIDES = frozenset(("then", "do", "else"))
_CLOSES = frozenset(("fi", "done", "}"))
_SKIPPED = frozenset(("!", "elif", "time", *_OPENS, *_DECIDES, *_CLOSES))
_DEPTH = 20


def commands(script: str, at: int = 0) -> tuple[Command, ...]:
    """Every simple command of `script`, those of substitutions after the one that holds them; `at` is added to places."""
    return tuple(_Parser(script, at, 0).commands())


def functions(script: str) -> frozenset[str]:
    """The names of the functions that `script` defines."""
    return taken_apart(script)[1]


def taken_apart(script: str) -> tuple[tuple[Command, ...], frozenset[str]]:
    """Every simple command of `script`, and the names of the functions that it defines, read once."""
    parser = _Parser(script, 0, 0)
    found = tuple(parser.commands())
    return found, frozenset(parser.functions)


def open_quotation(script: str) -> int | None:
    """Where the word begins in which a quotation stays open; None where all are closed."""
    lexer = Lexer(script, 0, lambda _text, _at: ())
    for _ in lexer.tokens():
        pass
    return lexer.open_at


class _Parser:
    """Words and operators -> simple commands. Groups, conditions and loops leave their commands in their order."""

    def __init__(self, text: str, at: int, depth: int, around: tuple[str, ...] = ()) -> None:
        self._tokens = Lexer(text, at, self._substituted).tokens() if depth < _DEPTH else iter(())
        self._level = depth
        self._depth = depth
        self._around = around
        self._skips = (
            0  # brackets of an array or of arithmetic that are open: what stands in them is no command
        )
        self._opened_at = -1
        self._done: list[Command] = []
        self._words: list[Word] = []
        self._assignments: list[Word] = []
        self._redirections: list[Redirection] = []
        self._joined = ""
        self._pipeline, self._place = -1, 0
        self._cases: list[str] = []  # per open case: word, patterns, commands
        self._awaiting = ""  # a redirection that waits for its target
        self._for = False
        self.functions: set[str] = set()
        self._blocks: list[str] = []
        self._head = ""  # of a function: "name" before its name, "named" behind, "open" in its brackets, "read" behind them

    def _substituted(self, text: str, at: int) -> list[Command]:
        around = (*self._around, *self._blocks, *(("then",) if self._joined == "||" else ()))
        below = _Parser(text, at, self._level + 1, around)
        found = below.commands()
        self.functions |= below.functions
        return found

    def commands(self) -> list[Command]:
        for token in self._tokens:
            if token.is_operator:
                self._operator(token.word)
            else:
                self._word(token.word)
        self._finish("")
        return _with_inner(self._done)

    def _word(self, word: Word) -> None:
        if self._skips:
            self._done += word.inner
        elif self._awaiting:
            self._redirections.append(Redirection(self._awaiting, word))
            self._awaiting = ""
        elif self._cases and self._cases[-1] == "word":
            self._cases[-1] = "patterns" if word.raw == "in" else "word"
            self._done += word.inner
        elif self._cases and self._cases[-1] == "patterns":
            if word.raw == "esac":
                self._cases.pop()
                self._close()
        elif self._for:
            self._words.append(word)
        elif self._head == "name":
            self.functions.add(word.text)
            self._head = "named"
        elif not self._words and not self._assignments and self._reserved(word):
            return
        elif not self._words and _ASSIGNMENT.match(word.raw):
            self._assignments.append(word)
        else:
            self._words.append(word)

    def _reserved(self, word: Word) -> bool:
        """Whether the word, where a command may start, is one of the shell's own."""
        if word.raw in ("for", "select"):
            self._for = True
        elif word.raw == "case":
            self._cases.append("word")
            self._blocks.append("then")
        elif word.raw == "esac" and self._cases:
            self._cases.pop()
            self._close()
        elif word.raw == "function":
            self._head = "name"
        elif word.raw not in _SKIPPED:
            return False
        else:
            self._block(word.raw)
        return True

    def _block(self, name: str) -> None:
        """Goes into or out of what stands between the shell's own words."""
        if name in _OPENS:
            self._blocks.append("f" if name == "{" and self._head else _OPENS[name])
            self._head = ""
        elif name in _DECIDES:
            if self._blocks[-1:] in (["if"], ["elif"]) or (self._blocks[-1:] == ["then"] and name == "else"):
                self._blocks.pop()
            self._blocks.append("then")
        elif name == "elif":
            self._close()
            self._blocks.append("elif")
        elif name in _CLOSES:
            self._close()

    def _close(self) -> None:
        if self._blocks:
            self._blocks.pop()

    def _operator(self, word: Word) -> None:
        text = word.text
        if self._is_no_command(word):
            return
        if _REDIRECTIONS.fullmatch(text):
            self._awaiting = text
            return
        if self._cases and self._cases[-1] == "patterns":
            if text == ")":
                self._cases[-1] = "commands"
            return
        if self._head == "open" and text == ")":
            self._head = "read"
            return
        if text in (";;", ";&", ";;&"):
            self._finish(";")
            if self._cases:
                self._cases[-1] = "patterns"
        elif text == "(":
            if self._words or self._head == "named":
                self._head_of_function()
                return
            self._blocks.append("f" if self._head else "(")
            self._head = ""
            self._depth += 1
            self._opened_at = word.end
        elif text == ")":
            self._finish("")
            self._close()
            self._depth = max(self._depth - 1, 0)
        else:
            self._finish({"|&": "|", "\n": ";"}.get(text, text))

    def _is_no_command(self, word: Word) -> bool:
        """Whether an operator stands in `NAME=(...)`, `((...))` or `[[ ... ]]` of bash, or opens one of the first two."""
        if self._skips:
            self._skips += {"(": 1, ")": -1}.get(word.text, 0)
            return True
        words = self._words
        if words and words[0].raw == "[[" and words[-1].raw != "]]":
            return True
        if word.text != "(":
            return False
        last = max((*words[-1:], *self._assignments[-1:]), key=lambda each: each.end, default=None)
        if last is not None and last.end == word.start and last.raw.endswith("="):
            self._skips = 1
        elif not words and self._opened_at == word.start and self._blocks[-1:] == ["("]:
            self._close()
            self._depth -= 1
            self._skips = 2
        return bool(self._skips)

    def _head_of_function(self) -> None:
        """`name (`, or the brackets behind `function name`."""
        self.functions.update(word.text for word in self._words[-1:])
        self._words, self._head = [], "open"

    def _finish(self, joined: str) -> None:
        """Ends the command that was read so far; `joined` stands before the next one."""
        if self._for:  # `for NAME in WORDS` runs nothing itself, unless its words do
            self._done += [command for word in self._words for command in word.inner]
            self._words, self._for = [], False
        if self._words or self._assignments or self._redirections:
            parts = [*self._assignments, *self._words, *(each.target for each in self._redirections)]
            start = min(part.start for part in parts)
            if self._pipeline < 0:
                self._pipeline = start
            self._done.append(
                Command(
                    words=tuple(self._words),
                    start=start,
                    end=max(part.end for part in parts),
                    assignments=tuple(self._assignments),
                    redirections=tuple(self._redirections),
                    joined=self._joined,
                    pipeline=self._pipeline,
                    place=self._place,
                    is_last=joined != "|",
                    depth=self._depth,
                    blocks=(*self._around, *self._blocks),
                )
            )
            self._joined = joined
        elif joined:
            self._joined = joined
        self._words, self._assignments, self._redirections, self._awaiting = [], [], [], ""
        if joined == "|":
            self._place += 1
        elif joined:
            self._pipeline, self._place = -1, 0


def _with_inner(done: Sequence[Command]) -> list[Command]:
    """The commands, each followed by those of the substitutions in it."""
    found: list[Command] = []
    for command in done:
        found.append(command)
        for word in (*command.assignments, *command.words, *(each.target for each in command.redirections)):
            found += word.inner
    return found
