"""A comparison in a terminal: both images, a table a dimension, what differs, what it means."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.comparison import CompareReport, DimensionLine, Head, IndicatorLine, Measured
from seamline.render.layout import clip, left, megabytes, plain, right, wrapped
from seamline.render.words import say, word

_COLUMNS = 100
_NAME, _VALUE, _SHARE = 32, 22, 16


def write_compare(report: CompareReport, language: str) -> str:
    """The text of a comparison, ending in a newline."""
    lines = [
        _head("A", report.a, language),
        _head("B", report.b, language),
        *(line for said in report.relation for line in _said(say(said, language))),
        *(line for dimension in report.dimensions for line in ("", *_dimension(dimension, language))),
        "",
        *_delta(report, language),
        "",
        *_words(report, language),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(letter: str, head: Head, language: str) -> str:
    kind = word(f"kind-{head.kind}", language)
    system = plain(head.distribution) or "-"
    size = f"{megabytes(head.size_bytes)} MB"
    packages = word("packages-in", language, number=head.packages)
    return f" {letter}  {left(plain(head.image.reference), 30)}  {left(kind, 18)}  {clip(system, 24)}  {size}  {packages}"


def _said(text: str) -> list[str]:
    return [f" {line}" for line in wrapped(text.split(), _COLUMNS - 2)]


def _dimension(dimension: DimensionLine, language: str) -> Iterator[str]:
    shares = f"{word('side-system', language)} | {word('side-application', language)}"
    yield (
        left(word(f"dimension-{dimension.name}", language), _NAME)
        + f" {right('A', _VALUE)} {right('B', _VALUE)}   {left('B = ' + shares, _SHARE + 10)} {word('better', language)}"
    )
    for each in dimension.indicators:
        yield _row(each, language)


def _row(line: IndicatorLine, language: str) -> str:
    name = left(" " + word(f"indicator-{line.id}", language), _NAME)
    values = f"{right(say(line.a.shown, language), _VALUE)} {right(say(line.b.shown, language), _VALUE)}"
    better = line.better.upper() or "-"
    return f"{name} {values}   {left(_shares(line.b), _SHARE + 10)} {better}"


def _shares(measured: Measured) -> str:
    if measured.system is None or measured.application is None:
        return ""
    return f"{measured.system:g} | {measured.application:g}"


def _delta(report: CompareReport, language: str) -> Iterator[str]:
    yield word("delta", language)
    changes = report.delta.packages
    args = {
        "added": sum(not each.a for each in changes),
        "removed": sum(not each.b for each in changes),
        "changed": sum(bool(each.a and each.b) for each in changes),
    }
    yield f" {word('delta-packages', language, **args)}"
    for line in report.delta.others:
        counts = {name: len(getattr(line, name)) for name in ("added", "removed", "changed")}
        side = word(f"side-{line.side.value}", language)
        yield f" {side}: {word(f'delta-{line.kind}', language, **counts)}"


def _words(report: CompareReport, language: str) -> Iterator[str]:
    label = word("in-words", language)
    texts = [say(each, language) for each in report.words]
    for at, line in enumerate(wrapped(" ".join(texts).split(), _COLUMNS - 16)):
        yield f"{left(label if not at else '', 15)} {line}"
