"""`seamline lint Dockerfile...`"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from seamline.cli.options import Common, reading_options
from seamline.cli.output import chosen_outputs, emit
from seamline.effects.disk import read_regular
from seamline.formats.dockerfile.parse import MOST_BYTES
from seamline.formats.dockerfile.values import Dockerfile
from seamline.lint.gates import parse_lint_gate
from seamline.lint.parent import Parent
from seamline.lint.view import View
from seamline.model.linting import LintFile, LintReport
from seamline.render.lint import write_lint
from seamline.render.words import word
from seamline.verbs.lint import Given, lint_file, lint_report, read_dockerfile, see_dockerfile, shellcheck

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
    seamline lint services/*/Dockerfile -f sarif -o lint.sarif
    Comments forgive: # hadolint ignore=DL3008, # seamline ignore=SL2001, both with `global` before ignore.
    """
    gates = [parse_lint_gate(text) for text in fail_on]
    where = chosen_outputs(form, target, outputs, _FORMS)
    given = Chosen(**chosen)
    report = lint_report([_judged(view, given) for view in views(files, given, common)], gates)
    emit(where, _writers(report, common.language, tells_why=tells_why))
    return _exit(report, common)


def views(files: Sequence[str], chosen: Chosen, common: Common) -> list[View]:
    """Every file as the rules see it."""
    read = [read_dockerfile(_read(name), name) for name in files or ("Dockerfile",)]
    parents = _parents(read, chosen.image, common) if chosen.image else [None] * len(read)
    arguments = _arguments(chosen.build_args)
    return [
        see_dockerfile(
            each,
            parent,
            Given(arguments=arguments, trusted=chosen.trusted, has_ignore_file=_has_ignore_file(each.name)),
        )
        for each, parent in zip(read, parents, strict=True)
    ]


def _judged(view: View, chosen: Chosen) -> LintFile:
    foreign, gaps = ((), ()) if chosen.no_shellcheck else shellcheck(view)
    return lint_file(view, foreign, gaps)


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
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    return read_regular(Path(name), MOST_BYTES)


def _has_ignore_file(name: str) -> bool | None:
    """Whether a .dockerignore stands beside a Dockerfile. Source: docker build, "Filename and location"."""
    if name == "-":
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
        "table": lambda: write_lint(report, language, tells_why=tells_why).encode(),
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
