"""`seamline scan IMAGE...`"""

from __future__ import annotations

import sys

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each, session_of
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import emit, headed
from seamline.render.scan import write_scan
from seamline.verbs.database import open_database
from seamline.verbs.scan import DEFAULT_DUTIES, scan_report

_FORMS = ("table", "json")


@click.command()
@click.option("--all", "every", is_flag=True, help="Every finding, not only the worst.")
@image_options(_FORMS, "table (default) or json.")
@reading_options
def scan(common: Common, asked: Asked, every: bool) -> int:
    """Every known flaw with its side, owner and deadline, and what mends it.

    \b
    seamline scan nginx:1.27
    seamline scan oci-dir:./image -f json -o scan.json
    """
    index = open_database()
    known = session_of(common.of_one_platform()).known
    reports = [
        scan_report(seen, index, known, DEFAULT_DUTIES, common.as_of)
        for seen in see_each(asked.images, asked.from_file, common)
    ]
    if not index.manifest.ecosystems:
        sys.stderr.write("seamline: warning: there are no advisories yet (seamline db update)\n")
    emit(
        asked.outputs,
        {
            "table": lambda: headed(reports, lambda report: write_scan(report, common.language, every=every)),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )
    return gaps_exit(any(report.gaps for report in reports), common)
