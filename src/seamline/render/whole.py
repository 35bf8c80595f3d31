"""Everything about one image in a terminal and in Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby

from seamline.model.portrait import Portrait
from seamline.render.gaps import gap_text, not_checked
from seamline.render.layout import MOST_COLUMNS, clip, left, packed, plain, width, wrapped
from seamline.render.markdown import code, escaped
from seamline.render.next_steps import next_steps
from seamline.render.whole_sections import sections
from seamline.render.words import word

_LABEL = 27


def write_whole_report(portrait: Portrait, language: str, columns: int = MOST_COLUMNS) -> str:
    """The text in at most so many columns, ending in a newline."""
    lines = [*packed(tuple(map(plain, _head(portrait, language))), "   ", columns)]
    for heading, pairs in sections(portrait, language):
        lines += ["", heading]
        for label, text in pairs:
            lines += _pair(plain(label), plain(text), columns)
    name = shlex.quote(plain(portrait.inspect.image.reference))
    lines += ["", *not_checked(portrait.gaps, language, columns)]
    lines += next_steps((f"seamline scan {name}", f"seamline audit {name}", f"seamline report {name} -o report.html"), language, columns)  # fmt: skip
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _pair(label: str, text: str, columns: int) -> Iterator[str]:
    """The text beside its label; a label that is too long has a line of its own, and so has a word that is (a digest), so
    that it can be copied whole."""
    room = columns - _LABEL - 1
    head = f" {left(label, _LABEL - 1)}"
    if width(label) > _LABEL - 2:
        yield f" {clip(label, columns - 1)}"
        head = " " * _LABEL
    for line in _lines(text.split(), room) or [""]:
        yield f"{head} {line}" if width(line) <= room else f"   {line}"
        head = " " * _LABEL


def _lines(words: Sequence[str], room: int) -> list[str]:
    lines: list[str] = []
    for is_long, group in groupby(words, key=lambda each: each.isascii() and len(each) > room):
        same = list(group)
        lines += same if is_long else wrapped(same, room)
    return lines


def write_whole_markdown(portrait: Portrait, language: str) -> str:
    """The text, ending in a newline."""
    name, *others = _head(portrait, language)
    lines = [f"# {code(name)}", "", escaped(" · ".join(others))]
    for heading, pairs in sections(portrait, language):
        lines += ["", f"## {heading.capitalize()}", ""]
        for label, text in pairs:
            lines.append(f"- **{escaped(label)}**: {escaped(text)}" if label else f"  - {escaped(text)}")
    gaps = dict.fromkeys(gap_text(gap, language) for gap in portrait.gaps) or [word("nothing", language)]
    lines += ["", f"## {word('page-not-checked', language)}", "", *(f"- {escaped(text)}" for text in gaps)]
    return "\n".join(lines) + "\n"


def _head(portrait: Portrait, language: str) -> tuple[str, ...]:
    inspected = portrait.inspect
    distribution = inspected.distribution
    return (
        inspected.image.reference,
        word(f"kind-{inspected.kind}", language),
        (distribution.pretty_name or distribution.id) if distribution is not None else "-",
        inspected.image.platform,
        word("as-of", language, day=portrait.as_of[:10]),
    )  # fmt: skip
