"""Every command that a page shows is one: its verb, its options and their values are there; those of the guides that need nothing
but a Dockerfile, an image and a base are run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from seamline.cli.main import seamline as cli
from seamline.verbs.demo import write_demo
from tests.shells import ROOT, run

PAGES = sorted((*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")))
_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(seamline [^`\n]+)`")
_LEFT_OUT = re.compile(r"\.\.\.|\[|…|\w\|\w")
"""What stands for more words: such a command is the shape of one."""


def shown(page: Path) -> Iterator[str]:
    """The commands of a page: lines of its blocks, indented ones too, and words in its text."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    lines += re.findall(r"^    (seamline .*)$", text, re.MULTILINE)
    lines += _INLINE.findall(_BLOCK.sub("", text))
    for line in lines:
        plain = re.split(r" #|  {3,}", line.strip().removesuffix("\\").removeprefix("$ "))[0]
        for part in re.split(r" \| | > | < |; | && |\$\(", plain):
            if part.strip().startswith("seamline ") and not _LEFT_OUT.search(part):
                yield part.strip().rstrip(")`")


def understood(words: list[str]) -> None:
    """Asks the command line itself, as far as the arguments, and runs nothing."""
    command: click.Command = cli
    context = click.Context(
        cli, info_name="seamline", **cli.context_settings
    )  # commands remember what asks for help
    left = list(words)
    while isinstance(command, click.Group) and left:
        name = next((each for each in left if not each.startswith("-")), "")
        found = command.get_command(context, name)
        if found is None:
            found = command.get_command(context, "inspect") if command is cli else None
            assert found is not None, f"no command {name!r}"
        else:
            left.remove(name)
        command = found
        context = click.Context(command, info_name=name, parent=context)
    command.make_parser(context).parse_args(args=left)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_shows_is_understood(page: Path) -> None:
    wrong = []
    for line in shown(page):
        try:
            understood(shlex.split(line)[1:])
        except (click.UsageError, AssertionError, ValueError) as fault:
            wrong.append(f"{line}: {fault}")
    assert wrong == []


def test_a_command_that_is_none_would_be_heard() -> None:
    for line in ("scan IMAGE --no-such-option", "base invent NAME", "lint --fail-on"):
        with pytest.raises((click.UsageError, AssertionError)):
            understood(shlex.split(line))
    understood(shlex.split("--offline oci-dir:demo:shop"))


def lines_of(name: str) -> list[str]:
    text = (ROOT / "docs" / "guides" / name).read_text(encoding="utf-8")
    return [
        line for block in _BLOCK.findall(text) for line in block.splitlines() if line.startswith("seamline ")
    ]


def test_the_guide_to_dockerfiles_says_what_its_commands_do(tmp_path: Path) -> None:
    """Each line but the one that reads an image from a registry; a gate that does not hold ends with 1, as it says there."""
    poor = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nUSER root\nCMD curl -s http://there.invalid\n"
    for folder in (tmp_path, tmp_path / "services" / "a", tmp_path / "services" / "b"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Dockerfile").write_text(poor)
    for line in lines_of("dockerfile.md"):
        if "--image" in line:
            continue
        done = run(line, tmp_path)
        assert done.returncode == ("--fail-on" in line), (line, done.stderr)
        assert "DL3002" in done.stdout + done.stderr or "--fix" in line or "-o " in line, line
    assert (tmp_path / "lint.sarif").stat().st_size
    assert "+++" in run("seamline lint --fix --diff", tmp_path).stdout


def test_the_guides_to_bases_and_findings_say_what_their_commands_do(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo")
    (tmp_path / "base").symlink_to("demo")
    for line in lines_of("bases.md"):
        if "oci-dir:" in line or line.startswith(("seamline base list", "seamline base show")):
            done = run(line.replace("./base", "./base:base"), tmp_path)
            assert done.returncode == 0, (line, done.stderr)
    kept = run("seamline base export > bases.jsonl && seamline base import bases.jsonl", tmp_path)
    assert kept.returncode == 0, kept.stderr
    for line in lines_of("findings.md"):
        named = line.replace("IMAGE", "oci-dir:demo:shop").replace("'runtime team'", "'application team'")
        done = run(named, tmp_path)
        assert done.returncode == 0, (named, done.stderr)
    told = "CONTAINER ID   IMAGE       COMMAND   CREATED       STATUS       PORTS   NAMES\nabc123def456   debian:12   sh        2 years ago   Up 2 years           old\n"
    (tmp_path / "ps").write_text(told)
    running = run("seamline running - < ps", tmp_path)
    assert running.returncode == 0, running.stderr
    assert "debian:12" in running.stdout
