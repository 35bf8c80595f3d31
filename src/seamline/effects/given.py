"""What a user named to be read: a file, `-` for standard input, or a pipe, as a shell makes one of `<(curl ...)`."""

from __future__ import annotations

import os
import stat
import sys
from io import BufferedReader
from pathlib import Path
from typing import cast
from weakref import WeakKeyDictionary

from seamline.effects.disk import read_regular
from seamline.errors import Bomb, NotFound, Unsupported

STDIN = "-"
_PIPES: dict[tuple[int, int], BufferedReader] = {}
"""By device and file number, the pipes that somebody began to read: whoever reads on must get what was looked at ahead. Open
as long as the process, so that no other gets their number."""
_PASSED: WeakKeyDictionary[BufferedReader, bytes] = WeakKeyDictionary()
"""What was read to its end: settings are asked for twice, a pipe gives them once."""


def is_piped(name: str) -> bool:
    """Whether `name` can be read only once: standard input or a pipe."""
    try:
        return name == STDIN or stat.S_ISFIFO(os.stat(name).st_mode)  # noqa: PTH116 - any text, also one too long for a path
    except (OSError, ValueError):
        return False


def passing(name: str) -> BufferedReader:
    """What passes through standard input or a pipe; one that is named again goes on where it stands.

    Raises:
        NotFound: the pipe may not be read.
        Unsupported: standard input is a device that never ends.
    """
    if name == STDIN:
        _refuse_endless()
        return cast("BufferedReader", sys.stdin.buffer)
    try:
        at = os.stat(name)  # noqa: PTH116 - as above
        mark = at.st_dev, at.st_ino
        if mark not in _PIPES:
            # waits for who writes it, as every program that is given a pipe does
            _PIPES[mark] = Path(name).open("rb")  # noqa: SIM115 - see `_PIPES`
        return _PIPES[mark]
    except OSError as fault:
        raise NotFound(
            name,
            expected="a readable pipe",
            got=os.strerror(fault.errno or 0),
            hint="is the path right, is the copy whole?",
        ) from None


def read_given(name: str, limit_bytes: int, *, may_be_empty: bool = False) -> bytes:
    """All that a file, standard input or a pipe holds, at most `limit_bytes`. A pipe that gives nothing is refused unless it
    `may_be_empty`: what should have written it has failed, mostly; /dev/null and empty files are what they are.

    Raises:
        Bomb: it is more.
        NotFound: nothing is there, or it may not be read, or nothing came through the pipe.
        Unsupported: it is a folder, a socket, or a device that may never end.
    """
    if not is_piped(name):
        return (
            b""
            if _is_empty_device(name)
            else read_regular(Path(name), limit_bytes, wanted="a file or a pipe")
        )
    stream = passing(name)
    content = _PASSED.get(stream) or stream.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise Bomb(
            shown_as(name),
            expected=f"at most {limit_bytes} bytes",
            got="more",
            hint="this is not what it is named",
        )
    _PASSED[stream] = content
    if not content and not may_be_empty:
        raise NotFound(
            shown_as(name),
            expected="what is piped in",
            got="nothing",
            hint="did the command that writes it fail?",
        )
    return content


def _refuse_endless() -> None:
    try:
        descriptor = sys.stdin.fileno()
        at = os.fstat(descriptor)
    except (OSError, ValueError):  # no file behind it
        return
    is_fine = at.st_rdev == os.stat(os.devnull).st_rdev or os.isatty(descriptor)  # noqa: PTH116 - one word for all
    if stat.S_ISCHR(at.st_mode) and not is_fine:
        raise Unsupported("stdin", expected="a file or a pipe", got="a device", hint="name a file")


def shown_as(name: str) -> str:
    """What messages call it."""
    return "stdin" if name == STDIN else name


def _is_empty_device(name: str) -> bool:
    try:
        return os.path.samefile(name, os.devnull)  # noqa: PTH121 - as above
    except (OSError, ValueError):
        return False
