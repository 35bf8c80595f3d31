"""`seamline inspect IMAGE...`, and `seamline IMAGE`."""

from __future__ import annotations

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import emit, terminal_columns
from seamline.render.inspect import write_inspect
from seamline.verbs.inspect import inspect_report

_FORMS = ("table", "json")


@click.command()
@image_options(_FORMS, "table (default) or json.")
@reading_options
def inspect(common: Common, asked: Asked) -> int:
    """What an image is, where its system side ends and its application side begins, and why.

    \b
    IMAGE is a name in a registry or local engine (nginx:1.27), or a path:
      oci-dir:PATH[:TAG]  oci-archive:FILE  docker-archive:FILE  dir:ROOTFS  rootfs-archive:FILE  -
    \b
    seamline inspect nginx:1.27
    seamline inspect oci-dir:./image -f json
    """
    reports = [inspect_report(seen, common.as_of) for seen in see_each(asked.images, asked.from_file, common)]

    def table() -> bytes:
        columns = terminal_columns()
        return "\n".join(write_inspect(report, common.language, columns) for report in reports).encode()

    emit(
        asked.outputs,
        {
            "table": table,
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )
    return gaps_exit(any(report.gaps for report in reports), common)
