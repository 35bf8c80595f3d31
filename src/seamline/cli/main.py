"""The command group: verbs are imported when they run, an image name alone means `inspect`, errors become exit codes."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence

import click

from seamline import __version__
from seamline.cli.language import (
    SpokenContext,
    choose_language,
    lang_option,
    speak,
    speaking,
    told,
    with_hint,
)
from seamline.cli.verbs import GROUPS, VERBS, Verb
from seamline.errors import SeamlineError

_ALIASES = {"diff": "compare", "ls": "files"}
_INTERNAL = 70
_INTERRUPTED = 130
_LINE = 2000
_HELP = {"-h", "--help"}
_COMPLETE = "_SEAMLINE_COMPLETE"


class Verbs(click.Group):
    """A group whose commands are imported on use."""

    context_class = SpokenContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = _ALIASES.get(cmd_name, cmd_name)
        verb = next((verb for verb in VERBS if verb.name == name), None)
        if verb is None:
            return None
        module, _, attribute = verb.command.partition(":")
        command = getattr(importlib.import_module(f"seamline.cli.{module}"), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table names commands only
        return speaking(command)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`seamline --offline IMAGE` is `seamline inspect --offline IMAGE`: options before an image are that verb's own."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        names = {*self.list_commands(ctx), *_ALIASES}
        is_own = not args or not args[0].startswith("-") or args[0].partition("=")[0] in own
        if not is_own and len(args) > 1 and not names.intersection(args):
            args = ["inspect", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """`seamline IMAGE` is `seamline inspect IMAGE`; a mistyped verb is told from an image."""
        if args and _may_be_an_image(args[0]) and self.get_command(ctx, args[0]) is None:
            from difflib import get_close_matches  # noqa: PLC0415 - only what is no verb needs it

            from seamline.cli.neighbours import VERBS as THEIRS  # noqa: PLC0415 - as above

            if args[0] in THEIRS and not os.path.exists(args[0]):  # noqa: PTH110 - as below
                ctx.fail(
                    f"no verb {args[0]!r}: here it is `{THEIRS[args[0]]}` (an image: seamline inspect {args[0]})"
                )
            near = get_close_matches(args[0], self.list_commands(ctx), n=1, cutoff=0.8)
            if near and not os.path.exists(args[0]):  # noqa: PTH110 - any path, also one that pathlib refuses
                ctx.fail(
                    f"no verb {args[0]!r}: did you mean `seamline {near[0]}`? (an image: seamline inspect {args[0]})"
                )
            args = ["inspect", *args]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        chinese = choose_language() == "zh"
        for group, names in GROUPS.items():
            with formatter.section(names[chinese]):
                formatter.write_dl(
                    [(verb.name, _line(verb, chinese=chinese)) for verb in VERBS if verb.group == group]
                )


def _may_be_an_image(argument: str) -> bool:
    return argument == "-" or not argument.startswith("-")


def _line(verb: Verb, *, chinese: bool) -> str:
    return verb.chinese if chinese else verb.english


@click.group(cls=Verbs, context_settings={"help_option_names": sorted(_HELP), "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
@lang_option
def seamline() -> None:
    """Finds the seam in a container image between what its base gave and what its application added, and says
    whose everything is.

    \b
    seamline IMAGE              the summary: the same as seamline inspect IMAGE
    seamline demo               no image at hand? makes two and says what to try
    """


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code. Source: the terminal's contract in docs/reference/exit-codes.md."""
    try:
        code = _invoked(arguments)
    except SeamlineError as fault:
        return _failed(told(fault, choose_language()), fault.exit_code)
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.format_message())
        return 0
    except click.UsageError as fault:
        return _failed(with_hint(f"arguments: {_said(fault)}", _next_step(fault)), 2)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except OSError as fault:
        full = fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        hint = "free some space there, or put it elsewhere" if full else "check the path and its permissions"
        where = fault.filename or "system"
        line = f"{where}: expected to read or write it, got {fault.strerror}"
        return _failed(with_hint(line, hint), 2)
    except Exception as fault:  # noqa: BLE001 - the last resort of the program
        hint = "run again with SEAMLINE_DEBUG=1 and report it"
        return _failed(with_hint(f"internal fault: {type(fault).__name__}: {fault}", hint), _INTERNAL)
    return code if isinstance(code, int) else 0


def _invoked(arguments: Sequence[str]) -> object:
    """What the verb returns. click's own `main` would end a closed pipe with 1, which is the code of a failed gate."""
    if asked := os.environ.get(_COMPLETE):
        from click.shell_completion import shell_complete  # noqa: PLC0415 - only a shell asks for it

        return shell_complete(seamline, {}, "seamline", _COMPLETE, asked)
    if _HELP & set(arguments):
        speak(arguments)
    with seamline.make_context("seamline", list(arguments)) as context:
        code = seamline.invoke(context)
        sys.stdout.flush()
        return code


def _reader_gone() -> int:
    """Nothing more may be written to the closed pipe, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _next_step(fault: click.UsageError) -> str:
    """What stands here for an option of a neighbour's; else where all options are told."""
    return _theirs(fault) or f"see {_named(fault)} --help"


def _said(fault: click.UsageError) -> str:
    """click guesses at what was meant by the letters alone."""
    return f"No such option {fault.option_name!r}." if _theirs(fault) else fault.format_message()  # type: ignore[attr-defined]


def _theirs(fault: click.UsageError) -> str:
    from seamline.cli.neighbours import OPTIONS  # noqa: PLC0415 - only failures need it

    return OPTIONS.get(fault.option_name, "") if isinstance(fault, click.NoSuchOption) else ""


def _named(fault: click.UsageError) -> str:
    return fault.ctx.command_path if fault.ctx is not None else "seamline"


def _failed(line: str, code: int) -> int:
    if os.environ.get("SEAMLINE_DEBUG"):
        import traceback  # noqa: PLC0415 - only failures need it

        traceback.print_exc()
    from seamline.render.layout import plain  # noqa: PLC0415 - only failures need it

    shown = plain(" ".join(line.split()))
    if len(shown) > _LINE:  # what was got may be of any length; the next step stands at the end
        shown = f"{shown[: _LINE // 2]} ... {shown[-_LINE // 2 :]}"
    sys.stderr.write(f"seamline: {shown}\n")
    return code
