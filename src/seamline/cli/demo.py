"""`seamline demo`"""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.language import choose_language, lang_option
from seamline.render.words import word
from seamline.verbs.demo import write_demo


@click.command()
@click.option(
    "--to",
    "folder",
    default="seamline-demo",
    show_default=True,
    type=click.Path(file_okay=False),
    help="Where to write the two images.",
)
@lang_option
def demo(folder: str) -> None:
    """Writes two small made-up images, a base and an application on it, and says what to try. No network, no root."""
    written = write_demo(Path(folder))
    language = choose_language()
    click.echo(word("demo-written", language))
    for command in (
        f"seamline {written.application}",
        f"seamline base add {written.base} --as sample-base:1 --owner platform",
        f"seamline {written.application}",
        f"seamline scan {written.application} --offline",
        f"seamline sbom {written.application}",
        f"seamline files {written.application} /etc/passwd",
    ):
        click.echo(f"  {command}")
