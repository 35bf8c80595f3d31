"""`seamline compare A B`"""

from __future__ import annotations

from typing import Any

import click
import msgspec

from seamline.cli.judging import TERMS, add_options
from seamline.cli.looking import gaps_exit, see_each, session_of
from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit
from seamline.render.compare import write_compare
from seamline.verbs.audit import DEEP
from seamline.verbs.compare import compare_report
from seamline.verbs.database import open_database
from seamline.verbs.portrait import portrait
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("table", "json")


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@add_options(TERMS)
@reading_options
def compare(common: Common, a: str, b: str, form: str | None, target: str | None, **chosen: Any) -> int:
    """Two images side by side on security, updates and customization; then what differs, then what it means.

    \b
    seamline compare debian:12 nginx:1.27
    seamline diff shop:1.4 shop:1.5
    """
    terms, _ = gather_terms(Chosen(settings=common.settings, **chosen), common.as_of[:10])
    index, known = open_database(), session_of(common.of_one_platform()).known
    both = [
        portrait(seen, index, known, terms, common.as_of) for seen in see_each([a, b], None, common, DEEP)
    ]
    report = compare_report(both[0], both[1])
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: write_compare(report, common.language).encode(),
            "json": lambda: msgspec.json.encode(report) + b"\n",
        },
    )
    return gaps_exit(bool(report.gaps), common)
