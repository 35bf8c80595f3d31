"""What differs, in lines that every form of a comparison shows: a line a side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.comparison import CompareReport, DeltaLine, MajorChange, PackageChange
from seamline.model.package import Side
from seamline.render.layout import megabytes
from seamline.render.words import word

_SIDES = (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN)
_MOST_NAMES = 4
_MOST_MAJOR = 8
_NO_MEGABYTES = megabytes(0)


def delta_lines(report: CompareReport, language: str) -> Iterator[tuple[str, str]]:
    """(side in words, what differs there), the sides that differ alone."""
    for side in _SIDES:
        packages = [each for each in report.delta.packages if each.side == side]
        others = {each.kind: each for each in report.delta.others if each.side == side}
        major = [each for each in report.delta.major if each.side == side]
        parts = [
            *([_system(report)] if side == Side.SYSTEM and _moved(report) else []),
            *_major(major),
            *_packages(packages, language),
            *_counts(others, language),
            *_bytes(report, side, language),
        ]
        if packages or others:
            yield word(f"side-{side.value}", language), word("comma", language).join(parts)


def _moved(report: CompareReport) -> bool:
    return report.a.distribution != report.b.distribution and bool(
        report.a.distribution and report.b.distribution
    )


def _system(report: CompareReport) -> str:
    return f"{report.a.distribution} -> {report.b.distribution}"


def _major(major: Sequence[MajorChange]) -> Iterator[str]:
    for each in major[:_MOST_MAJOR]:
        yield f"{each.name} {each.a} -> {each.b}"


def _packages(changes: Sequence[PackageChange], language: str) -> Iterator[str]:
    added = [each for each in changes if not each.a]
    removed = [each for each in changes if not each.b]
    other = sum(bool(each.a and each.b) for each in changes)
    if added:
        first = [each for each in added if not each.name.startswith("lib")] or added
        names = " ".join(f"+{each.name}" for each in first[:_MOST_NAMES])
        more = len(added) - min(len(first), _MOST_NAMES)
        yield names + (f" {word('delta-more-packages', language, number=more)}" if more else "")
    if removed:
        yield word("delta-packages-gone", language, number=len(removed))
    if other:
        yield word("delta-packages-changed", language, number=other)


def _counts(others: dict[str, DeltaLine], language: str) -> Iterator[str]:
    for kind in ("finding", "surface", "setting", "file"):
        if kind in others:
            added, removed, changed = others[kind].counts
            signs = ((f"+{added}", added), (f"-{removed}", removed), (f"~{changed}", changed))
            shown = " ".join(text for text, number in signs if number)
            yield f"{word(f'delta-{kind}', language)} {shown}"


def _bytes(report: CompareReport, side: Side, language: str) -> Iterator[str]:
    for each in report.delta.sizes:
        more = megabytes(abs(each.b - each.a))
        if each.side == side and more != _NO_MEGABYTES:
            yield word("delta-bytes", language, sign="+" if each.b > each.a else "-", mb=more)
