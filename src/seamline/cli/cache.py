"""`seamline cache status|clear|prune`"""

from __future__ import annotations

import click
import msgspec

from seamline.cli.language import choose_language, lang_option
from seamline.cli.output import chosen_outputs, emit
from seamline.effects.home import cache_home
from seamline.formats.untyped import whole
from seamline.render.layout import megabytes
from seamline.render.words import word
from seamline.stores.layer_cache import LayerCache

_FORMS = ("table", "json")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 2**10, "MI": 2**20, "GI": 2**30}


@click.group()
@lang_option
def cache() -> None:
    """What is kept of layers that were read, so that they need not be read again. Bases and settings are not here."""


@cache.command()
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@lang_option
def status(form: str | None, target: str | None) -> None:
    """Where the cache is and how large."""
    found = LayerCache(cache_home()).status()

    def table() -> bytes:
        size = megabytes(found.size_bytes)
        held = word("cache-holds", choose_language(), layers=found.layers, rows=found.rows, mb=size)
        return f"{found.path}   {held}\n".encode()

    emit(
        chosen_outputs(form, target, (), _FORMS),
        {"table": table, "json": lambda: msgspec.json.encode(found) + b"\n"},
    )


@cache.command()
@lang_option
def clear() -> None:
    """Forgets every layer. Never asks."""
    LayerCache(cache_home()).clear()


@cache.command()
@click.option(
    "--to", "most", default="500M", show_default=True, metavar="SIZE", help="The size to shrink to."
)
@lang_option
def prune(most: str) -> None:
    """Forgets the layers that were not used for longest."""
    forgotten = LayerCache(cache_home()).prune(parse_size(most))
    click.echo(word("layers-forgotten", choose_language(), number=forgotten))


def parse_size(text: str) -> int:
    """Bytes of `500M`, `2GiB`, `1000`.

    Raises:
        click.UsageError: something else.
    """
    spelt = text.strip().upper().removesuffix("B")
    digits = spelt.rstrip("KMGI")
    unit = _UNITS.get(spelt[len(digits) :])
    number = whole(digits)
    if number is None or unit is None:
        raise click.UsageError(f"{text!r}: expected a size such as 500M or 2GiB")
    return number * unit
