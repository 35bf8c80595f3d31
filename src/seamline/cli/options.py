"""The options that every reading verb shares, as one frozen value."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from seamline.cli.language import choose_language, lang_option
from seamline.cli.output import Form, check_number, chosen_outputs

F = TypeVar("F", bound=Callable[..., Any])

_PLATFORM = click.option(
    "--platform",
    envvar="SEAMLINE_PLATFORM",
    default="",
    metavar="OS/ARCH[/VARIANT]|all",
    help="Which image of an index (all: each of them); default: this machine's.",
)
_OFFLINE = click.option(
    "--offline",
    is_flag=True,
    envvar="SEAMLINE_OFFLINE",
    help="Open no socket.",
)
_LEDGERS = click.option(
    "--ledger",
    "ledgers",
    envvar="SEAMLINE_LEDGER",
    multiple=True,
    type=click.Path(dir_okay=False, exists=True),
    help="A further ledger of known bases, read only.",
)
_OPTIONS = (
    click.option(
        "--from",
        "source",
        metavar="PLACE",
        default="",
        help="Look only there: docker, podman, registry, oci-dir ...",
    ),
    _PLATFORM,
    _OFFLINE,
    click.option(
        "--insecure",
        is_flag=True,
        envvar="SEAMLINE_INSECURE",
        help="Allow plain http and unverified TLS to the registry.",
    ),
    click.option(
        "--ca-file",
        type=click.Path(dir_okay=False),
        default=None,
        envvar="SEAMLINE_CA_FILE",
        help="Certificates to trust besides the system's.",
    ),
    click.option(
        "--no-cache",
        is_flag=True,
        envvar="SEAMLINE_NO_CACHE",
        help="Read every layer and keep nothing.",
    ),
    click.option("--verify", is_flag=True, help="Read every layer again, also those that the cache knows."),
    click.option(
        "--jobs",
        envvar="SEAMLINE_JOBS",
        type=click.IntRange(1, 16),
        default=2,
        show_default=True,
        help="Layers read at once; 1: images are compared one after the other.",
    ),
    _LEDGERS,
    click.option(
        "--trusted-key",
        "trusted_keys",
        envvar="SEAMLINE_TRUSTED_KEYS",
        multiple=True,
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="A public key whose signatures are believed (may be repeated).",
    ),
    click.option(
        "--settings",
        metavar="FILE",
        default="",
        envvar="SEAMLINE_SETTINGS",
        help="The settings; default: the nearest seamline.toml.",
    ),
    click.option("--lookup", is_flag=True, help="Prove bases that history names by asking their registry."),
    click.option(
        "--as-of",
        default="",
        metavar="DATE",
        help="The moment to judge by; default: SOURCE_DATE_EPOCH, else now.",
    ),
    click.option("--strict", is_flag=True, help="Exit 4 when something could not be checked."),
    click.option("--quiet", "-q", is_flag=True, help="No progress."),
    lang_option,
)


_UNASKED: dict[str, Any] = {
    "source": "",
    "insecure": False,
    "ca_file": None,
    "no_cache": False,
    "verify": False,
    "jobs": 2,
    "trusted_keys": (),
    "settings": "",
    "lookup": False,
    "as_of": "",
    "strict": False,
    "quiet": True,
}
"""The shared options as they are where nobody is asked for them."""


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """What the user chose. `as_of` is RFC 3339 UTC; `ca_file` and `settings` are empty where none was
    named."""

    source: str
    platform: str
    offline: bool
    insecure: bool
    ca_file: str
    no_cache: bool
    verify: bool
    jobs: int
    ledgers: tuple[Path, ...]
    trusted_keys: tuple[Path, ...]
    settings: str
    lookup: bool
    as_of: str
    strict: bool
    quiet: bool
    language: str

    @property
    def every_platform(self) -> bool:
        """Whether every image of an index is meant."""
        return self.platform == "all"

    def of_one_platform(self) -> Common:
        """The same choice without `--platform all`, for what opens one image at a time."""
        return msgspec.structs.replace(self, platform="") if self.every_platform else self


def reading_options(command: F) -> F:
    """Adds the shared options; the command gets them as one argument `common`."""

    def with_common(**values: Any) -> Any:
        return command(common=_common(values), **values)

    return _with_options(command, with_common, _OPTIONS)


def base_options(command: F) -> F:
    """Adds those of the shared options that matter where bases are looked up and no image is read."""

    def with_common(**values: Any) -> Any:
        asked = {name: values.pop(name) for name in ("platform", "offline", "ledgers")}
        return command(common=_common({**_UNASKED, **asked}), **values)

    return _with_options(command, with_common, (_PLATFORM, _OFFLINE, _LEDGERS, lang_option))


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which images a report is about, and where it goes: `outputs` are (format, file or None for the terminal)."""

    images: tuple[str, ...]
    from_file: str | None
    outputs: Sequence[tuple[str, str | None]]


def image_options(forms: Sequence[str], told: str) -> Callable[[F], F]:
    """Adds the options of a report about images; the command gets them as one argument `asked`."""
    options = (
        click.argument("images", nargs=-1, metavar="IMAGE..."),
        click.option(
            "--from-file",
            metavar="FILE",
            help="Read further image names from FILE, one a line (- for stdin).",
        ),
        click.option("-f", "--format", "form", type=Form(forms), help=told),
        click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal."),
        click.option(
            "--output",
            "outputs",
            multiple=True,
            metavar="FORMAT=FILE",
            help="A further output; may be repeated.",
        ),
    )

    def decorate(command: F) -> F:
        def with_asked(**values: Any) -> Any:
            outputs = chosen_outputs(values.pop("form"), values.pop("target"), values.pop("outputs"), forms)
            check_number(outputs, len(values["images"]))
            asked = Asked(images=values.pop("images"), from_file=values.pop("from_file"), outputs=outputs)
            return command(asked=asked, **values)

        return _with_options(command, with_asked, options)

    return decorate


def _with_options(command: F, wrapper: Callable[..., Any], options: Sequence[Callable[[Any], Any]]) -> F:
    """`wrapper` in the place of `command`, with further options above those that it has."""
    wrapper.__doc__, wrapper.__name__ = command.__doc__, command.__name__
    # click keeps the parameters of decorators below this one on the function itself
    wrapper.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    decorated: Any = wrapper
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def _common(values: dict[str, Any]) -> Common:
    """Takes the shared options out of `values`."""
    names = {
        name: values.pop(name)
        for name in (
            "source",
            "platform",
            "offline",
            "insecure",
            "no_cache",
            "verify",
            "jobs",
            "settings",
            "lookup",
            "strict",
            "quiet",
        )
    }
    return Common(
        **names,
        ca_file=values.pop("ca_file") or "",
        ledgers=tuple(Path(path) for path in values.pop("ledgers")),
        trusted_keys=tuple(Path(path) for path in values.pop("trusted_keys")),
        as_of=judged_as_of(values.pop("as_of")),
        language=choose_language(),
    )


def judged_as_of(flag: str) -> str:
    """The moment to judge by: `--as-of`, `SOURCE_DATE_EPOCH`, else now. Source: reproducible-builds.org.

    Raises:
        click.UsageError: neither a date nor a whole number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        if flag:
            moment = datetime.fromisoformat(flag)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        else:
            moment = datetime.fromtimestamp(int(epoch) if epoch else int(time.time()), UTC)
        return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError) as fault:
        given = f"--as-of {flag!r}" if flag else f"SOURCE_DATE_EPOCH {epoch!r}"
        raise click.UsageError(
            f"{given}: expected a date such as 2026-11-24 or 2026-11-24T12:00:00Z"
        ) from fault
