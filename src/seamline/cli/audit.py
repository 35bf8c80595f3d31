"""`seamline audit IMAGE...`"""

from __future__ import annotations

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import emit, headed
from seamline.render.audit import write_audit
from seamline.verbs.audit import DEEP, audit_report
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("table", "json")


@click.command()
@image_options(_FORMS, "table (default) or json.")
@click.option(
    "--settings",
    metavar="FILE",
    default="",
    envvar="SEAMLINE_SETTINGS",
    help="The settings; default: the nearest seamline.toml.",
)
@reading_options
def audit(common: Common, asked: Asked, settings: str) -> int:
    """Where an image stands: what an intruder would find in it, and the rules it keeps or breaks, each with its side.

    \b
    seamline audit nginx:1.27
    seamline audit oci-dir:./image -f json
    """
    terms, _ = gather_terms(Chosen(settings=settings), common.as_of[:10])
    reports = [
        audit_report(seen, terms.settings, common.as_of)
        for seen in see_each(asked.images, asked.from_file, common, DEEP)
    ]
    emit(
        asked.outputs,
        {
            "table": lambda: headed(reports, lambda report: write_audit(report, common.language)),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )
    return gaps_exit(any(report.gaps for report in reports), common)
