"""Which language a run speaks: `--lang` (before or after the verb), `SEAMLINE_LANG`, then the locale."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from seamline.errors import SeamlineError

_ASKED = "SEAMLINE_LANG"
_VARIABLES = (_ASKED, "LC_ALL", "LC_MESSAGES", "LANG")


def choose_language() -> str:
    """`en` or `zh`."""
    asked, value = next(((name, found) for name in _VARIABLES if (found := os.environ.get(name))), ("", ""))
    if not value.lower().startswith("zh"):
        return "en"
    return "zh" if asked == _ASKED or _shows_chinese() else "en"


def _shows_chinese() -> bool:
    """Whether the output can hold it: under a locale that is not installed here all of it would be question marks."""
    try:
        "中".encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _speak(ctx: click.Context, param: click.Parameter, value: str | None) -> None:  # noqa: ARG001 - click's signature
    """Holds from here to the end of the run, for what goes wrong too."""
    if value:
        os.environ["SEAMLINE_LANG"] = value


lang_option = click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    is_eager=True,
    expose_value=False,
    callback=_speak,
    help="English or Chinese; default: the locale.",
)


def speak(arguments: Sequence[str]) -> None:
    """Takes `--lang` from anywhere in the line: help is shown before click comes to what stands behind `--help`."""
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            os.environ["SEAMLINE_LANG"] = value if equals else "".join(arguments[at + 1 : at + 2])


class SpokenContext(click.Context):
    """Writes help in the language of the run."""

    def make_formatter(self) -> click.HelpFormatter:
        from seamline.cli.spoken import SpokenFormatter  # noqa: PLC0415 - only help needs it

        return SpokenFormatter(width=self.terminal_width, max_width=self.max_content_width)


def speaking(command: click.Command) -> click.Command:
    """The command, and those below it, with their help in the language of the run."""
    command.context_class = SpokenContext
    for each in getattr(command, "commands", {}).values():
        # whole, which a page breaks into lines: click cuts it off
        each.short_help = " ".join((each.help or "").partition("\n\n")[0].split())
        speaking(each)
    return command


def told(fault: SeamlineError, language: str) -> str:
    """The line of an error, its next step in `language`."""
    return with_hint(str(fault).removesuffix(f" ({fault.hint})"), fault.hint, language)


def with_hint(line: str, hint: str, language: str = "") -> str:
    """The line with a next step in `language`, or in that of the run."""
    language = language or choose_language()
    if language == "en":
        return f"{line} ({hint})"
    from seamline.render.words.hints import hint_in  # noqa: PLC0415 - only what fails in Chinese needs it

    return f"{line} ({hint_in(language, hint)})"
