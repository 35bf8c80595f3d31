"""`seamline copy SRC DST`"""

from __future__ import annotations

import click

from seamline.cli.looking import session_of
from seamline.cli.options import Common, reading_options
from seamline.verbs.copy import copy_image


@click.command()
@click.argument("image", metavar="SOURCE")
@click.argument("destination")
@reading_options
def copy(common: Common, image: str, destination: str) -> None:
    """Copies an image between places. Its manifest, and so its digest, is kept wherever the destination can hold it.

    \b
    DESTINATION  oci-dir:PATH[:TAG]  oci-archive:FILE[:TAG]  docker-archive:FILE:NAME  registry:NAME (docker://NAME)
    \b
    seamline copy nginx:1.27 oci-dir:./nginx:1.27
    seamline copy oci-dir:./nginx:1.27 registry:registry.example/nginx:1.27
    """
    copied = copy_image(image, destination, session_of(common))
    click.echo(f"{copied.destination}  {copied.digest}")
