"""`seamline inspect IMAGE...`, and `seamline IMAGE`."""

from __future__ import annotations

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each
from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit
from seamline.render.inspect import write_inspect
from seamline.verbs.inspect import inspect_report

_FORMS = ("table", "json")


@click.command()
@click.argument("images", nargs=-1, metavar="IMAGE...")
@click.option(
    "--from-file", metavar="FILE", help="Read further image names from FILE, one a line (- for stdin)."
)
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="A further output; may be repeated."
)
@reading_options
def inspect(
    common: Common,
    images: tuple[str, ...],
    from_file: str | None,
    form: str | None,
    target: str | None,
    outputs: tuple[str, ...],
) -> int:
    """What an image is, where its system side ends and its application side begins, and why.

    \b
    IMAGE is a name in a registry or local engine (nginx:1.27), or a path:
      oci-dir:PATH[:TAG]  oci-archive:FILE  docker-archive:FILE  dir:ROOTFS  rootfs-archive:FILE  -
    \b
    seamline inspect nginx:1.27
    seamline inspect oci-dir:./image -f json
    """
    chosen = chosen_outputs(form, target, outputs, _FORMS)
    reports = [inspect_report(seen, common.as_of) for seen in see_each(images, from_file, common)]
    emit(
        chosen,
        {
            "table": lambda: "\n".join(write_inspect(report, common.language) for report in reports).encode(),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )
    return gaps_exit(any(report.gaps for report in reports), common)
