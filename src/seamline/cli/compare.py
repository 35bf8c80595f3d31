"""`seamline compare A B...`"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import click
import msgspec

from seamline.cli.judging import TERMS, add_options
from seamline.cli.looking import gaps_exit, open_each, see_one, session_of, tell_warnings
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import emit, terminal_columns
from seamline.effects.machine import cores
from seamline.model.comparison import CompareReport, OverviewReport
from seamline.model.portrait import Portrait
from seamline.stores.ledger import Bases
from seamline.verbs.compare import DEEP, Studio, Taken, compare_two, overview
from seamline.verbs.database import open_database
from seamline.verbs.inspect import Seen
from seamline.verbs.portrait import portrait
from seamline.verbs.session import Session
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("table", "markdown", "json", "html")
_TWO = 2
_WRITERS = {
    "table": "seamline.render.compare",
    "markdown": "seamline.render.compare_markdown",
    "html": "seamline.render.page.compare",
}


@click.command()
@image_options(_FORMS, "table (default), markdown, json or html.")
@add_options(TERMS)
@reading_options
def compare(common: Common, asked: Asked, **chosen: Any) -> int:
    """Two images side by side on security, updates and customization; then what differs, then what it means. Where one
    stands on the other, that other is taken as its base. Of more images an overview, one line each.

    \b
    seamline compare debian:12 nginx:1.27
    seamline diff shop:1.4 shop:1.5
    seamline compare debian:12 nginx:1.27 --output html=compare.html
    seamline compare --from-file images.txt
    """
    terms, left = gather_terms(Chosen(settings=common.settings, **chosen), common.as_of[:10])
    index, session = open_database(), session_of(common.of_one_platform())

    def paint(seen: Seen, bases: Bases) -> Portrait:
        return portrait(seen, index, bases, terms, common.as_of)

    studio = Studio(
        session=session,
        paint=paint,
        most=1 if common.jobs == 1 else cores(),
        meanwhile=lambda: _load([form for form, _ in asked.outputs]),
    )
    taken = list(_taken(asked, common, session))
    if len(asked.images) == _TWO and asked.from_file is None and not common.every_platform:
        a, b = (each.now() for each in taken)
        tell_warnings(session)
        report = compare_two(a, b, studio)
        report = msgspec.structs.replace(report, gaps=(*report.gaps, *left))
        emit(asked.outputs, _writers(report, common.language))
        return gaps_exit(bool(report.gaps), common)
    found = overview(taken, studio)
    found = msgspec.structs.replace(found, gaps=(*found.gaps, *left))
    tell_warnings(session)
    if len(found.images) < _TWO:
        raise click.UsageError("expected two images or more (seamline compare A B)")
    emit(asked.outputs, _overview_writers(found, common.language))
    return gaps_exit(bool(found.gaps), common)


def _taken(asked: Asked, common: Common, session: Session) -> Iterator[Taken]:
    """Every image, opened."""
    for text, image in open_each(asked.images, asked.from_file, common, session):
        known = session.remembers(image, DEEP)
        yield Taken(image=image, read=None if known else partial(see_one, text, image, common, session, DEEP))


def _load(forms: Sequence[str]) -> None:
    """Imports what writes a comparison in these forms."""
    for form in forms:
        if form in _WRITERS:
            importlib.import_module(_WRITERS[form])


def _writers(report: CompareReport, language: str) -> dict[str, Callable[[], bytes]]:
    def table() -> bytes:
        from seamline.render.compare import write_compare  # noqa: PLC0415 - one form a run

        return write_compare(report, language, terminal_columns()).encode()

    def markdown() -> bytes:
        from seamline.render.compare_markdown import write_compare_markdown  # noqa: PLC0415 - as above

        return write_compare_markdown(report, language).encode()

    def page() -> bytes:
        from seamline.render.page.compare import write_compare_page  # noqa: PLC0415 - as above

        return write_compare_page(report, language)

    return {
        "table": table,
        "markdown": markdown,
        "json": lambda: msgspec.json.encode(report) + b"\n",
        "html": page,
    }


def _overview_writers(report: OverviewReport, language: str) -> dict[str, Callable[[], bytes]]:
    from seamline.render.overview import write_overview, write_overview_markdown  # noqa: PLC0415 - as above
    from seamline.render.page.compare import write_overview_page  # noqa: PLC0415

    return {
        "table": lambda: write_overview(report, language, terminal_columns()).encode(),
        "markdown": lambda: write_overview_markdown(report, language).encode(),
        "json": lambda: msgspec.json.encode(report) + b"\n",
        "html": lambda: write_overview_page(report, language),
    }
