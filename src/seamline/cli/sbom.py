"""`seamline sbom IMAGE...`"""

from __future__ import annotations

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each
from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit, headed
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.sbom import write_sbom
from seamline.render.spdx import write_spdx
from seamline.verbs.inspect import sbom_report

_FORMS = ("table", "json", "cyclonedx-json", "spdx-json")


@click.command()
@click.argument("images", nargs=-1, metavar="IMAGE...")
@click.option(
    "--from-file", metavar="FILE", help="Read further image names from FILE, one a line (- for stdin)."
)
@click.option(
    "-f", "--format", "form", type=click.Choice(_FORMS), help="table (default), json, CycloneDX or SPDX."
)
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="A further output; may be repeated."
)
@reading_options
def sbom(
    common: Common,
    images: tuple[str, ...],
    from_file: str | None,
    form: str | None,
    target: str | None,
    outputs: tuple[str, ...],
) -> int:
    """Everything inside an image, with the side it belongs to and the layers that brought it.

    \b
    seamline sbom nginx:1.27
    seamline sbom nginx:1.27 -f cyclonedx-json -o nginx.cdx.json
    """
    chosen = chosen_outputs(form, target, outputs, _FORMS)
    reports = [sbom_report(seen, common.as_of) for seen in see_each(images, from_file, common)]
    emit(
        chosen,
        {
            "table": lambda: headed(reports, lambda report: write_sbom(report, common.language)),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
            "cyclonedx-json": lambda: b"".join(write_cyclonedx(report) for report in reports),
            "spdx-json": lambda: b"".join(write_spdx(report) for report in reports),
        },
    )
    return gaps_exit(any(report.gaps for report in reports), common)
