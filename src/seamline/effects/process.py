"""Other programs, run by name from PATH, with argument lists and a bound on their time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from seamline.errors import MissingTool, Unreachable

_SECONDS = 600
_SHOWN = 300


def first_on_path(*programs: str) -> str:
    """The first of these programs that is installed.

    Raises:
        MissingTool: none is.
    """
    for program in programs:
        if shutil.which(program):
            return program
    raise MissingTool(
        "PATH", expected=f"one of {', '.join(programs)}", got="none of them", hint=f"install {programs[0]}"
    )


def run(command: Sequence[str], *, seconds: float = _SECONDS) -> bytes:
    """What a program printed.

    Raises:
        Unreachable: it failed or took too long; its last line of error is told.
    """
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Unreachable(
            command[0], expected="an answer", got=str(fault), hint="run it yourself to see why"
        ) from fault
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unreachable(
            command[0],
            expected="success",
            got=_message(said[-1]) if said else f"exit {done.returncode}",
            hint=f"run it yourself: {' '.join(command[:6])}",
        )
    return done.stdout


def _message(line: str) -> str:
    """What a line says, without the clock and level that container tools log before it; of a long one the end, which
    names the cause."""
    _, found, message = line.partition('level=fatal msg="')
    said = message.removesuffix('"').replace('\\"', '"') if found else line
    return said if len(said) <= _SHOWN else f"...{said[-_SHOWN:]}"
