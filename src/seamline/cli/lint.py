"""`seamline lint Dockerfile...`"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit, terminal_columns
from seamline.effects.disk import write_whole
from seamline.effects.given import is_piped, read_given
from seamline.effects.home import data_home
from seamline.formats.dockerfile.parse import MOST_BYTES
from seamline.formats.dockerfile.values import Dockerfile
from seamline.formats.oci.platforms import parse_platform
from seamline.lint.gates import parse_lint_gate
from seamline.lint.parent import Parent
from seamline.lint.view import View
from seamline.model.linting import LintFile, LintReport
from seamline.render.lint import write_lint
from seamline.render.lint_mended import write_diff, write_mended
from seamline.render.words import word
from seamline.verbs.database import open_database
from seamline.verbs.lint import (
    Given,
    Pin,
    Pins,
    lint_file,
    lint_report,
    mended_source,
    pinned_alone,
    read_dockerfile,
    rules_left_out,
    see_dockerfile,
    shellcheck,
    support_from,
)
from seamline.verbs.settled import settings_of

_FORMS = ("table", "json", "sarif")
_GATE_EXIT = 1
_GAPS_EXIT = 4
_OPTIONS = (
    click.argument("files", nargs=-1, metavar="DOCKERFILE..."),
    click.option("--image", metavar="IMAGE", default="", help="The parent, or the image that the file became: its user, shell and packages are then known."),
    click.option("--build-arg", "build_args", multiple=True, metavar="NAME=VALUE", help="A build argument (may be repeated)."),
    click.option("--trusted-registry", "trusted", multiple=True, metavar="PATTERN", help="Images may come from here alone (may be repeated)."),
    click.option("--fail-on", multiple=True, metavar="GATE", help="Exit 1 on high, security=medium, DL3002 ... (may be repeated)."),
    click.option("--why", "tells_why", is_flag=True, help="Beside each rule why it matters and what mends it."),
    click.option("--fix", "fixes", is_flag=True, help="Print the file without what can be mended (with -f json: in the report)."),
    click.option("--in-place", is_flag=True, help="With --fix: write each file anew instead of printing it."),
    click.option("--diff", "shows_diff", is_flag=True, help="With --fix: print what would change."),
    click.option("--no-shellcheck", is_flag=True, help="Leave ShellCheck alone, also where it is installed."),
    click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default), json or sarif."),
    click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal."),
    click.option("--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="A further output; may be repeated."),
)  # fmt: skip


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What the user chose beside the shared options."""

    image: str
    build_args: tuple[str, ...]
    trusted: tuple[str, ...]
    no_shellcheck: bool
    fixes: bool
    in_place: bool
    shows_diff: bool


def _with(options: Iterable[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def decorate(command: Any) -> Any:
        for option in reversed(tuple(options)):
            command = option(command)
        return command

    return decorate


@click.command()
@_with(_OPTIONS)
@reading_options
def lint(
    common: Common,
    files: Sequence[str],
    fail_on: Sequence[str],
    tells_why: bool,
    form: str | None,
    target: str | None,
    outputs: Sequence[str],
    **chosen: Any,
) -> int:
    """What of a Dockerfile bears on security, updates and customization, line by line.

    \b
    seamline lint Dockerfile
    seamline lint Dockerfile --why --image python:3.12-slim
    seamline lint Dockerfile --fail-on high --fail-on DL3002
    seamline lint Dockerfile --fix --diff         what --fix would change, each with its rule
    seamline lint Dockerfile --fix --in-place
    seamline lint services/*/Dockerfile -f sarif -o lint.sarif
    Comments forgive: # hadolint ignore=DL3008, # seamline ignore=SL2001, both with `global` before ignore.
    """
    gates = [parse_lint_gate(text) for text in fail_on]
    where = chosen_outputs(form, target, outputs, _FORMS)
    given = Chosen(**chosen)
    _refuse_what_does_not_go_together(given, form, files)
    pin = _pins(common)
    seen = list(views(files, given, common))
    if given.fixes and form != "json":
        return _fix(seen, given, pin, target, common.language)
    report = lint_report([_judged(view, arguments, given, pin) for view, arguments in seen], gates)
    emit(where, _writers(report, common.language, tells_why=tells_why))
    return _exit(report, common)


def _refuse_what_does_not_go_together(chosen: Chosen, form: str | None, files: Sequence[str]) -> None:
    if not chosen.fixes:
        if chosen.in_place or chosen.shows_diff:
            raise click.UsageError("--in-place and --diff go with --fix")
        return
    if form in ("sarif", "table"):
        raise click.UsageError("--fix prints the Dockerfile, or a report with -f json")
    if len(files) > 1 and not (chosen.in_place or chosen.shows_diff or form == "json"):
        raise click.UsageError("--fix of several files needs --in-place, --diff or -f json")
    if chosen.in_place and "-" in files:
        raise click.UsageError("--in-place needs a file, not standard input")


def _fix(
    seen: Sequence[tuple[View, Given]], chosen: Chosen, pin: Pins, target: str | None, language: str
) -> int:
    """Writes the mended files; what was done to each is told on standard error."""
    for view, given in seen:
        source = mended_source(view, pin, given)
        file = lint_file(view, pin, given, mended=source)
        data = source.encode("utf-8", "surrogateescape")
        sys.stderr.write(write_mended(file, language, terminal_columns(), pinned_alone(view, pin)))
        if chosen.shows_diff:
            data = write_diff(view.dockerfile.name, view.dockerfile.text, source, file).encode(
                "utf-8", "surrogateescape"
            )
        elif chosen.in_place:
            if source != view.dockerfile.text:
                write_whole(Path(view.dockerfile.name), (data,))
            continue
        if target is None or target == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            write_whole(Path(target), (data,))
    return 0


def views(files: Sequence[str], chosen: Chosen, common: Common) -> Iterator[tuple[View, Given]]:
    """Every file as the rules see it, with what was given beside it."""
    read = [read_dockerfile(_read(name), name) for name in files or ("Dockerfile",)]
    parents = _parents(read, chosen.image, common) if chosen.image else [None] * len(read)
    settings = settings_of(common.settings)
    given = Given(
        arguments=_arguments(chosen.build_args),
        trusted=chosen.trusted or settings.trusted_registries,
        ignored=rules_left_out(settings),
        support=support_from(open_database()),
        today=common.as_of[:10],
    )
    for each, parent in zip(read, parents, strict=True):
        own = msgspec.structs.replace(given, has_ignore_file=_has_ignore_file(each.name))
        yield see_dockerfile(each, parent, own), own


def _judged(view: View, given: Given, chosen: Chosen, pin: Pin) -> LintFile:
    foreign, gaps = ((), ()) if chosen.no_shellcheck else shellcheck(view)
    source = mended_source(view, pin, given)
    file = lint_file(view, pin, given, foreign, gaps, mended=source)
    return msgspec.structs.replace(file, mended=source) if chosen.fixes else file


def _pins(common: Common) -> Pins:
    """The user's own known bases; those that come along have no digests of a registry."""
    from seamline.stores.shelf import Stack  # noqa: PLC0415 - only where bases are known

    paths = [path for path in (data_home() / "ledger.db", *common.ledgers) if path.exists()]
    if not paths:
        return Pins(Stack(()), "")
    from seamline.effects.machine import machine_platform  # noqa: PLC0415
    from seamline.stores.ledger import Ledger  # noqa: PLC0415

    platform = common.of_one_platform().platform or str(machine_platform())
    return Pins(Stack([Ledger(path, read_only=True) for path in paths]), str(parse_platform(platform)))


def _arguments(given: Sequence[str]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in given]
    wrong = next((name for name, equals, _ in pairs if not name or not equals), None)
    if wrong is not None:
        raise click.UsageError(f"--build-arg {wrong!r}: expected NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _parents(read: Sequence[Dockerfile], image: str, common: Common) -> list[Parent | None]:
    """The image's facts for each file."""
    from seamline.cli.looking import see_each, session_of  # noqa: PLC0415 - only --image reads images
    from seamline.verbs.lint_parent import parent_of  # noqa: PLC0415

    one = common.of_one_platform()
    session = session_of(one)
    (seen,) = see_each([image], None, one)
    return [parent_of(seen, session, dockerfile) for dockerfile in read]


def _read(name: str) -> bytes:
    return read_given(name, MOST_BYTES, may_be_empty=True)


def _has_ignore_file(name: str) -> bool | None:
    """Whether a .dockerignore stands beside a Dockerfile. Source: docker build, "Filename and location"."""
    if is_piped(name):
        return None
    path = Path(name)
    beside = (
        path.with_name(f"{path.name}.dockerignore"),
        path.with_name(".dockerignore"),
        Path(".dockerignore"),
    )
    return any(each.exists() for each in beside)


def _writers(report: LintReport, language: str, *, tells_why: bool) -> Mapping[str, Callable[[], bytes]]:
    def sarif() -> bytes:
        from seamline.render.lint_sarif import write_lint_sarif  # noqa: PLC0415 - one format of several

        return write_lint_sarif(report)

    return {
        "table": lambda: write_lint(report, language, terminal_columns(), tells_why=tells_why).encode(),
        "json": lambda: msgspec.json.encode(report) + b"\n",
        "sarif": sarif,
    }


def _exit(report: LintReport, common: Common) -> int:
    """The exit code, each broken gate told on standard error."""
    for each in report.broken:
        told = word("lint-gate-broken", common.language, gate=each.gate, number=each.number)
        sys.stderr.write(f"seamline: {told}\n")
    if report.broken:
        return _GATE_EXIT
    return _GAPS_EXIT if common.strict and any(file.gaps for file in report.files) else 0
