"""Alternatives beside update-alternatives itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from seamline.change.alternatives import links_of, records_of
from seamline.change.scripts import Choice
from tests.neighbours import need

MAWK = Choice(
    link="/usr/bin/awk",
    name="awk",
    path="/usr/bin/mawk",
    priority=5,
    slaves=(("/usr/bin/nawk", "nawk", "/usr/bin/mawk"), ("/usr/man/awk.1", "awk.1", "/usr/man/mawk.1")),
)
GAWK = Choice(
    link="/usr/bin/awk",
    name="awk",
    path="/usr/bin/gawk",
    priority=10,
    slaves=(("/usr/bin/nawk", "nawk", "/usr/bin/gawk"),),
)


def test_the_best_choice_is_linked() -> None:
    links = dict(links_of([MAWK, GAWK], bool))
    assert links == {
        "usr/bin/awk": "/etc/alternatives/awk",
        "etc/alternatives/awk": "/usr/bin/gawk",
        "usr/bin/nawk": "/etc/alternatives/nawk",
        "etc/alternatives/nawk": "/usr/bin/gawk",
    }


def test_a_follower_whose_file_is_not_there_is_left_out() -> None:
    links = dict(links_of([MAWK], lambda path: "man" not in path))
    assert "usr/man/awk.1" not in links
    assert links["etc/alternatives/awk"] == "/usr/bin/mawk"


@pytest.mark.real
def test_dpkgs_own_tool_writes_the_same(tmp_path: Path) -> None:
    need("update-alternatives")
    for path in ("usr/bin/mawk", "usr/bin/gawk", "usr/man/mawk.1"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    for folder in ("etc/alternatives", "var/lib/dpkg/alternatives", "var/log"):
        (tmp_path / folder).mkdir(parents=True)
    for choice in (MAWK, GAWK):
        slaves = [word for slave in choice.slaves for word in ("--slave", *slave)]
        command = ["--install", choice.link, choice.name, choice.path, str(choice.priority), *slaves]
        subprocess.run(
            ["update-alternatives", "--root", tmp_path, "--log", "/dev/null", *command],
            check=True,
            capture_output=True,
        )
    for path, text in records_of([MAWK, GAWK]):
        assert (tmp_path / path).read_bytes() == text
    made = dict(links_of([MAWK, GAWK], lambda path: (tmp_path / path[1:]).exists()))
    links = [p for p in tmp_path.rglob("*") if p.is_symlink()]
    assert {p.relative_to(tmp_path).as_posix(): str(p.readlink()) for p in links} == made
