"""`seamline db update|import|export|status|lookup`"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from seamline.cli.language import choose_language, lang_option
from seamline.cli.options import judged_as_of
from seamline.cli.output import chosen_outputs, emit
from seamline.effects.disk import open_regular, write_whole
from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.errors import Usage
from seamline.model.purl import parse_purl
from seamline.places.advisory_source import OSV, advisory_source
from seamline.render.database import write_lookup, write_status
from seamline.verbs.advisory_lookup import look_up
from seamline.verbs.database import (
    age_days,
    generations,
    import_records,
    open_database,
    update,
)
from seamline.verbs.exchange import adopt, export_database, is_export

_FORMS = ("table", "json")


@click.group()
def db() -> None:
    """The advisories that scans are judged with: fetched, added to, handed on, looked into."""


def _say(line: str) -> None:
    sys.stderr.write(f"seamline: {line}\n")


@db.command("update")
@click.option(
    "--ecosystem", "-e", "ecosystems", multiple=True, metavar="E", help="Only these (Debian, PyPI, ...)."
)
@click.option(
    "--from",
    "source",
    default=OSV,
    envvar="SEAMLINE_ADVISORIES",
    metavar="URL|PATH",
    help="OSV's bulk exports at another address, in a folder, or a file that db export wrote.",
)
@click.option("--force", is_flag=True, help="Fetch and make everything anew.")
@click.option("--offline", is_flag=True, envvar="SEAMLINE_OFFLINE", help="Open no socket.")
@click.option(
    "--insecure", is_flag=True, envvar="SEAMLINE_INSECURE", help="Allow plain http and unverified TLS."
)
@click.option(
    "--ca-file", default="", envvar="SEAMLINE_CA_FILE", help="Certificates to trust besides the system's."
)
@click.option("--as-of", default="", metavar="DATE", help="The moment to note as the update's own.")
@lang_option
def update_command(
    ecosystems: tuple[str, ...],
    source: str,
    force: bool,
    offline: bool,
    insecure: bool,
    ca_file: str,
    as_of: str,
) -> None:
    """Makes the advisories current: what is there already, else everything.

    \b
    seamline db update -e Debian -e PyPI
    seamline db update --from /mnt/osv          a folder in the layout of OSV's exports
    seamline db update --from advisories.tar    what another machine exported
    """
    path = Path(source)
    if path.is_file():
        with open_regular(path) as stream:
            if not is_export(stream):
                raise Usage(
                    source,
                    expected="a folder of exports, or a file of db export",
                    got="another file",
                    hint="records of your own are added with seamline db import",
                )
            adopt(generations(), stream, source)
    else:
        wire = Wire(insecure=insecure, ca_file=ca_file, offline=offline)
        place = advisory_source(source, Http(wire))
        update(generations(), place, ecosystems, now=judged_as_of(as_of), force=force, say=_say)


@db.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--as-of", default="", metavar="DATE", help="The moment to note as the update's own.")
@lang_option
def import_(path: Path, as_of: str) -> None:
    """Adds OSV records: one file, a list in a file, a folder, a zip archive."""
    import_records(generations(), path, now=judged_as_of(as_of), say=_say)


@db.command("export")
@click.argument("target", metavar="FILE")
@lang_option
def export(target: str) -> None:
    """Writes the ready index as one file for other machines (db update --from FILE); - is standard output."""
    chunks = export_database(generations())
    if target == "-":
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
    else:
        write_whole(Path(target), chunks)


@db.command()
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option("--as-of", default="", metavar="DATE", help="The moment that ages count to.")
@lang_option
def status(form: str | None, target: str | None, as_of: str) -> None:
    """What the database holds of each ecosystem, and how old it is."""
    manifest = open_database().manifest
    moment = judged_as_of(as_of)
    rows = [(state, age_days(state.fetched, moment)) for state in manifest.ecosystems]
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: write_status(manifest, rows, choose_language()).encode(),
            "json": lambda: msgspec.json.encode(manifest) + b"\n",
        },
    )


@db.command()
@click.argument("purl", metavar="PURL|ID")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@lang_option
def lookup(purl: str, form: str | None, target: str | None) -> None:
    """The advisories that hold for a package, or every record of a CVE, GHSA or other id.

    \b
    seamline db lookup pkg:pypi/django@4.2.1
    seamline db lookup 'pkg:deb/debian/openssl@3.0.11-1?distro=debian-12'
    seamline db lookup CVE-2021-44228
    """
    package = parse_purl(purl) if purl.startswith("pkg:") else None
    if purl.startswith("pkg:") and package is None:
        raise Usage(
            purl, expected="a package URL", got="something else", hint="for example pkg:pypi/django@4.2.1"
        )
    found = look_up(open_database(), package, purl)
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: write_lookup(found, choose_language()).encode(),
            "json": lambda: msgspec.json.encode(found) + b"\n",
        },
    )
