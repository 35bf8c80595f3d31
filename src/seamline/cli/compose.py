"""`seamline compose FILE --to DESTINATION`"""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.looking import session_of
from seamline.cli.options import Common, reading_options
from seamline.render.words import word
from seamline.verbs.compose import ComposeOptions
from seamline.verbs.compose import compose as make


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--to",
    "destination",
    required=True,
    metavar="DESTINATION",
    help="oci-dir:PATH[:TAG], oci-archive:FILE, docker-archive:FILE:NAME or registry:NAME.",
)
@click.option("--update-lock", is_flag=True, help="Choose packages anew although FILE.lock.json is there.")
@reading_options
def compose(common: Common, file: str, destination: str, update_lock: bool) -> None:
    """Makes an image from Debian or Ubuntu packages, without root and without running anything.

    Archives are this machine's own apt sources, or those that FILE names; signatures and checksums are verified. The
    choice is written to FILE.lock.json and taken again next time: the same bytes on every run.

    \b
    seamline compose web.yaml --to oci-dir:web:1
    """
    options = ComposeOptions(
        recipe=Path(file), destination=destination, update_lock=update_lock, as_of=common.as_of
    )
    composed = make(options, session_of(common))
    click.echo(f"{composed.destination}  {composed.digest}")
    for at, packages in enumerate(composed.packages):
        click.echo(word("composed-layer", common.language, layer=at, packages=len(packages)))
    if composed.scripts_not_run:
        names = " ".join(composed.scripts_not_run)
        click.echo(word("scripts-not-run", common.language, packages=names))
