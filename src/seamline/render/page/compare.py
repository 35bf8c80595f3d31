"""Two images on one page: the measures with bars of before and after, what differs, what it means. Several in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.comparison import (
    CompareReport,
    DeltaLine,
    DimensionLine,
    Head,
    IndicatorLine,
    Measured,
    OverviewReport,
    PackageChange,
)
from seamline.model.package import Side
from seamline.render.compare import shares_of
from seamline.render.compare_delta import delta_lines
from seamline.render.gaps import gap_text
from seamline.render.layout import megabytes
from seamline.render.overview import overview_rows
from seamline.render.page.charts import Bar, bars
from seamline.render.page.html import Child, Markup, join, tag
from seamline.render.page.parts import Tongue, document, listing, rows, sides_legend

_BARS = ("bytes", "waste", "fixable-findings", "privileged-files", "shells", "package-managers", "network-clients", "rules-cis-4")  # fmt: skip
_IN_BYTES = ("bytes", "waste")


def write_compare_page(report: CompareReport, language: str) -> bytes:
    """The page in UTF-8: opens from disk, asks for nothing."""
    tongue = Tongue(language)
    sections = [
        ("words", tongue.heading("in-words"), listing(tongue.say(each) for each in report.words)),
        ("bars", tongue.word("compare-before-after"), _bars(report, tongue)),
        *(
            (each.name, tongue.heading(f"dimension-{each.name}"), _dimension(each, tongue))
            for each in report.dimensions
        ),
        ("delta", tongue.heading("delta"), _delta(report, tongue)),
        ("not-checked", tongue.word("page-not-checked"), _not_checked(report, tongue)),
    ]
    title = f"{report.a.image.reference} / {report.b.image.reference} - Seamline"
    return document(title, sections, _head(report, tongue), tongue)


def _head(report: CompareReport, tongue: Tongue) -> Markup:
    def row(letter: str, head: Head) -> tuple[Child, ...]:
        return (
            letter,
            tag("span", head.image.reference, class_="mono"),
            tongue.word(f"kind-{head.kind}"),
            head.distribution or tongue.word("no-distribution"),
            f"{megabytes(head.size_bytes)} MB",
            tongue.word("packages-in", number=head.packages),
            head.created or "-",
        )

    heads = (
        "",
        *tongue.heads(
            "overview-column-image", "column-kind", "page-system", "card-size", "card-packages", "page-made"
        ),
    )
    both = (row("A", report.a), row("B", report.b))
    return join(
        (
            tag("h1", f"{report.a.image.reference} / {report.b.image.reference}"),
            tag("p", tongue.word("as-of", day=report.as_of[:10]), class_="soft"),
            rows(heads, both, numbers=(4, 5), caption=tongue.word("page-overview")),
            *(tag("p", tongue.say(each)) for each in report.relation),
        )
    )


def _bars(report: CompareReport, tongue: Tongue) -> Markup:
    """Each measure on its own scale, A above B, the sides in their colours."""
    lines = {each.id: each for dimension in report.dimensions for each in dimension.indicators}
    sides = (
        f"f-{side.value}"
        for name in _BARS
        if name in lines
        for each in (lines[name].a, lines[name].b)
        for side, share in _shares(each).items()
        if share
    )
    pictures = [
        tag("figure", tag("figcaption", tongue.word(f"indicator-{name}")), _pair(lines[name], tongue))
        for name in _BARS
        if name in lines and (lines[name].a.number or lines[name].b.number)
    ]
    return join((sides_legend(sides, tongue), tag("div", join(pictures), class_="figures")))


def _pair(line: IndicatorLine, tongue: Tongue) -> Markup:
    told = (
        f"{tongue.word(f'indicator-{line.id}')}: A {tongue.say(line.a.shown)}, B {tongue.say(line.b.shown)}"
    )
    both = (("A", line.a), ("B", line.b))
    return bars(
        [Bar(label=letter, pieces=tuple(_pieces(line.id, each, tongue))) for letter, each in both],
        told,
    )


def _pieces(name: str, measured: Measured, tongue: Tongue) -> Iterator[tuple[str, float, str]]:
    for side, share in _shares(measured).items():
        if share:
            size = f"{share:.1f} MB" if name in _IN_BYTES else f"{share:g}"
            yield f"f-{side.value}", share, f"{tongue.word(f'side-{side.value}')} {size}"


def _shares(measured: Measured) -> dict[Side, float | None]:
    return {
        Side.SYSTEM: measured.system,
        Side.APPLICATION: measured.application,
        Side.UNKNOWN: measured.unknown,
    }


def _dimension(dimension: DimensionLine, tongue: Tongue) -> Markup:
    shares = f"B = {tongue.word('side-system')} | {tongue.word('side-application')}"
    heads = (tongue.word("page-measure"), "A", "B", shares, tongue.word("better"))
    body = (
        (
            tongue.word(f"indicator-{each.id}"),
            tongue.say(each.a.shown),
            tongue.say(each.b.shown),
            shares_of(each.b, tongue.language),
            tag("span", each.better.upper() or "-", class_="good" if each.better else None),
        )
        for each in dimension.indicators
    )
    return rows(heads, body, caption=tongue.word(f"dimension-{dimension.name}"))


def _delta(report: CompareReport, tongue: Tongue) -> Markup:
    delta = report.delta
    return join(
        (
            listing(
                f"{head}{tongue.word('colon')}{text}" for head, text in delta_lines(report, tongue.language)
            ),
            _packages(delta.packages, tongue) if delta.packages else None,
            *(_things(each, tongue) for each in delta.others),
        )
    )


def _packages(changes: Sequence[PackageChange], tongue: Tongue) -> Markup:
    heads = (tongue.word("column-name"), "A", "B", *tongue.heads("column-kind", "column-side"))
    body = (
        (each.name, each.a or "-", each.b or "-", each.ecosystem, tongue.side(each.side)) for each in changes
    )
    return tongue.every(len(changes), rows(heads, body), tongue.word("page-packages"))


def _things(line: DeltaLine, tongue: Tongue) -> Markup:
    named = [
        *((f"+ {each}") for each in line.added),
        *((f"- {each}") for each in line.removed),
        *((f"~ {each}") for each in line.changed),
        *([tongue.word("page-more", number=line.more)] if line.more else []),
    ]
    title = f"{tongue.word(f'delta-{line.kind}')}, {tongue.word(f'side-{line.side.value}')}"
    return tongue.every(sum(line.counts), listing(tag("span", each, class_="mono") for each in named), title)


def _not_checked(report: CompareReport | OverviewReport, tongue: Tongue) -> Markup:
    gaps = [gap_text(gap, tongue.language) for gap in report.gaps]
    return listing(gaps) if gaps else tag("p", tongue.word("nothing"))


def write_overview_page(report: OverviewReport, language: str) -> bytes:
    """Several images in one table."""
    tongue = Tongue(language)
    heads, *body = overview_rows(report, language)
    table = rows(
        heads, body, numbers=range(2, len(heads)), caption=tongue.word("as-of", day=report.as_of[:10])
    )
    sections = [
        ("overview", tongue.word("page-overview"), table),
        ("not-checked", tongue.word("page-not-checked"), _not_checked(report, tongue)),
    ]
    title = f"{len(report.images)} - Seamline"
    return document(title, sections, tag("h1", tongue.word("page-overview")), tongue)
