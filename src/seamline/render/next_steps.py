"""The commands that a reader may go on with: one a line, as they may be copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.expression import expression
from seamline.render.layout import packed, plain, width
from seamline.render.words import word

_WORD = expression(r"(?:'[^']*'|[^ ])+")
"""A word of a command line; what is quoted stays whole."""


def next_steps(commands: Iterable[str], language: str, columns: int) -> Iterator[str]:
    """The lines, the label before the first. A command that is too long goes on behind a backslash, its words whole; one whose
    name alone is too long stays on its line, as breaking gains nothing."""
    label = f"{word('next', language)}{word('colon', language)}"
    for command in commands:
        words = _WORD.findall(plain(command))
        room = columns - width(label) - 4
        fits = width(command) <= room + 4 or any(width(each) > room for each in words)
        lines = [" ".join(words)] if fits else packed(words, " ", room)
        for at, line in enumerate(lines):
            more = " \\" if at + 1 < len(lines) else ""
            yield f"{label}{'  ' if at else ''}{line}{more}"
            label = " " * width(label)
