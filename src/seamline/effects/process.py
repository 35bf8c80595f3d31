"""Other programs, run by name from PATH, with argument lists and a bound on their time."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from seamline.errors import MissingTool, Refused, Unreachable

_SECONDS = 600
_SHOWN = 300
PIPE_BYTES = 60_000
"""What a pipe holds before its writer waits, with a margin. Source: pipe(7)."""


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


@contextmanager
def _piped(texts: Sequence[bytes]) -> Iterator[list[int]]:
    """The reading ends of pipes that hold the texts, closed at the end."""
    readers: list[int] = []
    try:
        for text in texts:
            reader, writer = os.pipe()
            readers.append(reader)
            with os.fdopen(writer, "wb") as stream:
                stream.write(text)
        yield readers
    finally:
        for reader in readers:
            os.close(reader)


def run_on(
    command: Sequence[str],
    texts: Sequence[bytes],
    *,
    answers: Sequence[int] = (0,),
    seconds: float = _SECONDS,
) -> tuple[bytes, tuple[str, ...]]:
    """What a program printed about texts that it is given as files behind its arguments, and the names that they had.

    Nothing is written to disk: each text waits in a pipe. `answers` are the exit codes that are no failure.

    Raises:
        Unreachable: it failed or took too long.
        Refused: a text is longer than a pipe holds.
    """
    if any(len(text) > PIPE_BYTES for text in texts):
        raise Refused(
            command[0], expected=f"texts of at most {PIPE_BYTES} bytes", got="a longer one", hint="cut it"
        )
    with _piped(texts) as readers:
        names = tuple(f"/dev/fd/{reader}" for reader in readers)
        try:
            done = subprocess.run(
                [*command, *names],
                capture_output=True,
                timeout=seconds,
                check=False,
                stdin=subprocess.DEVNULL,
                pass_fds=readers,
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise Unreachable(
                command[0], expected="an answer", got=str(fault), hint="run it yourself to see why"
            ) from fault
    if done.returncode not in answers:
        raise Unreachable(
            command[0],
            expected="success",
            got=_message(done.stderr.decode("utf-8", "replace").strip() or f"exit {done.returncode}"),
            hint="run it yourself to see why",
        )
    return done.stdout, names
