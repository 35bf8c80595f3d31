"""`seamline base add|list|show|advise|remove|sync|import|export`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click
import msgspec

from seamline.cli.aliases import AliasedGroup
from seamline.cli.language import choose_language, lang_option
from seamline.cli.looking import see_each, session_of
from seamline.cli.options import Common, judged_as_of, reading_options
from seamline.cli.output import chosen_outputs, emit
from seamline.effects.given import read_given, shown_as
from seamline.effects.home import data_home
from seamline.model.ledger import BaseReport, BasesReport, FitBase
from seamline.render.advise import write_advise
from seamline.render.bases import write_base_list, write_bases_counted, write_bases_shown, write_own_bases
from seamline.render.fitness import write_duties, write_fitness
from seamline.render.words import word
from seamline.stores.ledger import Ledger
from seamline.stores.shelf import Stack, starter
from seamline.verbs.advise import advise
from seamline.verbs.base import (
    AddOptions,
    Surroundings,
    add_bases,
    export_bases,
    import_bases,
    list_bases,
    remove_bases,
    show_base,
    sync_bases,
)
from seamline.verbs.database import open_database
from seamline.verbs.fitness import duties_of, fitness_of
from seamline.verbs.needs import DEEP
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("table", "json")
_MOST_LIST_BYTES = 4 << 20
_MOST_EXPORT_BYTES = 1 << 30
_form = click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
_target = click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")


class BaseGroup(AliasedGroup):
    aliases: ClassVar[Mapping[str, str]] = {"rm": "remove", "ls": "list"}


@click.group(cls=BaseGroup)
@lang_option
def base() -> None:
    """Known bases: what images stand on. Yours are kept in a ledger; a starter set of official ones comes along."""


def _ledger() -> Ledger:
    return Ledger(data_home() / "ledger.db")


def _known() -> Stack:
    return Stack((_ledger(), starter()))


def _surroundings(common: Common) -> Surroundings:
    session = session_of(common.of_one_platform())
    return session.surroundings(_ledger(), common.as_of, every_platform=common.every_platform)


@base.command()
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option("--owner", default="", metavar="TEAM", help="The team that keeps these bases.")
@click.option(
    "--study", is_flag=True, help="Read a registry's image whole, so that squashed copies are known too."
)
@click.option(
    "--as", "names", multiple=True, metavar="NAME", help="A further name to know an image from a file by."
)
@click.option("--all-tags", is_flag=True, help="Every tag of the repository.")
@click.option("--tag-glob", default="", metavar="GLOB", help="Every tag that matches.")
@reading_options
def add(
    common: Common,
    images: tuple[str, ...],
    owner: str,
    study: bool,
    names: tuple[str, ...],
    all_tags: bool,
    tag_glob: str,
) -> None:
    """Remembers images as bases that others stand on.

    \b
    seamline base add debian:13-slim --owner platform
    seamline base add registry.example/base --tag-glob '12*'
    seamline base add 'registry.example/team/*'
    seamline base add oci-dir:./base --as registry.example/base:1
    """
    options = AddOptions(
        images=images, owner=owner, study=study, names=names, all_tags=all_tags, tag_glob=tag_glob
    )
    for added in add_bases(options, _surroundings(common)):
        layers = word("layers-counted", common.language, layers=len(added.diff_ids))
        click.echo(f"{added.reference}  {added.digest or ''}  {added.platform}  {layers}")


@base.command("list")
@click.argument("pattern", default="")
@click.option("--all", "every", is_flag=True, help="Each of the official bases that come along, too.")
@_form
@_target
@lang_option
def list_(pattern: str, *, every: bool, form: str | None, target: str | None) -> None:
    """Your bases, then the official ones that come along; with PATTERN (debian, '*:12*') those whose name matches."""
    found = list_bases(_known(), pattern)
    own = list_bases(_ledger(), pattern)
    others = [base for base in found if base not in own]
    language = choose_language()

    def table() -> bytes:
        if every or pattern:
            return write_base_list([*own, *others], language).encode()
        return (write_own_bases(own, language) + write_bases_counted(others, language)).encode()

    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": table,
            "json": lambda: msgspec.json.encode(BasesReport(own=tuple(own), others=tuple(others))) + b"\n",
        },
    )


@base.command()
@click.argument("name")
@click.option("--duties", is_flag=True, help="Who does what for images on it, with the deadlines in force.")
@click.option(
    "--settings",
    metavar="FILE",
    default="",
    envvar="SEAMLINE_SETTINGS",
    help="The settings; default: the nearest seamline.toml.",
)
@click.option("--as-of", default="", metavar="DATE", help="The day that facts are judged by.")
@_form
@_target
@lang_option
def show(name: str, *, duties: bool, settings: str, as_of: str, form: str | None, target: str | None) -> None:
    """Everything known of the bases with this name or digest, and how fit they are to stand on, by facts.

    \b
    seamline base show debian:13-slim
    seamline base show debian:13-slim --duties
    """
    known, today = _known(), judged_as_of(as_of)[:10]
    found = show_base(known, name)
    index = open_database()
    facts = [fitness_of(each, known, index, today) for each in found]
    told = duties_of(found, gather_terms(Chosen(settings=settings), today)[0].settings) if duties else ()
    language = choose_language()

    def table() -> bytes:
        if duties:
            return write_duties(found[-1].reference, told, language).encode()
        pairs = zip(found, facts, strict=True)
        shown = [write_bases_shown([each], language) + write_fitness(fact, language) for each, fact in pairs]
        return "\n".join(shown).encode()

    def document() -> bytes:
        shown = tuple(
            FitBase(**msgspec.structs.asdict(each), fitness=fact)
            for each, fact in zip(found, facts, strict=True)
        )
        return msgspec.json.encode(BaseReport(as_of=today, bases=shown, duties=tuple(told))) + b"\n"

    emit(chosen_outputs(form, target, (), _FORMS), {"table": table, "json": document})


@base.command("advise")
@click.argument("image")
@_form
@_target
@reading_options
def advise_(common: Common, image: str, form: str | None, target: str | None) -> None:
    """Bases that an image could stand on: what each removes, keeps and adds, and what the application would miss."""
    index = open_database()
    known = session_of(common.of_one_platform()).known
    reports = [advise(seen, known, index, common.as_of) for seen in see_each([image], None, common, DEEP)]
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: "\n".join(write_advise(report, common.language) for report in reports).encode(),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )


@base.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@lang_option
def remove(names: tuple[str, ...]) -> None:
    """Forgets bases by name or digest."""
    forgotten = remove_bases(_ledger(), names)
    click.echo(word("bases-forgotten", choose_language(), number=forgotten))


@base.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@reading_options
def sync(common: Common, file: str) -> None:
    """Adds every base that a list kept in git names (YAML or JSON)."""
    for added in sync_bases(read_given(file, _MOST_LIST_BYTES), shown_as(file), _surroundings(common)):
        click.echo(f"{added.reference}  {added.digest or ''}  {added.platform}")


@base.command("import")
@click.argument("file", type=click.Path(allow_dash=True))
@lang_option
def import_(file: str) -> None:
    """Adds the bases of an export (- for stdin)."""
    data = read_given(file, _MOST_EXPORT_BYTES, may_be_empty=True)
    added = import_bases(_ledger(), data, shown_as(file))
    click.echo(word("bases-added", choose_language(), number=added))


@base.command()
@_target
@lang_option
def export(target: str | None) -> None:
    """Your ledger as JSON lines, for another machine."""
    emit([("jsonl", target)], {"jsonl": lambda: export_bases(_ledger())})
