"""`seamline running -`"""

from __future__ import annotations

import sys

import click
import msgspec

from seamline.cli.looking import session_of
from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit
from seamline.effects.given import read_given, shown_as
from seamline.errors import SeamlineError
from seamline.formats.running import MOST_BYTES, parse_running
from seamline.render.running import write_running
from seamline.verbs.running import running_report

_FORMS = ("table", "json")


@click.command()
@click.argument("listing", default="-", metavar="[FILE|-]")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@reading_options
def running(common: Common, listing: str, form: str | None, target: str | None) -> None:
    """Which containers run an old image, and whether a restart, a pull or a rebuild brings the newer one.

    \b
    kubectl get pods -A -o json | seamline running -
    docker inspect $(docker ps -q) | seamline running - --lookup
    docker ps | seamline running -
    Without --lookup the known bases tell which digest of a name is the newest; with it, the registries are asked.
    """
    data = read_given(listing, MOST_BYTES, may_be_empty=True)
    session = session_of(common.of_one_platform())

    def current(name: str) -> tuple[str, str]:
        try:
            image = session.open(f"registry:{name}")
        except SeamlineError as fault:
            sys.stderr.write(f"seamline: warning: {fault}\n")
            return "", ""
        return image.index_digest or "", image.digest or ""

    ask = current if common.lookup and not common.offline else None
    report = running_report(parse_running(data, shown_as(listing)), session.known, ask, common.as_of)
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: write_running(report, common.language).encode(),
            "json": lambda: msgspec.json.encode(report) + b"\n",
        },
    )
