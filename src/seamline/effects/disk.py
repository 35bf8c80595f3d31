"""Files on disk: opened without surprises, written without halves."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from seamline.errors import Bomb, NotFound, Unsupported


def spelt(name: str) -> str:
    """The name of a file as any document can hold it: bytes that are no UTF-8 as `\\xff`."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def _kind_of(mode: int) -> str:
    """What an error calls that which is no regular file."""
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"))
    return next((told for fits, told in kinds if fits(mode)), "a device")


def open_regular(path: Path, *, follow: bool = True, wanted: str = "a regular file") -> BinaryIO:
    """The file's bytes. A pipe or device is refused, so that opening never waits for a writer.

    `follow` False refuses a symbolic link at the path itself. `wanted` is what an error says was expected.

    Raises:
        NotFound: nothing is there, or it may not be read.
        Unsupported: it is not a regular file.
    """
    try:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
        descriptor = os.open(path, flags)
    except OSError as fault:
        raise NotFound(
            str(path),
            expected="a readable file",
            got=os.strerror(fault.errno or 0),
            hint="is the path right, is the copy whole?",
        ) from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)  # fdopen would refuse a folder by its number, not its name
        raise Unsupported(str(path), expected=wanted, got=_kind_of(mode), hint="name a file")
    return os.fdopen(descriptor, "rb")


def read_regular(path: Path, limit_bytes: int, *, wanted: str = "a regular file") -> bytes:
    """The whole content of a file that may hold at most `limit_bytes`.

    Raises:
        Bomb: it is larger.
        NotFound, Unsupported: as `open_regular`.
    """
    with open_regular(path, wanted=wanted) as stream:
        content = stream.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise Bomb(
            str(path),
            expected=f"at most {limit_bytes} bytes",
            got="more",
            hint="this is not what it is named",
        )
    return content


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Writes a file so that it is never seen half written: under another name first, which a failure removes.

    What is there and no regular file (/dev/null, a pipe) is written to and never replaced; a link goes on leading there.
    """
    path = path.resolve() if path.is_symlink() else path
    if path.exists() and not path.is_file():
        with path.open("wb") as special:
            special.writelines(chunks)
        return
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        part.replace(path)
    except OSError as fault:
        fault.filename = str(path)  # the other name is nobody's concern
        raise
    finally:
        part.unlink(missing_ok=True)
