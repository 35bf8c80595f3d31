"""Variables that programs and templates read: what the languages themselves read is the truth where they are at hand."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seamline.formats.program_variables import variables_of
from tests.neighbours import need

PYTHON = """import os
from os import environ, getenv
a = os.environ["ONE"] if "ONE" in os.environ else ""
b = os.environ.get('TWO', "x"); c = os.getenv("THREE")
d = getenv( "FOUR" ); e = environ.get("FIVE")
# os.environ["NOT_ONE"]
f = environ.setdefault("SIX", "6")
print([a, b, c, d, e, f])
"""
NODE = """const a = process.env.ONE, b = process.env['TWO'];
// process.env.NOT_ONE
const { env } = process;
console.log([a, b, process.env["THREE"]])
"""


def names(text: str, language: str) -> list[str]:
    return [name for name, _ in variables_of(text, language)]


def matters(command: list[str], name: str) -> bool:
    """Whether what a program prints changes with a variable."""
    outputs = {
        subprocess.run(command, capture_output=True, check=True, env=env).stdout
        for env in ({"PATH": "/usr/bin"}, {"PATH": "/usr/bin", name: "changed"})
    }
    return len(outputs) == 2


@pytest.mark.parametrize("name", ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "NOT_ONE"])
def test_what_a_python_program_reads_changes_what_it_prints(name: str, tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(PYTHON)
    assert matters([sys.executable, str(path)], name) is (name in names(PYTHON, "python"))


@pytest.mark.parametrize("name", ["ONE", "TWO", "THREE", "NOT_ONE"])
def test_what_a_node_program_reads_changes_what_it_prints(name: str, tmp_path: Path) -> None:
    need("node")
    path = tmp_path / "server.js"
    path.write_text(NODE)
    assert matters([shutil.which("node") or "node", str(path)], name) is (name in names(NODE, "node"))


def test_a_template_names_variables_in_capitals_and_the_server_s_own_are_left_out() -> None:
    text = "server_name ${SERVER_NAME};\nproxy_pass $UPSTREAM;\nset $x $host; # $http_host ${uri}\n"
    assert list(variables_of(text, "template")) == [("SERVER_NAME", 1), ("UPSTREAM", 2)]


def test_ruby_reads_its_own_way_and_each_name_is_told_once() -> None:
    assert list(variables_of('a = ENV["ONE"]\nb = ENV.fetch("TWO", 1)\nc = ENV["ONE"]\n', "ruby")) == [
        ("ONE", 1),
        ("TWO", 2),
    ]


def test_thousands_of_names_end() -> None:
    text = "\n".join(f'os.environ["N{at}"]' for at in range(5000))
    assert len(names(text, "python")) == 200
