"""The help of every verb and option, in both languages."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
import pytest

from seamline.cli.main import run, seamline
from seamline.render.layout import width
from seamline.render.words.helps import help_in


def _commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, *path, name)


COMMANDS = dict(_commands(seamline))


def _prose(command: click.Command) -> Iterator[str]:
    for part in inspect.cleandoc(command.help or "").split("\n\n"):
        if not part.startswith("\b"):
            yield " ".join(part.split())
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)


@pytest.mark.parametrize("path", sorted(COMMANDS), ids=" ".join)
def test_every_paragraph_and_option_of_the_help_is_there_in_chinese(path: tuple[str, ...]) -> None:
    same_in_both = [text for text in _prose(COMMANDS[path]) if help_in("zh", text) == text]
    assert same_in_both == []


@pytest.mark.parametrize(
    "line", [["--help", "--lang", "zh"], ["--lang=zh", "-h"], ["base", "--lang", "zh", "-h"]]
)
def test_the_help_speaks_chinese_wherever_the_language_stands(
    line: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAMLINE_LANG", "en")
    assert run(line if line[0] == "base" else ["scan", *line]) == 0
    said = capsys.readouterr().out
    assert "用法:" in said
    assert "显示本帮助后退出。" in said
    assert not any(word in said for word in ("Usage", "Options", "default:"))


def test_chinese_help_fits_its_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAMLINE_LANG", "zh")
    monkeypatch.setenv("COLUMNS", "80")
    run(["files", "--help"])
    assert max(map(width, capsys.readouterr().out.splitlines())) <= 80
