"""Variables in compose files and in files of variables. Sources: Compose specification, interpolation, env_file; `.env` files as
Docker's documentation has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from seamline.errors import Malformed, Where
from seamline.expression import expression

_NAME = expression(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":?", ":-", ":+", "?", "-", "+")
_MOST_CHARACTERS = 1 << 20
_MOST_DEPTH = 32
_ESCAPES = expression(r"\\(?:0([0-7]{0,3})|([abcfnrtv$\"\\]))")
_ESCAPED = {"a": "\a", "b": "\b", "c": "\\c", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "$": "$$", '"': '"', "\\": "\\"}  # fmt: skip
_KEY = expression(r"(?:export[ \t]+)?([\w.\-\[\]]*)[ \t]*(=|:|\n|\r\n|$)")
_BLANK = " \t\v\f\r\n\x85\xa0"


class Known:
    """The variables that are set, the first of several sources before the next; `unset` are those that were asked for in
    vain, for which nothing is put."""

    def __init__(self, *sources: Mapping[str, str]) -> None:
        self._sources = sources
        self.unset: dict[str, None] = {}

    def get(self, name: str) -> str | None:
        """The value; None where the variable is not set."""
        return next((source[name] for source in self._sources if name in source), None)

    def plain(self, name: str) -> str:
        """The value, empty and noted where the variable is not set."""
        value = self.get(name)
        if value is None:
            self.unset[name] = None
        return value or ""


def filled(text: str, known: Known, where: Where | str, depth: int = 0) -> str:
    """The text with its variables filled: `$A`, `${A}`, `${A:-b}`, `${A-b}`, `${A:+b}`, `${A+b}`, `${A:?why}`, `${A?why}`, `$$`.

    Raises:
        Malformed: braces that hold no variable, one that must be set and is not, more text than anybody writes.
    """
    if "$" not in text:
        return text
    out: list[str] = []
    at = size = 0
    while (sign := text.find("$", at)) >= 0:
        out.append(text[at:sign])
        following = text[sign + 1 : sign + 2]
        if following == "$":
            out.append("$")
            at = sign + 2
        elif following == "{":
            end = _closing(text, sign + 1)
            out.append(
                _braced(text[sign + 2 : end], known, where, depth) if end > 0 else _invalid(text, where)
            )
            at = end + 1
        else:
            name = _NAME.match(text, sign + 1)
            out.append(known.plain(name[0]) if name else "$")
            at = name.end() if name else sign + 1
        size += sum(map(len, out[-2:]))
        if size > _MOST_CHARACTERS:
            raise _wrong(where, "a value of at most a million characters", "more")
    return "".join((*out, text[at:]))


def _closing(text: str, at: int) -> int:
    """Where the brace at `at` is closed; 0 where it is not."""
    depth = 0
    while at < len(text):
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        elif text[at] == "{":
            depth += 1
            at += 1
        at += 1
    return 0


def _braced(inside: str, known: Known, where: Where | str, depth: int) -> str:
    name = _NAME.match(inside)
    rest = inside[name.end() :] if name else ""
    if name is None or depth > _MOST_DEPTH:
        return _invalid("${" + inside + "}", where)
    if not rest:
        return known.plain(name[0])
    value = known.get(name[0])
    operator = next((each for each in _OPERATORS if rest.startswith(each)), "")
    if not operator:
        return _invalid("${" + inside + "}", where)
    is_there = bool(value) if operator[0] == ":" else value is not None
    other = rest[len(operator) :]
    if operator[-1] == "+":
        return filled(other, known, where, depth + 1) if is_there else ""
    if is_there:
        return value or ""
    text = filled(other, known, where, depth + 1)
    if operator[-1] == "-":
        return text
    raise _wrong(where, f"a value for {name[0]}", text or "none", "set the variable, or write it into .env")


def _invalid(text: str, where: Where | str) -> str:
    raise _wrong(where, "${NAME}", text[:80], "write $$ where a $ is meant")


def _wrong(where: Where | str, expected: str, got: str, hint: str = "mend the file") -> Malformed:
    return Malformed(where, expected=expected, got=got, hint=hint)


def parse_variables(
    text: str, outer: Mapping[str, str], source: str, before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a file of variables sets: `NAME=value`, `export NAME=value`, quotes, comments, variables of its own and those of
    `outer`, which go before; all of it added to what files `before` it set.

    Raises:
        Malformed: a line that sets nothing, a quotation that stays open.
    """
    found = dict(before or {})
    known = Known(outer, found)
    budget = _MOST_CHARACTERS * 16
    for key, value, quote, line in _statements(text.removeprefix("\ufeff"), source):
        where = Where(source=source, line=line)
        if quote is None:
            if key in outer:
                found[key] = outer[key]
            continue
        found[key] = value if quote == "'" else filled(_unescaped(value) if quote else value, known, where)
        budget -= len(found[key])
        if budget < 0:
            raise _wrong(where, "values of at most 16 million characters", "more")
    return {key: value for key, value in found.items() if not key[:1].isdigit()}


def _statements(text: str, source: str) -> Iterator[tuple[str, str, str | None, int]]:
    """Each name with its value, the quote around it (empty for none, None where there is no value) and its line."""
    at, line = 0, 1
    while True:
        begun = at
        at = _begin(text, at)
        if at >= len(text):
            return
        line += text.count("\n", begun, at)
        where = Where(source=source, line=line)
        key = _KEY.match(text, at)
        if key is None or not key[1]:
            raise _wrong(where, "NAME=value", "a line that sets nothing")
        if key[2] not in ("=", ":"):
            yield key[1], "", None, line
            at = key.end(1)
            continue
        start = key.end()
        while start < len(text) and text[start] in _BLANK and text[start] != "\n":
            start += 1
        if text.startswith(("'", '"'), start):
            value, end = _quoted(text, start, where)
            yield key[1], value, text[start], line
        else:
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            yield key[1], text[start:end].partition(" #")[0].rstrip(), "", line
        line += text.count("\n", at, end)
        at = end


def _begin(text: str, at: int) -> int:
    """Where the next statement begins, blanks and comments passed."""
    while at < len(text) and (text[at] in _BLANK or text[at] == "#"):
        if text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            at += 1
    return at


def _quoted(text: str, start: int, where: Where) -> tuple[str, int]:
    """What stands in the quotes that open at `start`, and where they end; only the quote itself is escaped here."""
    quote, at = text[start], start + 1
    out: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            out.append(quote if text[at + 1] == quote else text[at : at + 2])
            at += 2
        elif char == quote:
            return "".join(out), at + 1
        else:
            out.append(char)
            at += 1
    raise _wrong(where, "a closing quote", "the end of the file")


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found[2]:
            return _ESCAPED[found[2]]
        return chr(int(found[1], 8)) if len(found[1]) == 3 and int(found[1], 8) < 256 else found[0]

    return _ESCAPES.sub(one, text)
