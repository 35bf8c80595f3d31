"""Markdown as text: tables and words that an image cannot break out of. Source: GitHub Flavored Markdown, tables, escapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.expression import expression
from seamline.model.evidence import Gap
from seamline.render.gaps import gap_texts
from seamline.render.layout import plain
from seamline.render.words import word

_SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\`*_{}[]<>|#~!"} | {"@": "@\u200b"})
_FENCE = expression(r"`+")
_BARE_BAR = expression(r"(?<!\\)\|")


def escaped(text: str) -> str:
    """Text that stays text: no markup, no mention of anybody, no line of its own."""
    return _flat(text).translate(_SPECIAL)


def code(text: str) -> str:
    """A command or name in its own font, fenced so that it cannot end its own fence."""
    flat = _flat(text)
    fence = "`" * (max(map(len, _FENCE.findall(flat)), default=0) + 1)
    return f"{fence} {flat} {fence}" if "`" in flat else f"`{flat}`"


def _flat(text: str) -> str:
    return plain(" ".join(text.split()))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> Iterator[str]:
    """A table of cells that are Markdown already; the columns in `numbers` are aligned as such."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "|".join("---:" if at in numbers else "---" for at in range(len(heads))) + "|"
    for row in rows:
        yield "| " + " | ".join(_BARE_BAR.sub(r"\|", cell) for cell in row) + " |"


def not_checked_section(gaps: Sequence[Gap], language: str) -> Iterator[str]:
    """The last section of a report: what could not be read or decided."""
    yield from ("", f"## {word('not-checked', language)}", "")
    yield from (f"- {escaped(each)}" for each in gap_texts(gaps, language))
