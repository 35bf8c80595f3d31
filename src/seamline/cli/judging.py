"""What the judging commands share: the options of what is judged by, what each argument holds, which gates do not hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.cli.looking import named, see_each
from seamline.cli.options import Common
from seamline.effects.given import STDIN
from seamline.model.finding import ScanReport
from seamline.verbs.stock import Stock, stock_of

TERMS = (
    click.option("--ignore-file", "ignore_files", multiple=True, metavar="FILE", help="A .trivyignore or .grype.yaml to take over."),
    click.option("--vex", multiple=True, metavar="FILE", help="OpenVEX, CSAF or CycloneDX statements (may be repeated)."),
    click.option("--pulled", "is_pulled", is_flag=True, help="The image is somebody else's build: pull a newer one, don't rebuild."),
    click.option("--mine", metavar="LAYER|BASE", default="", help="Where your own part begins: a layer's position, or a base of yours."),
)  # fmt: skip
GATES = (
    click.option("--fail-on", multiple=True, metavar="GATE", help="Exit 1 on app=high, system=kev, any=overdue ... (may be repeated)."),
    click.option("--baseline", metavar="REPORT", default="", help="An earlier report (json, sarif, cyclonedx-json); `new` counts from it."),
    click.option("--allow-stale", is_flag=True, help="Let gates hold on a starter, stale or missing database, an unknown distribution, or flaws known only after --as-of."),
)  # fmt: skip


def add_options(options: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Adds options to a command, in their order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def stocks(images: Sequence[str], from_file: str | None, common: Common) -> Iterator[Stock]:
    """What every argument holds: an SBOM is known by its form, also when it is piped in; all else is an image.

    Raises:
        click.UsageError: nothing was named.
    """
    from seamline.verbs.documents import read_document  # noqa: PLC0415 - what judges images alone needs none

    for text in named(images, from_file):
        document = None if text == STDIN and common.source else read_document(text)
        if document is not None:
            yield document
        else:
            yield from (stock_of(seen) for seen in see_each([text], None, common, (SCRIPTS, TEXTS)))


def tell_broken(report: ScanReport, language: str) -> None:
    """Says on standard error which gates do not hold, why, and what to do next."""
    for broken in report.broken:
        from seamline.render.gates import gate_words  # noqa: PLC0415 - only a broken gate needs it
        from seamline.render.layout import plain  # noqa: PLC0415 - as above

        sys.stderr.write(
            f"seamline: {plain(report.image.reference)}: {plain(gate_words(broken, report, language))}\n"
        )
