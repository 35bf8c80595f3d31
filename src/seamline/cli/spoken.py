"""Help pages in the language of the run. click breaks lines between words, which Chinese has none of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import click

from seamline.cli.language import choose_language
from seamline.expression import expression
from seamline.render.layout import left, width, wrapped
from seamline.render.words.helps import help_in

_AS_IT_IS = "\b"
_NOTE = expression(r"^(\s*\S.*?\s{2,})(\S.*)$")
_FACTS = expression(r"^(.*?)(  \[.*\])?$", re.DOTALL)
_CLICKS_OWN = ("default: ", "required")
_WIDEST_TERM = 32
_FIRST_SHARED, _SHARED = "--from PLACE", "Options of every verb that reads images"


class SpokenFormatter(click.HelpFormatter):
    """click's own pages in English; in Chinese the same, translated and broken by what a terminal shows."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or f"{_said('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_said(heading))

    def write_text(self, text: str) -> None:
        if choose_language() == "en":
            super().write_text(text)
            return
        blank = " " * self.current_indent
        pages = [list(_paragraph(part, self.width - self.current_indent)) for part in text.split("\n\n")]
        self.write(
            "\n\n".join("\n".join(f"{blank}{line}".rstrip() for line in page) for page in pages) + "\n"
        )

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A verb's own options, then under a heading of their own those that all verbs about images have."""
        every = tuple(rows)
        at = next((at for at, (term, _) in enumerate(every) if term.startswith(_FIRST_SHARED)), 0)
        self._write_rows(every[:at] or every, col_max, col_spacing)
        if at:
            self.dedent()
            with self.section(_SHARED):
                self._write_rows(every[at:], col_max, col_spacing)
            self.indent()

    def _write_rows(self, rows: Sequence[tuple[str, str]], col_max: int, col_spacing: int) -> None:
        if choose_language() == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        blank = " " * self.current_indent
        first = min(max((width(term) for term, _ in rows), default=0), _WIDEST_TERM) + col_spacing
        for term, text in rows:
            told = wrapped(_option(text).split(), self.width - self.current_indent - first) or [""]
            head = (
                left(term, first) if width(term) + col_spacing <= first else f"{term}\n{blank}{' ' * first}"
            )
            self.write(f"{blank}{head}{told[0]}\n")
            for line in told[1:]:
                self.write(f"{blank}{' ' * first}{line}\n")


def _said(text: str) -> str:
    return help_in(choose_language(), text)


def _option(text: str) -> str:
    """An option's line; what click adds in brackets, as its default, stays."""
    match = _FACTS.match(text)
    facts = match[2] or "" if match else ""
    for english in _CLICKS_OWN:
        facts = facts.replace(english, _said(english))
    return _said(match[1] if match else text) + facts


def _paragraph(part: str, columns: int) -> Iterator[str]:
    if not part.lstrip("\n").startswith(_AS_IT_IS):
        yield from wrapped(_said(" ".join(part.split())).split(), columns)
        return
    for line in part.strip("\n").split("\n")[1:]:
        whole = _said(line.strip())
        if whole != line.strip():
            yield line[: len(line) - len(line.lstrip())] + whole
        elif note := _NOTE.match(line):
            yield note[1] + _said(note[2])
        else:
            yield line
