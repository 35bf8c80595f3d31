"""Where reports go: standard output, a file (written whole or not at all), several formats in one run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import click

from seamline.effects.disk import write_whole
from seamline.errors import Usage
from seamline.model.report import ImageLine
from seamline.render.layout import MOST_COLUMNS, plain

Writer = Callable[[], bytes]
FEWEST_COLUMNS = 80
_ENDINGS = {
    ".cdx.json": "cyclonedx-json",
    ".spdx.json": "spdx-json",
    ".sarif.json": "sarif",
    ".sarif": "sarif",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
}
_THEIRS = {"cyclonedx": "cyclonedx-json", "md": "markdown", "spdx": "spdx-json"}
"""What other tools call a form -> its name here."""
_OF_ONE_IMAGE = ("cyclonedx-json", "spdx-json")


def chosen_outputs(
    form: str | None, target: str | None, outputs: Sequence[str], forms: Sequence[str]
) -> list[tuple[str, str | None]]:
    """(format, file or None for standard output) of one run.

    A bare `-o json` means the format, as users of other tools expect it; so does the ending of a file where no format is
    named: nobody who writes `-o report.json` wants another there.

    Raises:
        click.UsageError: `--output` is not FORMAT=FILE with a known format, or two outputs go to one file.
    """
    if form is None and target and (named := _form_named(target, forms)) in forms:
        form, target = named, None
    chosen: list[tuple[str, str | None]] = []
    for output in outputs:
        name, equals, path = output.partition("=")
        name = _form_named(name, forms)
        if name not in forms or not equals or not path:
            raise click.UsageError(
                f"--output {output!r}: expected FORMAT=FILE with FORMAT one of {', '.join(forms)}; -o takes one alone"
            )
        chosen.append((name, path))
    if form is not None or target is not None or not chosen:
        chosen.append((form or _by_ending(target or "", forms) or forms[0], target))
    files = [path for _, path in chosen if path not in (None, "-") and not str(path).startswith("/dev/")]
    twice = next((path for path in files if files.count(path) > 1), None)
    if twice is not None:
        raise click.UsageError(f"{twice}: expected a file of its own for each output, got it more than once")
    return chosen


class Form(click.Choice[str]):
    """The forms of a report, each also by what other tools call it."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        ours = _form_named(value, self.choices) if isinstance(value, str) else value
        return super().convert(ours, param, ctx)


def _form_named(name: str, forms: Sequence[str]) -> str:
    """A form by its name here, also where it was given by theirs."""
    ours = _THEIRS.get(name.lower(), name)
    return ours if ours in forms else name


def _by_ending(target: str, forms: Sequence[str]) -> str:
    """The format that a file's name says; empty where it says none that there is here."""
    name = target.lower()
    return next((form for ending, form in _ENDINGS.items() if name.endswith(ending) and form in forms), "")


def check_number(chosen: Sequence[tuple[str, str | None]], images: int) -> None:
    """Refuses several images in a format whose document describes one: two of them one after the other are no document.

    Raises:
        Usage: so it is.
    """
    form = next((form for form, _ in chosen if form in _OF_ONE_IMAGE), None)
    if form is not None and images > 1:
        raise Usage(
            f"-f {form}",
            expected="one image, which is what such a document describes",
            got=str(images),
            hint="run it once for each image, and name a --platform; json, sarif and csv take several",
        )


def terminal_columns(elsewhere: int = MOST_COLUMNS) -> int:
    """How wide a summary may be: what the terminal has, from 80 to 100; `elsewhere` where none is."""
    if not sys.stdout.isatty():
        return elsewhere
    import shutil  # noqa: PLC0415 - 3 ms that only a terminal needs

    return min(max(shutil.get_terminal_size().columns, FEWEST_COLUMNS), MOST_COLUMNS)


class Report(Protocol):
    """What is said about one image."""

    @property
    def image(self) -> ImageLine: ...


AnyReport = TypeVar("AnyReport", bound=Report)


def headed(reports: Sequence[AnyReport], write: Callable[[AnyReport], str]) -> bytes:
    """The tables of the reports; where there are several, each under the name and platform of its image."""
    if len(reports) == 1:
        return write(reports[0]).encode()
    heads = (f"{plain(each.image.reference)}   {each.image.platform}".rstrip() for each in reports)
    return "\n".join(f"{head}\n\n{write(each)}" for head, each in zip(heads, reports, strict=True)).encode()


def emit(chosen: Sequence[tuple[str, str | None]], writers: Mapping[str, Writer]) -> None:
    """Writes every chosen format."""
    for form, path in chosen:
        data = writers[form]()
        if path is None or path == "-":
            sys.stdout.buffer.write(_spelt(data) if form == "table" else data)
            sys.stdout.buffer.flush()
        else:
            write_whole(Path(path), (data,))


def _spelt(data: bytes) -> bytes:
    """What people read, in the letters of their locale (GB18030 of an older Chinese system); documents stay UTF-8."""
    encoding = sys.stdout.encoding
    if not encoding or encoding.lower().replace("-", "") == "utf8":
        return data
    return data.decode("utf-8", "replace").encode(encoding, "replace")
