"""`seamline files IMAGE [PATH]`"""

from __future__ import annotations

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each
from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit, headed
from seamline.render.files import write_files
from seamline.verbs.files import list_files

_FORMS = ("table", "json")


@click.command()
@click.argument("image")
@click.argument("path", default="")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="A further output; may be repeated."
)
@reading_options
def files(
    common: Common, image: str, path: str, form: str | None, target: str | None, outputs: tuple[str, ...]
) -> int:
    """The visible files of an image, each with its layer, side and package; for a PATH, every layer that touched it.

    \b
    seamline files nginx:1.27 /etc
    seamline files nginx:1.27 /etc/passwd
    """
    chosen = chosen_outputs(form, target, outputs, _FORMS)
    reports = [list_files(seen, path, as_of=common.as_of) for seen in see_each([image], None, common)]
    emit(
        chosen,
        {
            "table": lambda: headed(reports, lambda report: write_files(report, common.language)),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )
    return gaps_exit(any(report.gaps for report in reports), common)
