"""Where a report goes and in which form, as it is asked for."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from seamline.cli.output import chosen_outputs, emit

FORMS = ("table", "markdown", "json", "sarif", "spdx-json")


@pytest.mark.parametrize(
    ("form", "target", "outcome"),
    [
        (None, "a.json", ("json", "a.json")),
        (None, "A.JSON", ("json", "A.JSON")),
        (None, "out/a.md", ("markdown", "out/a.md")),
        (None, "a.sarif.json", ("sarif", "a.sarif.json")),
        (None, "a.spdx.json", ("spdx-json", "a.spdx.json")),
        (None, "a.html", ("table", "a.html")),
        (None, "a.txt", ("table", "a.txt")),
        ("table", "a.json", ("table", "a.json")),
        (None, "json", ("json", None)),
        (None, None, ("table", None)),
    ],
)
def test_the_ending_of_a_file_says_its_form_where_none_is_named(
    form: str | None, target: str | None, outcome: tuple[str, str | None]
) -> None:
    assert chosen_outputs(form, target, (), FORMS) == [outcome]


@pytest.mark.parametrize(
    ("form", "encoding", "data"),
    [
        ("table", "utf-8", "分界线".encode()),
        ("table", "gb18030", "分界线".encode("gb18030")),
        ("table", "ascii", b"???"),
        ("json", "gb18030", "分界线".encode()),
    ],
)
def test_people_read_their_locales_letters_and_programs_utf_8(
    form: str, encoding: str, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    emit([(form, None)], {form: "分界线".encode})
    assert written.getvalue() == data


def test_what_a_template_says_to_do_next_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "its own; folder"
    told = subprocess.run(
        [sys.executable, "-m", "seamline", "template", "static", "--to", folder, "--platform", "linux/arm64"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    command = next(line for line in told.splitlines() if "seamline lint" in line)
    assert Path(shlex.split(command)[-1]) == folder / "Dockerfile"
