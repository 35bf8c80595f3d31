"""One logical line taken apart: keyword, flags, words, JSON, names and values. Source: BuildKit, frontend/dockerfile/parser."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from seamline.expression import expression
from seamline.formats.dockerfile.expand import SPACE

BLANKS = expression(r"[\t\v\f\r ]+")
HEREDOC_KEYWORDS = frozenset(("ADD", "COPY", "RUN"))


class BadWords(Exception):
    """What was expected and what came, still without a place."""

    def __init__(self, expected: str, got: str, hint: str = "see the Dockerfile reference") -> None:
        super().__init__(expected)
        self.expected, self.got, self.hint = expected, got, hint


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """A logical line: its keyword as it was written, its flags, the rest and where that starts."""

    spelt: str
    flags: tuple[str, ...]
    rest: str
    rest_at: int


@lru_cache(20_000)
def split_line(line: str, escape: str) -> Split:
    """The parts of one logical line."""
    start = len(line) - len(line.lstrip(SPACE))
    body = line.strip(SPACE)
    gap = BLANKS.search(body)
    if gap is None:
        return Split(spelt=body, flags=(), rest="", rest_at=len(line))
    arguments_at = start + gap.end()
    flags, taken = _flags(line[arguments_at : start + len(body)], escape)
    rest_at = arguments_at + taken
    rest = line[rest_at : start + len(body)]
    return Split(
        spelt=body[: gap.start()],
        flags=tuple(flags),
        rest=rest.strip(SPACE),
        rest_at=rest_at + len(rest) - len(rest.lstrip(SPACE)),
    )


def _flags(line: str, escape: str) -> tuple[list[str], int]:
    """The words that start with `--` at the start of a line, their quotes taken off, and how much they are of it."""
    flags: list[str] = []
    at = 0
    while True:
        while at < len(line) and line[at] in SPACE:
            at += 1
        if not line.startswith("--", at):
            return flags, at
        word, at, quoted = _flag(line, at, escape)
        if word == "--":
            return flags, at
        if word or quoted:
            flags.append(word)


def _flag(line: str, at: int, escape: str) -> tuple[str, int, bool]:
    """One word from `at`: without quotes and escapes, where it ends, whether anything in it was quoted."""
    word: list[str] = []
    quote, quoted = "", False
    while at < len(line):
        char = line[at]
        if not quote and char in SPACE:
            break
        if char == escape:
            at += 1
            word.append(line[at : at + 1])
            quote = quote if at < len(line) else ""
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, quoted = char, True
        else:
            word.append(char)
        at += 1
    return "".join(word), min(at, len(line)), quoted


def quoted_words(rest: str, escape: str) -> list[str]:
    """The words of a list of names and values, quotes and escapes kept as they are."""
    words: list[str] = []
    word: list[str] = []
    quote, at = "", 0
    while at < len(rest):
        char = rest[at]
        if not quote and char in SPACE:
            if word:
                words.append("".join(word))
            word = []
        elif char == escape and quote != "'":
            if at + 1 < len(rest):
                word.append(rest[at : at + 2])
            at += 1
        else:
            word.append(char)
            quote = _quote_after(char, quote)
        at += 1
    if word:
        words.append("".join(word))
    return words


def _quote_after(char: str, quote: str) -> str:
    if quote:
        return "" if char == quote else quote
    return char if char in "'\"" else ""


def names_and_values(rest: str, keyword: str, escape: str) -> list[str]:
    """Name, value, `=` or nothing, in threes.

    Raises:
        BadWords: a word without `=` among others, or a name without a value.
    """
    words = quoted_words(rest, escape)
    if not words:
        return []
    if "=" not in words[0]:
        parts = BLANKS.split(rest, maxsplit=1)
        if len(parts) < 2:
            raise BadWords(f"{keyword} name=value", repr(rest[:80]))
        return [parts[0], parts[1], ""]
    flat: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise BadWords(f"{keyword} name=value", repr(word[:80]), "put a value with blanks in quotes")
        flat += (name, value, "=")
    return flat


def blank_words(rest: str) -> list[str]:
    """The words between blanks."""
    return BLANKS.split(rest) if rest else []


def json_strings(rest: str) -> list[str] | None:
    """The strings of a JSON form; None where it is none.

    Raises:
        BadWords: a JSON list that holds something else than strings.
    """
    if not rest.startswith("["):
        return None
    try:
        values = msgspec.json.decode(rest.encode("utf-8", "replace"), type=list[object])
    except (msgspec.DecodeError, RecursionError):
        return None
    strings = [value for value in values if isinstance(value, str)]
    if len(strings) < len(values):
        raise BadWords("strings alone in a JSON form", rest[:80])
    return strings


Arguments = tuple[list[str], bool]
"""The arguments of an instruction, and whether they stood in a JSON form."""


def _maybe_json(rest: str, keyword: str, escape: str) -> Arguments:  # noqa: ARG001 - all have the same shape
    strings = json_strings(rest)
    if strings is not None:
        return strings, True
    return ([rest] if rest else []), False


def _maybe_json_list(rest: str, keyword: str, escape: str) -> Arguments:  # noqa: ARG001
    strings = json_strings(rest)
    return (blank_words(rest), False) if strings is None else (strings, True)


def _pairs(rest: str, keyword: str, escape: str) -> Arguments:
    return names_and_values(rest, keyword, escape), False


def _names(rest: str, keyword: str, escape: str) -> Arguments:  # noqa: ARG001
    return quoted_words(rest, escape), False


def _list(rest: str, keyword: str, escape: str) -> Arguments:  # noqa: ARG001
    return blank_words(rest), False


def _text(rest: str, keyword: str, escape: str) -> Arguments:  # noqa: ARG001
    return ([rest] if rest else []), False


def _health(rest: str, keyword: str, escape: str) -> Arguments:
    kind, gap, command = rest, "", ""
    for at, char in enumerate(rest):
        if char in SPACE:
            kind, gap, command = rest[:at], char, rest[at:].lstrip(SPACE)
            break
    if not kind:
        return [], False
    arguments, is_json = _maybe_json(command, keyword, escape) if gap else ([], False)
    return [kind, *arguments], is_json


FORMS: dict[str, Callable[[str, str, str], Arguments]] = {
    "ADD": _maybe_json_list,
    "ARG": _names,
    "CMD": _maybe_json,
    "COPY": _maybe_json_list,
    "ENTRYPOINT": _maybe_json,
    "ENV": _pairs,
    "EXPOSE": _list,
    "FROM": _list,
    "HEALTHCHECK": _health,
    "LABEL": _pairs,
    "MAINTAINER": _text,
    "RUN": _maybe_json,
    "SHELL": _maybe_json,
    "STOPSIGNAL": _text,
    "USER": _text,
    "VOLUME": _maybe_json_list,
    "WORKDIR": _text,
}
"""How the rest of a line is read, by instruction; ONBUILD is read as a line of its own."""
