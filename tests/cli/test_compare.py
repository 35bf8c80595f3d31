"""Images that the cache knows are judged at the same time: what a user sees of it is nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seamline.verbs.demo import write_demo
from tests.cli.test_commands import SOURCE, run
from tests.layouts import write_layout

FORMS = ("table", "markdown", "json", "html")
IMAGES = ("oci-dir:demo:base", "oci-dir:demo:shop")
JUDGED = ("--as-of", "2026-02-01", "--offline")
_ATTEMPTS = 30


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample images and one that stands on neither, all known to the cache."""
    folder = tmp_path_factory.mktemp("home")
    write_demo(folder / "demo")
    write_layout(
        folder / "other", [{"etc/os-release": b"ID=alpine\n", "bin/tool": b"x"}], "2026-01-01T00:00:00Z"
    )
    for image in (*IMAGES, "oci-dir:other"):
        assert run(folder, "compare", image, image, *JUDGED).returncode == 0
    return folder


def written(home: Path, *arguments: str) -> tuple[int, str, list[bytes]]:
    """The exit code, what was said, and the report in every form."""
    files = [home / f"report.{form}" for form in FORMS]
    outputs = [f"--output={form}={file}" for form, file in zip(FORMS, files, strict=True)]
    done = run(home, "compare", *arguments, *JUDGED, *outputs)
    return done.returncode, done.stderr, [file.read_bytes() for file in files]


@pytest.mark.parametrize(
    "images", [IMAGES, IMAGES[::-1], (IMAGES[0], "oci-dir:other"), (*IMAGES, "oci-dir:other", IMAGES[0])]
)
def test_the_bytes_are_those_of_one_process(home: Path, images: tuple[str, ...]) -> None:
    for language in ("en", "zh"):
        alone = written(home, *images, "--jobs", "1", "--lang", language)
        assert written(home, *images, "--lang", language) == alone
        assert alone[:2] == (0, "")


def test_an_image_that_must_be_read_makes_no_difference_either(home: Path) -> None:
    for more in ((), ("--no-cache",), ("--verify",)):
        documents = [
            json.loads(run(home, "compare", *IMAGES, *JUDGED, "-f", "json", *more, *jobs).stdout)
            for jobs in ((), ("--jobs", "1"))
        ]
        assert documents[0] == documents[1]


@pytest.mark.parametrize("images", [IMAGES, (*IMAGES, "oci-dir:other")])
def test_an_error_of_the_judging_is_told_the_same(home: Path, images: tuple[str, ...]) -> None:
    alone = run(home, "compare", *images, "--mine", "7", "--jobs", "1")
    done = run(home, "compare", *images, "--mine", "7")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", alone.stderr)
    assert "--mine 7" in done.stderr
    assert "in portrait" in run(home, "compare", *images, "--mine", "7", SEAMLINE_DEBUG="1").stderr


def test_no_open_database_goes_along_into_the_other_process(home: Path) -> None:
    """Neither the cache's, nor the ledger's, nor the advisories'."""
    script = f"""
import os, sys
from seamline.cli.main import run
def look():
    for name in os.listdir("/proc/self/fd"):
        try:
            sys.stderr.write(os.readlink(f"/proc/self/fd/{{name}}") + "\\n")
        except FileNotFoundError:
            pass
os.register_at_fork(after_in_child=look)
sys.exit(run(["compare", *{IMAGES!r}, "--offline"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"HOME": str(home), "PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pipe:" in done.stderr
    assert ".db" not in done.stderr
    assert ".mdb" not in done.stderr


def caught(home: Path, act: Callable[[int, int], None]) -> tuple[int, str, str]:
    """How a comparison ends when `act` was done to it and its child, which was stopped in the middle of its work; the exit
    code, what was printed and what was said."""
    for _ in range(_ATTEMPTS):
        with subprocess.Popen(
            [sys.executable, "-m", "seamline", "compare", *IMAGES, "--offline"],
            env={"HOME": str(home), "PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            child = _stopped(process)
            if child:
                act(process.pid, child)
            printed, said = process.communicate(timeout=60)
        if child:
            assert not Path(f"/proc/{child}").exists()
            return process.returncode, printed, said
    raise AssertionError("no child was ever seen")


def _stopped(process: subprocess.Popen[str]) -> int:
    """The child, stopped; 0 where it was too quick."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None:
        try:
            found = children.read_text().split()
            if found:
                os.kill(int(found[0]), signal.SIGSTOP)
                while (
                    state := Path(f"/proc/{found[0]}/stat").read_text().rpartition(")")[2].split()[0]
                ) != "T":
                    if state == "Z":
                        return 0
                return int(found[0])
        except OSError:
            return 0
        time.sleep(0.001)
    return 0


def test_a_child_that_is_killed_is_told_and_not_waited_for(home: Path) -> None:
    code, printed, said = caught(home, lambda _, child: os.kill(child, signal.SIGKILL))
    assert (code, printed) == (3, "")
    assert said.startswith("seamline: oci-dir:demo:")
    assert said.endswith("got its end by signal 9 (is there memory enough? run it again with --jobs 1)\n")


def test_an_interruption_ends_both(home: Path) -> None:
    """Also where Ctrl-C meets the parent alone."""
    assert caught(home, lambda parent, _: os.kill(parent, signal.SIGINT)) == (130, "", "")
