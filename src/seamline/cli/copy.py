"""`seamline copy SRC DST`"""

from __future__ import annotations

import click

from seamline.cli.looking import session_of
from seamline.cli.options import Common, reading_options
from seamline.verbs.copy import copy_everything, copy_image


@click.command()
@click.argument("image", metavar="SOURCE")
@click.argument("destination")
@click.option("--all", "everything", is_flag=True, help="Every platform of an index (also: --platform all).")
@reading_options
def copy(common: Common, image: str, destination: str, everything: bool) -> None:
    """Copies an image between places. Its manifest, and so its digest, is kept wherever the destination can hold it.

    \b
    DESTINATION  oci-dir:PATH[:TAG]  oci-archive:FILE[:TAG]  docker-archive:FILE:NAME  registry:NAME (docker://NAME)
    \b
    seamline copy nginx:1.27 oci-dir:./nginx:1.27
    seamline copy oci-dir:./nginx:1.27 registry:registry.example/nginx:1.27
    seamline copy --all nginx:1.27 oci-archive:nginx.tar:1.27
    """
    if everything or common.every_platform:
        copied = copy_everything(image, destination, session_of(common.of_one_platform()))
    else:
        copied = copy_image(image, destination, session_of(common))
    click.echo(f"{copied.destination}  {copied.digest}")
