"""The help of every verb and option, in both languages."""

from __future__ import annotations

import inspect
import io
import sys
from collections.abc import Iterator

import click
import pytest

from seamline.cli.language import choose_language
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


@pytest.mark.parametrize("group", ["db", "base", "cache"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_verb_of_a_group_does_is_told_whole(
    group: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEAMLINE_LANG", language)
    run([group, "--help"])
    _, _, commands = capsys.readouterr().out.partition("\nCommands:\n" if language == "en" else "\n命令:\n")
    assert commands
    assert "..." not in commands


def test_who_has_a_chinese_locale_that_is_not_installed_reads_english_and_no_question_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SEAMLINE_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.GB18030")
    told = {}
    for encoding in ("ascii", "gb18030", "utf-8"):
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        told[encoding] = choose_language()
    assert told == {"ascii": "en", "gb18030": "zh", "utf-8": "zh"}


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "Options of every verb that reads images:"), ("zh", "所有读取镜像的命令通用的选项:")],
)
def test_a_verbs_own_options_stand_before_those_of_every_verb(
    language: str, heading: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEAMLINE_LANG", language)
    run(["scan", "--help"])
    own, _, shared = capsys.readouterr().out.partition(f"\n{heading}\n")
    assert all(option in own for option in ("--fail-on", "--vex", "--baseline"))
    assert all(option in shared for option in ("--from PLACE", "--platform", "--lang"))
    run(["files", "--help"])
    assert "--platform" not in capsys.readouterr().out.partition(f"\n{heading}\n")[0]
    run(["base", "list", "--help"])
    assert heading not in capsys.readouterr().out
