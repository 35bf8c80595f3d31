"""Every program that a start line runs, read and never run."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.model.image import Config
from seamline.surface.start import MOST_CHARACTERS
from seamline.surface.start_line import programs_run
from tests.scenes import File, tree_of

RUNS = File(b"\x7fELF", 0o755)
TREE = tree_of(
    [
        {
            **{f"bin/{name}": RUNS for name in ("sh", "bash", "env", "sleep", "cat", "timeout", "busybox")},
            **{f"usr/bin/{name}": RUNS for name in ("curl", "tini", "gosu", "java", "setpriv")},
            "app/server": RUNS,
            "app/run.sh": File(b"#!/bin/sh\n", 0o644),
            "app/data": File(b"x", 0o644),
            "opt/bin/tool": RUNS,
        }
    ]
)
CONFIG = Config(
    env=("PATH=/usr/bin:/bin", "JAVA_HOME=/usr", "OPTS=-a -b", "APP=/app/server --fast"), working_dir="/app"
)


def told(line: str) -> str:
    """The programs of `sh -c LINE` behind the shell: `!` before what is not there, `?` before what nobody is sure of."""
    (shell, *found) = programs_run(("/bin/sh", "-c", line), CONFIG, TREE).programs
    assert shell.entry is not None
    return " ".join(("" if each.is_sure else "?") + ("" if each.entry else "!") + each.name for each in found)


@pytest.mark.parametrize(
    ("line", "programs"),
    [
        # one after another
        ("cat x && /app/server", "cat /app/server"),
        ("no x && /app/server", "!no /app/server"),
        ("cat x; no; sleep 1", "cat !no sleep"),
        ("cat x | no | sleep 1", "cat !no sleep"),
        ("no & exec sleep 1", "!no sleep"),
        ("(cat x; no)", "cat !no"),
        ("{ cat x; no; }", "cat !no"),
        ("cat $(no x) `nor y`", "cat !no !nor"),
        ("cat <(no) x", "cat !no"),
        # exec, environment, folders
        ("exec no --x", "!no"),
        ("exec -a name no", "!no"),
        ("exec sleep 1; no", "sleep"),
        ("A=1 B='2 3' no", "!no"),
        ("A=1; no", "!no"),
        ("./server", "./server"),
        ("cd / && ./server", "!./server"),
        ("cd /opt/bin && ./tool && ./server", "./tool !./server"),
        ("cd $WHERE && ./server", ""),
        ("cd; ./server", ""),
        ("(cd /opt; ./no); ./server", "!./no ./server"),
        ("tool", "!tool"),
        ("PATH=$PATH:/opt/bin; tool", "tool"),
        ('export PATH="/opt/bin:$PATH"; tool', "tool"),
        ("PATH=$WHERE; no", ""),
        ("PATH=/opt/bin tool", ""),
        # quotes and what the shell makes up
        ("'/app/server' \"--x\"", "/app/server"),
        ('"no such"', "!no such"),
        ("$JAVA_HOME/bin/java $OPTS", "/usr/bin/java"),
        ("${JAVA_HOME}/bin/no", "!/usr/bin/no"),
        ("$APP", "/app/server"),
        ('"$APP"', "!/app/server --fast"),
        ("X=no; $X", "!no"),
        ("$NOBODY/bin/java", ""),
        ("${X:-no}", ""),
        ("$(cat x) y", "cat"),
        ("/app/*", ""),
        ("'$JAVA_HOME/x'", "!$JAVA_HOME/x"),
        # builtins, functions, comments
        ("set -e; echo a; test -f x; [ -f y ]; true; export A=1; umask 022; sleep 1", "sleep"),
        ("f() { no; }; f; sleep 1", "?!no sleep"),
        ("function g { cat x; }; g", "?cat"),
        ("# no\ncat x # no", "cat"),
        (". /app/data; . ./none; source run.sh", "/app/data !./none run.sh"),
        ("eval 'no x'", "!no"),
        ('eval "no $1"', ""),
        ("trap 'no' EXIT; sleep 1", "sleep"),
        ("cat <<EOF\nno\nEOF\nsleep 1", "cat sleep"),
        ("exit 1; no", ""),
        ("if a; then exit 1; fi; sleep 1", "?!a sleep"),
        # what decides
        ("no || sleep 1", "?sleep"),
        ("no || true", ""),
        ("no || exit 1", "!no"),
        ("no -f x || false", "!no"),
        ("no || exit 0", ""),
        ("no || nor || exit 1", "!no ?!nor"),
        ("no || sleep 1 || exit 1", "?sleep"),
        ("curl -f x || exit 1", "curl"),
        ("command -v no && no x", ""),
        ("[ -x /app/no ] && /app/no; sleep 1", "sleep"),
        ('test -n "$X" && no', "?!no"),
        ("cd /app && no", "!no"),
        ("if no; then nor; else neither; fi", "?!no ?!nor ?!neither"),
        ("while no; do nor; done", "?!no ?!nor"),
        ("for x in a b; do no $x; done", "?!no"),
        ("case $X in a) no;; esac", "?!no"),
        ("command no", "!no"),
        # shells and wrappers within
        ("exec env A=1 no", "env !no"),
        ("env -u A -i B=2 no", "env !no"),
        ("timeout -s KILL 5 no", "timeout !no"),
        ("gosu app no", "gosu !no"),
        ("tini -g -- no", "tini !no"),
        ("setpriv --reuid 5 --clear-groups no", "setpriv !no"),
        ("sh -c 'no; sleep 1'", "sh !no sleep"),
        ("bash -euo pipefail -c 'no'", "bash !no"),
        ('sh -ec "exec no"', "sh !no"),
        ("sh /app/run.sh", "sh /app/run.sh"),
        ("sh /app/none.sh", "sh !/app/none.sh"),
        ("sh -x none.sh a", "sh !none.sh"),
        ("cat x | sh -s a", "cat sh"),
        ("sh -", "sh"),
        ("busybox sh -c 'no'", "busybox !no"),
        ("busybox httpd -f", "busybox"),
    ],
)  # fmt: skip
def test_a_line_runs_these(line: str, programs: str) -> None:
    assert told(line) == programs


@pytest.mark.parametrize(
    ("words", "programs"),
    [
        (("/app/server", "--x"), ["/app/server"]),
        (("server",), ["server"]),
        (("tini", "--", "gosu", "1000:1000", "/app/no"), ["tini", "gosu", "/app/no"]),
        (("/bin/bash", "-lc", "no"), ["/bin/bash", "no"]),
        (("/app/server", "sh", "-c", "no"), ["/app/server"]),
        ((), []),
        (("",), [""]),
    ],
)
def test_words_run_these(words: tuple[str, ...], programs: list[str]) -> None:
    assert [each.name for each in programs_run(words, CONFIG, TREE).programs] == programs


def test_lines_within_lines_end() -> None:
    line = "no"
    while len(longer := f"sh -c {shlex.quote(line)}") <= MOST_CHARACTERS:
        line = longer
    found = programs_run(("sh", "-c", line), CONFIG, TREE)
    assert 1 < len(found.programs) <= 128
    assert [each.why.id for each in found.unread] == ["line-too-deep"]


@pytest.mark.parametrize(
    ("line", "number", "unread"),
    [
        ("no;" * 100, 101, []),
        ("no;" * 200, 128, ["line-too-many-programs"]),
        ("# " + "x" * 60_000 + "\nno", 2, []),
        ("no;" * 50_000, 1, ["line-too-long"]),
        ("A='" + "true;" * 4000 + "'; " + 'eval "$A"; ' * 100, 1, ["line-too-long"]),
    ],
)
def test_what_of_a_line_is_not_read_is_told(line: str, number: int, unread: list[str]) -> None:
    found = programs_run(("sh", "-c", line), CONFIG, TREE)
    assert (len(found.programs), [each.why.id for each in found.unread]) == (number, unread)


@given(st.lists(st.text(alphabet="abcdfhsx -c/$'\"{}();&|=`<\n!", max_size=30), max_size=4))
def test_any_words_are_read(words: list[str]) -> None:
    assert len(programs_run(("sh", "-c", *words), CONFIG, TREE).programs) <= 128
