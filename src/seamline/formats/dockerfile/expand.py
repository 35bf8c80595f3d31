"""Variables and quotes in words, as BuildKit's builder takes them apart. Nothing is run.

Source: Dockerfile reference, "Environment replacement"; BuildKit, frontend/dockerfile/shell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from seamline.errors import Malformed

SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Go's unicode.IsSpace calls so; Python's str.isspace calls four control characters more so."""
_SPECIAL = frozenset("@*#?-$!0")
_REGULAR = frozenset("[]{}.+()|^$")
_DEPTH = 50


def expand(word: str, variables: Mapping[str, str], escape: str = "\\") -> str:
    """`word` with its quotes taken off and its variables filled; an unknown one is empty.

    Raises:
        Malformed: a quote or brace stays open, a modifier is unknown, or `${x:?}` finds nothing.
    """
    return _Lexer(word, variables, escape).word()


def unset_names(word: str, variables: Mapping[str, str], escape: str = "\\") -> tuple[str, ...]:
    """The names in `word` that nobody set and for which it says nothing else (`${x:-else}`); none where it cannot be read."""
    lexer = _Lexer(word, variables, escape)
    try:
        lexer.word()
    except Malformed:
        return ()
    return tuple(name for name in lexer.unset if name not in lexer.answered)


def raw_words(text: str, *, keep_quotes: bool, keep_escapes: bool) -> list[str]:
    """The words of `text` with every variable left as it is.

    Raises:
        Malformed: a quote or brace stays open.
    """
    lexer = _Lexer(text, {}, "\\", keep_quotes=keep_quotes, keep_escapes=keep_escapes, keep_unset=True)
    return lexer.words()


class _Words:
    """Collects words while characters pass."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._current: list[str] = []
        self._inside = False

    def add(self, text: str) -> None:
        for char in text:
            if char not in SPACE:
                self.add_raw(char)
            elif self._inside and any(self._current):
                self.done.append("".join(self._current))
                self._current, self._inside = [], False

    def add_raw(self, text: str) -> None:
        self._current.append(text)
        self._inside = True

    def finish(self) -> list[str]:
        if any(self._current):
            self.done.append("".join(self._current))
            self._current, self._inside = [], False
        return self.done


class _Lexer:
    """One pass over one word."""

    def __init__(
        self,
        text: str,
        variables: Mapping[str, str],
        escape: str,
        *,
        keep_quotes: bool = False,
        keep_escapes: bool = False,
        keep_unset: bool = False,
    ) -> None:
        self.unset: list[str] = []
        self.answered: set[str] = set()
        self._text, self._at, self._depth = text, 0, 0
        self._variables, self._escape = variables, escape
        self._keep_quotes, self._keep_escapes, self._keep_unset = keep_quotes, keep_escapes, keep_unset
        self._special: Mapping[str, Callable[[], str]] = {
            "$": self._dollar,
            "<": self._angle,
            "'": self._single,
            '"': self._double,
        }

    def word(self) -> str:
        return self._until("", keep_escapes=self._keep_escapes)[0]

    def words(self) -> list[str]:
        return self._until("", keep_escapes=self._keep_escapes)[1]

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._text[self._at : self._at + 1]
        self._at += 1
        return char

    def _fault(self, expected: str, got: str) -> Malformed:
        return Malformed(
            repr(self._text[:200]), expected=expected, got=got, hint="mend the quotes and braces of the word"
        )

    def _until(self, stop: str, *, keep_escapes: bool) -> tuple[str, list[str]]:
        """Up to `stop` (or the end where it is empty): the text, and the words in it."""
        self._depth += 1
        if self._depth > _DEPTH:
            raise self._fault("substitutions within each other", f"more than {_DEPTH}")
        before, self._keep_escapes = self._keep_escapes, keep_escapes
        result: list[str] = []
        words = _Words()
        while char := self._peek():
            if char == stop:
                self._at += 1
                break
            if special := self._special.get(char):
                piece = special()
                result.append(piece)
                (words.add if char == "$" else words.add_raw)(piece)
                continue
            self._at += 1
            if char == self._escape:
                if keep_escapes:
                    words.add_raw(char)
                    result.append(char)
                char = self._next()
                words.add_raw(char)
            else:
                words.add(char)
            result.append(char)
        else:
            if stop:
                raise self._fault(f"a closing {stop}", "the end")
        self._keep_escapes = before
        self._depth -= 1
        return "".join(result), words.finish()

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise self._fault("a closing '", "the end")
        inside = self._text[self._at + 1 : end]
        self._at = end + 1
        return f"'{inside}'" if self._keep_quotes else inside

    def _double(self) -> str:
        quote = '"' if self._keep_quotes else ""
        result = [quote]
        self._at += 1
        while char := self._peek():
            if char == '"':
                self._at += 1
                result.append(quote)
                return "".join(result)
            if char == "$":
                result.append(self._dollar())
                continue
            self._at += 1
            if char == self._escape:
                if self._keep_escapes:
                    result.append(char)
                following = self._peek()
                if not following:
                    continue
                if following in ('"', "$", self._escape):
                    char = self._next()
            result.append(char)
        raise self._fault('a closing "', "the end")

    def _angle(self) -> str:
        """`<<` and the blanks after it belong to the word of a heredoc."""
        self._at += 1
        if self._peek() != "<":
            return "<"
        self._at += 1
        start = self._at
        while self._peek() and self._peek() in "\t\r ":
            self._at += 1
        return "<<" + self._text[start : self._at]

    def _name(self) -> str:
        start = self._at
        char = self._peek()
        if char.isdecimal():
            while self._peek().isdecimal():
                self._at += 1
        elif char and char in _SPECIAL:
            self._at += 1
        else:
            while (char := self._peek()) and (char.isalpha() or char.isdecimal() or char == "_"):
                self._at += 1
        return self._text[start : self._at]

    def _value(self, name: str) -> str | None:
        value = self._variables.get(name)
        if value is None:
            self.unset.append(name)
        return value

    def _dollar(self) -> str:
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            if not name:
                return "$"
            value = self._value(name)
            return (f"${name}" if self._keep_unset else "") if value is None else value
        self._at += 1
        if not self._peek() or self._peek() in "{}:":
            raise self._fault("a name after ${", repr(self._peek() or "the end"))
        name = self._name()
        sign = self._next()
        if sign == "}":
            value = self._value(name)
            return (f"${{{name}}}" if self._keep_unset else "") if value is None else value
        if sign == "/":
            return self._replaced(name)
        return self._modified(name, sign)

    def _modified(self, name: str, sign: str) -> str:
        """`${name-word}` and its like. Source: POSIX, "Parameter Expansion"."""
        empty_counts = sign == ":"
        modifier = self._next() if empty_counts else sign
        if not modifier or modifier not in "+-?#%" or (empty_counts and modifier in "#%"):
            raise self._fault("one of + - ? # % / after the name", repr(sign + modifier))
        word, _ = self._until("}", keep_escapes=modifier in "#%")
        value = self._value(name)
        if value is None and self._keep_unset:
            return f"${{{name}{':' if empty_counts else ''}{modifier}{word}}}"
        missing = value is None or (empty_counts and not value)
        if modifier in "-+":
            self.answered.add(name)
        if modifier == "-":
            return word if missing else value or ""
        if modifier == "+":
            return "" if missing else word
        if modifier == "?":
            if missing:
                raise self._fault(f"{name} to be set", word or "nothing")
            return value or ""
        greedy = word[:1] == modifier
        trimmed = word[1:] if greedy else word
        if modifier == "#":
            return self._without_prefix(trimmed, value or "", greedy=greedy)
        return self._without_prefix(_reversed(trimmed), (value or "")[::-1], greedy=greedy)[::-1]

    def _replaced(self, name: str) -> str:
        """`${name/pattern/replacement}`, `${name//pattern/replacement}`."""
        every = self._peek() == "/"
        if every:
            self._at += 1
        pattern, _ = self._until("/", keep_escapes=True)
        replacement, _ = self._until("}", keep_escapes=True)
        value = self._value(name)
        if value is None and self._keep_unset:
            return f"${{{name}/{pattern}/{replacement}}}"
        found = self._pattern(pattern, greedy=True)
        if not every:
            match = found.search(value or "")
            return (
                (value or "")
                if match is None
                else f"{match.string[: match.start()]}{replacement}{match.string[match.end() :]}"
            )
        return found.sub(_go_template(replacement), value or "")

    def _without_prefix(self, pattern: str, value: str, *, greedy: bool) -> str:
        match = self._pattern(pattern, greedy=greedy).match(value)
        return value[match.end() :] if match else value

    def _pattern(self, pattern: str, *, greedy: bool) -> re.Pattern[str]:
        """The regular expression of a shell pattern with * and ? (no brackets)."""
        star = ".*" if greedy else ".*?"
        out: list[str] = []
        chars = iter(pattern)
        for char in chars:
            if char == "*":
                if out[-1:] != [star]:  # a run of stars matches what one does
                    out.append(star)
            elif char == "?":
                out.append(".")
            elif char == "\\":
                following = next(chars, "")
                if following not in ("*", "?", "\\", "}", "/"):
                    raise self._fault("\\ before * ? \\ } or / in a pattern", repr(char + following))
                out.append(re.escape(following))
            else:
                out.append(re.escape(char))
        return re.compile("".join(out))


def _go_template(text: str) -> Callable[[re.Match[str]], str]:
    """A replacement in which `$1` and `${1}` stand for groups that no shell pattern has, and so for nothing."""
    filled = re.sub(r"\$(?:\$|\{\w*\}|\w+)", lambda found: "$" if found[0] == "$$" else "", text)
    return lambda _: filled


def _reversed(pattern: str) -> str:
    """The pattern from its end, each escape kept before what it escapes."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        length = 2 if pattern[at] == "\\" and at + 1 < len(pattern) else 1
        out.append(pattern[at : at + length])
        at += length
    return "".join(reversed(out))
