"""`seamline lint Dockerfile...`"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from seamline.cli.language import choose_language, lang_option
from seamline.cli.output import chosen_outputs, emit
from seamline.effects.disk import read_regular
from seamline.formats.dockerfile.parse import MOST_BYTES
from seamline.lint.gates import parse_lint_gate
from seamline.model.linting import LintReport
from seamline.render.lint import write_lint
from seamline.render.words import word
from seamline.verbs.lint import lint_file, lint_report, read_view

_FORMS = ("table", "json")
_GATE_EXIT = 1


@click.command()
@click.argument("files", nargs=-1, metavar="DOCKERFILE...")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="GATE",
    help="Exit 1 on high, security=medium, DL3002 ... (may be repeated).",
)
@click.option("--why", "tells_why", is_flag=True, help="Beside each rule why it matters and what mends it.")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="A further output; may be repeated."
)
@lang_option
def lint(
    files: Sequence[str],
    fail_on: Sequence[str],
    tells_why: bool,
    form: str | None,
    target: str | None,
    outputs: Sequence[str],
) -> int:
    """What of a Dockerfile bears on security, updates and customization, line by line.

    \b
    seamline lint Dockerfile
    seamline lint Dockerfile --why
    seamline lint Dockerfile --fail-on high --fail-on DL3002
    """
    gates = [parse_lint_gate(text) for text in fail_on]
    chosen = chosen_outputs(form, target, outputs, _FORMS)
    report = lint_report(
        [lint_file(read_view(_read(name), name, None)) for name in files or ("Dockerfile",)], gates
    )
    language = choose_language()
    emit(
        chosen,
        {
            "table": lambda: write_lint(report, language, tells_why=tells_why).encode(),
            "json": lambda: msgspec.json.encode(report) + b"\n",
        },
    )
    return _told(report, language)


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    return read_regular(Path(name), MOST_BYTES)


def _told(report: LintReport, language: str) -> int:
    """The exit code, each broken gate told on standard error."""
    for each in report.broken:
        sys.stderr.write(
            f"seamline: {word('lint-gate-broken', language, gate=each.gate, number=each.number)}\n"
        )
    return _GATE_EXIT if report.broken else 0
