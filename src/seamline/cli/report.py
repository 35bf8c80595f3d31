"""`seamline report IMAGE`"""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec

from seamline.cli.judging import TERMS, add_options
from seamline.cli.looking import gaps_exit, see_each, session_of
from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit, terminal_columns
from seamline.errors import Usage
from seamline.model.portrait import Portrait
from seamline.verbs.database import open_database
from seamline.verbs.portrait import DEEP, portrait
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("html", "table", "markdown", "json")


@click.command()
@click.argument("image")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(_FORMS),
    help="html, table, markdown or json; a terminal gets the table.",
)
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="A further output; may be repeated."
)
@add_options(TERMS)
@reading_options
def report(
    common: Common, image: str, form: str | None, target: str | None, outputs: tuple[str, ...], **chosen: Any
) -> int:
    """Everything about one image: on one page that opens from disk and asks for nothing, or in the terminal.

    \b
    seamline report nginx:1.27
    seamline report nginx:1.27 -o report.html
    seamline report nginx:1.27 --output html=report.html --output json=report.json
    """
    if common.every_platform:
        raise Usage(
            "--platform all",
            expected="one platform, whose image the report is about",
            got="all of them",
            hint="run it once for each platform",
        )
    terms, left = gather_terms(Chosen(settings=common.settings, **chosen), common.as_of[:10])
    index, known = open_database(), session_of(common).known
    (one,) = (
        portrait(seen, index, known, terms, common.as_of) for seen in see_each([image], None, common, DEEP)
    )
    scan = msgspec.structs.replace(one.scan, gaps=(*one.scan.gaps, *left))
    one = msgspec.structs.replace(one, scan=scan)
    if form is None and target is None and not outputs and sys.stdout.isatty():
        form = "table"
    emit(
        chosen_outputs(form, target, outputs, _FORMS),
        {
            "table": lambda: _table(one, common.language),
            "markdown": lambda: _markdown(one, common.language),
            "html": lambda: _page(one, common.language),
            "json": lambda: msgspec.json.encode(one) + b"\n",
        },
    )
    return gaps_exit(bool(one.gaps), common)


def _table(one: Portrait, language: str) -> bytes:
    from seamline.render.whole import write_whole_report  # noqa: PLC0415 - one form a run

    return write_whole_report(one, language, terminal_columns()).encode()


def _markdown(one: Portrait, language: str) -> bytes:
    from seamline.render.whole import write_whole_markdown  # noqa: PLC0415 - as above

    return write_whole_markdown(one, language).encode()


def _page(one: Portrait, language: str) -> bytes:
    from seamline.render.page.report import write_report_page  # noqa: PLC0415 - as above

    return write_report_page(one, language)
