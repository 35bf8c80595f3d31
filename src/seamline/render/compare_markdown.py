"""A comparison in Markdown, for a merge request or a page."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.comparison import CompareReport, DimensionLine, Head
from seamline.render.compare import shares_of
from seamline.render.compare_delta import delta_lines
from seamline.render.layout import megabytes
from seamline.render.markdown import code, escaped, not_checked_section, table
from seamline.render.words import say, word


def write_compare_markdown(report: CompareReport, language: str) -> str:
    """The text, ending in a newline."""
    lines = [
        f"# {code(report.a.image.reference)} / {code(report.b.image.reference)}",
        "",
        *_heads(report, language),
        "",
        *(escaped(say(each, language)) for each in report.relation),
        *(line for dimension in report.dimensions for line in _dimension(dimension, language)),
        "",
        f"## {word('delta', language)}",
        "",
        *(f"- **{head}**: {escaped(text)}" for head, text in delta_lines(report, language)),
        "",
        f"## {word('in-words', language)}",
        "",
        *(f"- {escaped(say(each, language))}" for each in report.words),
        *not_checked_section(report.gaps, language),
    ]
    return "\n".join(lines) + "\n"


def _heads(report: CompareReport, language: str) -> Iterator[str]:
    def row(letter: str, head: Head) -> tuple[str, ...]:
        return (
            letter,
            code(head.image.reference),
            word(f"kind-{head.kind}", language),
            escaped(head.distribution) or word("no-distribution", language),
            f"{megabytes(head.size_bytes)} MB",
            word("packages-in", language, number=head.packages),
        )

    heads = ("", word("overview-column-image", language), word("column-kind", language), "", "", "")
    yield from table(heads, (row("A", report.a), row("B", report.b)), numbers=(4, 5))


def _dimension(dimension: DimensionLine, language: str) -> Iterator[str]:
    shares = f"B = {word('side-system', language)} \\| {word('side-application', language)}"
    rows = [
        (
            word(f"indicator-{each.id}", language),
            escaped(say(each.a.shown, language)),
            escaped(say(each.b.shown, language)),
            escaped(shares_of(each.b, language)),
            each.better.upper() or "-",
        )
        for each in dimension.indicators
    ]
    yield from ("", f"## {word(f'dimension-{dimension.name}', language)}", "")
    yield from table(("", "A", "B", shares, word("better", language)), rows, numbers=(1, 2))
