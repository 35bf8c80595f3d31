"""`seamline template KIND`"""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.looking import session_of
from seamline.cli.options import Common, reading_options
from seamline.effects.machine import machine_platform
from seamline.formats.oci.platforms import normalized
from seamline.render.words import word
from seamline.template.kinds import TEMPLATES
from seamline.verbs.template import template_files, write_template


@click.command()
@click.argument("kind", metavar="|".join(TEMPLATES))
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    default="",
    help="Where to write; default: a folder named as the kind.",
)
@reading_options
def template(common: Common, kind: str, folder: str) -> None:
    """An ordinary start: a hardened Dockerfile, .dockerignore, compose file, run line and Kubernetes manifest.

    \b
    seamline template python
    seamline template nginx --to services/web
    """
    known = session_of(common.of_one_platform()).known
    written = template_files(kind, known, str(normalized(machine_platform())), common.language)
    at = Path(folder or kind)
    write_template(written, at)
    click.echo(word("template-written", common.language, folder=str(at), files=", ".join(written)))
    for command in (
        f"seamline lint {at}/Dockerfile",
        f"docker compose -f {at}/compose.yaml up --build",
        f"seamline audit registry.example/app:1.0.0 --deploy {at}/deployment.yaml",
    ):
        click.echo(f"  {command}")
