"""`seamline sbom IMAGE...`"""

from __future__ import annotations

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import check_number, emit, headed
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.sbom import write_sbom
from seamline.render.spdx import write_spdx
from seamline.verbs.inspect import sbom_report

_FORMS = ("table", "json", "cyclonedx-json", "spdx-json")


@click.command()
@image_options(_FORMS, "table (default), json, CycloneDX or SPDX.")
@reading_options
def sbom(common: Common, asked: Asked) -> int:
    """Everything inside an image, with the side it belongs to and the layers that brought it.

    \b
    seamline sbom nginx:1.27
    seamline sbom nginx:1.27 -f cyclonedx-json -o nginx.cdx.json
    """
    reports = [sbom_report(seen, common.as_of) for seen in see_each(asked.images, asked.from_file, common)]
    check_number(asked.outputs, len(reports))
    emit(
        asked.outputs,
        {
            "table": lambda: headed(reports, lambda report: write_sbom(report, common.language)),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
            "cyclonedx-json": lambda: b"".join(map(write_cyclonedx, reports)),
            "spdx-json": lambda: b"".join(map(write_spdx, reports)),
        },
    )
    return gaps_exit(any(report.gaps for report in reports), common)
