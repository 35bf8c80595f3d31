"""`seamline template KIND`"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from seamline.cli.looking import session_of
from seamline.cli.options import Common, base_options
from seamline.effects.machine import machine_platform
from seamline.formats.oci.platforms import normalized, parse_platform
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
@base_options
def template(common: Common, kind: str, folder: str) -> None:
    """An ordinary start: a hardened Dockerfile, .dockerignore, compose file, run line and Kubernetes manifest.

    \b
    seamline template python
    seamline template nginx --to services/web
    """
    one = common.of_one_platform()
    platform = parse_platform(one.platform) if one.platform else machine_platform()
    written = template_files(kind, session_of(one).known, str(normalized(platform)), common.language)
    at = Path(folder or kind)
    write_template(written, at)
    click.echo(word("template-written", common.language, folder=str(at), files=", ".join(written)))
    recipe, compose, manifest = (
        shlex.quote(str(at / name)) for name in ("Dockerfile", "compose.yaml", "deployment.yaml")
    )
    for command in (
        f"seamline lint {recipe}",
        f"docker compose -f {compose} up --build",
        f"seamline audit registry.example/app:1.0.0 --deploy {manifest}",
    ):
        click.echo(f"  {command}")
