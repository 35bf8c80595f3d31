"""`seamline db update|import|export|status|lookup`"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from seamline.cli.language import choose_language, lang_option
from seamline.cli.options import judged_as_of
from seamline.cli.output import chosen_outputs, emit
from seamline.cli.progress import clearing, metered
from seamline.effects.disk import write_whole
from seamline.effects.given import is_piped, shown_as
from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.errors import Usage, counted
from seamline.expression import expression
from seamline.formats.digesting import hashed
from seamline.model.purl import parse_purl
from seamline.places.advisory_source import OSV, advisory_source, fetch_export
from seamline.places.archive import open_given
from seamline.render.database import write_lookup, write_status
from seamline.render.gaps import gap_text
from seamline.render.words.progress import progress_in
from seamline.stores.advisory_index import WEATHER
from seamline.verbs.advisory_import import import_records
from seamline.verbs.advisory_lookup import OF_ALL, lookup_report
from seamline.verbs.database import age_days, database_report, generations, open_database
from seamline.verbs.database_update import update
from seamline.verbs.exchange import adopt, export_database, is_export

_FORMS = ("table", "json")
_IN_PART = 4
_DIGEST = expression(r"(sha256:)?[0-9a-f]{64}", re.IGNORECASE)


@click.group()
@lang_option
def db() -> None:
    """The advisories that scans are judged with: fetched, added to, handed on, looked into."""


def _say(line: str) -> None:
    sys.stderr.write(f"{clearing()}seamline: {progress_in(choose_language(), line)}\n")


def _warn(line: str) -> None:
    if line.startswith("warning:"):
        _say(line)


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
@click.option("--force", is_flag=True, help="Fetch and make everything anew, whatever is there.")
@click.option(
    "--digest",
    default="",
    metavar="SHA256",
    help="The digest that db export told of the file (sha256:...), proven before anything is taken.",
)
@click.option("--offline", is_flag=True, envvar="SEAMLINE_OFFLINE", help="Open no socket.")
@click.option(
    "--insecure", is_flag=True, envvar="SEAMLINE_INSECURE", help="Allow plain http and unverified TLS."
)
@click.option(
    "--ca-file",
    default="",
    envvar="SEAMLINE_CA_FILE",
    metavar="FILE",
    help="Certificates to trust besides the system's.",
)
@click.option("--as-of", default="", metavar="DATE", help="The moment to note as the update's own.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but warnings and errors.")
@lang_option
def update_command(**given: Any) -> int:
    """Makes the advisories current: what is there already, else everything.

    \b
    seamline db update -e Debian -e PyPI
    seamline db update --from https://mirror.example/osv
    seamline db update --from /mnt/osv          a folder in the layout of OSV's exports
    seamline db update --from advisories.tar    what another machine exported
    """
    asked = Asked(**given)
    if asked.digest and not _DIGEST.fullmatch(asked.digest):
        raise Usage(
            "--digest",
            expected="sha256:<64 hex digits>, as db export told it",
            got=repr(asked.digest),
            hint="copy what seamline db export printed",
        )
    say = _warn if asked.quiet else _say
    if is_piped(asked.source) or asked.source.endswith(".tar") or Path(asked.source).is_file():
        return _take_over(asked, say)
    if asked.digest:
        raise Usage(
            "--digest",
            expected="a file of db export in --from",
            got=asked.source,
            hint="only such a file has a digest",
        )
    source = advisory_source(asked.source, None if asked.offline else Http(asked.wire))
    with metered(quiet=asked.quiet) as meter:
        done = update(
            generations(),
            source,
            asked.ecosystems,
            now=judged_as_of(asked.as_of),
            force=asked.force,
            say=say,
            meter=meter,
        )
    return _IN_PART if done.faults else 0


def _take_over(asked: Asked, say: Callable[[str], None]) -> int:
    """Puts what another machine exported in place."""
    if asked.ecosystems:
        raise Usage(
            "--ecosystem",
            expected="none beside a file of db export, which is taken whole",
            got=", ".join(asked.ecosystems),
            hint="leave out --ecosystem",
        )
    with _exported(asked) as stream:
        taken = adopt(generations(), stream, shown_as(asked.source), digest=asked.digest, say=say)
    for state in taken.ecosystems:
        if state.ecosystem == WEATHER:
            told = f"{counted(state.advisories, 'CVE')}, {counted(state.packages, 'product')}"
            say(f"exploited, likely and ended: {told}, taken over")
            continue
        told = counted(state.advisories, "advisory", "advisories")
        say(f"{state.ecosystem}: {told} about {counted(state.packages, 'package')}, taken over")
    return 0


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants updated, from where."""

    ecosystems: tuple[str, ...]
    source: str
    force: bool
    digest: str
    offline: bool
    insecure: bool
    ca_file: str
    as_of: str
    quiet: bool

    @property
    def wire(self) -> Wire:
        return Wire(insecure=self.insecure, ca_file=self.ca_file, offline=self.offline)


@contextmanager
def _exported(asked: Asked) -> Iterator[BinaryIO]:
    """A file of db export, from disk or from an address."""
    if asked.source.startswith(("http://", "https://")):
        if asked.offline:
            advisory_source(asked.source, None)  # says what to do instead
        with metered(quiet=asked.quiet) as meter:
            stream = fetch_export(
                asked.source, Http(asked.wire), partial(meter, asked.source.rpartition("/")[2])
            )
    else:
        stream = open_given(asked.source)
    with stream:
        if not is_export(stream):
            raise Usage(
                asked.source,
                expected="a folder of exports, or a file of db export",
                got="another file",
                hint="records of your own are added with seamline db import",
            )
        yield stream


@db.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="In place of all that was imported before.")
@click.option("--as-of", default="", metavar="DATE", help="The moment to note as the update's own.")
@lang_option
def import_(path: Path, replace: bool, as_of: str) -> None:
    """Adds OSV records of your own: one in a file, a list, one a line, a folder, a zip or tar archive.

    They stand beside what db update fetches, which leaves them alone.
    """
    with metered(quiet=False) as meter:
        import_records(generations(), path, now=judged_as_of(as_of), replace=replace, say=_say, meter=meter)


@db.command("export")
@click.argument("target", metavar="FILE")
@lang_option
def export(target: str) -> None:
    """Writes the ready index as one file for other machines (db update --from FILE); - is standard output.

    Its digest is told, for db update --digest.
    """
    digest = hashlib.sha256()
    chunks = hashed(export_database(generations()), digest)
    if target == "-":
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
    else:
        write_whole(Path(target), chunks)
    _say(f"sha256:{digest.hexdigest()}")


@db.command()
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option("--as-of", default="", metavar="DATE", help="The moment that ages count to.")
@lang_option
def status(form: str | None, target: str | None, as_of: str) -> None:
    """What the database holds of each ecosystem, and how old it is."""
    manifest = open_database().manifest
    moment = judged_as_of(as_of)
    rows = [
        (state, None if state.fetched > moment else age_days(state.fetched, moment))
        for state in manifest.ecosystems
    ]
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: write_status(manifest, rows, choose_language()).encode(),
            "json": lambda: msgspec.json.encode(database_report(manifest, moment)) + b"\n",
        },
    )


@db.command()
@click.argument("purl", metavar="PURL|ID|NAME")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@lang_option
def lookup(purl: str, form: str | None, target: str | None) -> None:
    """The advisories that hold for a package, or every record of a CVE, GHSA or other id, or of a package's name.

    \b
    seamline db lookup pkg:pypi/django@4.2.1
    seamline db lookup 'pkg:deb/debian/openssl@3.0.11-1?distro=debian-12'
    seamline db lookup CVE-2021-44228
    seamline db lookup lodash
    """
    if not purl.strip():  # mostly a variable of a script that is empty
        raise Usage(
            "db lookup",
            expected="a package URL, an id or a name",
            got="nothing",
            hint="for example pkg:pypi/django@4.2.1",
        )
    package = parse_purl(purl) if purl.startswith("pkg:") else None
    if purl.startswith("pkg:") and package is None:
        raise Usage(
            purl, expected="a package URL", got="something else", hint="for example pkg:pypi/django@4.2.1"
        )
    report = lookup_report(open_database(), package, purl, judged_as_of(""))
    for gap in report.gaps:  # beside whatever form the answer has
        _say(gap_text(gap, choose_language()))
    is_judged = all(gap.message.id in OF_ALL for gap in report.gaps)
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: write_lookup(report.found, choose_language(), is_judged=is_judged).encode(),
            "json": lambda: msgspec.json.encode(report) + b"\n",
        },
    )
